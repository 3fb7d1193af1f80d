"""What `selfstudy-guard filter` shows (a diff that cannot drive a terminal) and writes (filtered documents)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import regex
from rich.console import Console
from rich.text import Text

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document, FilterResult, Finding

_UNSEEN = regex.compile(
    r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\uFE00-\uFE0F\U000E0100-\U000E01EF--[\n\t]]+", flags=regex.VERSION1
)
_ROW_ID = regex.compile(r"(?P<file>.+\.(?:jsonl|ndjson|json|csv|tsv|parquet)(?:\.gz)?):\d+", flags=regex.IGNORECASE)
_UNSAFE = regex.compile(r"[\x00-\x1f\x7f<>:\"|?*\\]")
_LINE_END = regex.compile(r"[\r\n]")
_LONGEST = 600
_TAIL = 200
_AROUND = 60


def visible(text: str, limit: int = _LONGEST) -> str:
    """Untrusted text for a terminal: control, invisible and private characters become replacement characters.

    Args:
        text: any text.
        limit: characters after which it is cut; the rest is counted.
    """
    shown = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text[:limit].replace("\r\n", "\n").replace("\r", "\n"))
    return shown + (f" ... ({len(text) - limit:,} more characters)" if len(text) > limit else "")


def _both_ends(text: str) -> str:
    """As `visible`, but of a long text the end is shown as well: an order may stand behind much that says nothing."""
    if len(text) <= _LONGEST:
        return visible(text)
    left = len(text) - _LONGEST
    return f"{visible(text[: -_TAIL - left])} ... ({left:,} more characters) ... {visible(text[-_TAIL:])}"


def _line_ends(text: str, start: int, end: int) -> int:
    """Lines that end in a stretch of a text, whichever of the three common line ends it uses."""
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class FilterView:
    """Prints findings as a diff: what goes in red behind "-", what takes its place in green behind "+".

    Args:
        console: where to; stdout by default, in colour where that is a terminal.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def show(self, document: Document, result: FilterResult) -> None:
        """The findings of one document; nothing where there are none and the cap stopped none."""
        if not result.findings and not result.capped:
            return
        count = len(result.findings)
        name = visible(document.id, 200).replace("\n", " ")
        self._line(f"{name}: {_count(count, 'finding')}, {result.retention:.1%} kept", "bold")
        if result.capped:
            self._line(
                "  nearly all of it looks like instructions and was left by the cap: show it to no model", "yellow"
            )
        line, counted = 1, 0
        for finding in result.findings:
            line += _line_ends(document.text, counted, finding.start)
            counted = finding.start
            self._finding(document.text, finding, result.mode, line)
        self._line("")

    def total(self, documents: int, findings: int, retention: float) -> None:
        """The last line."""
        self._line(
            f"{_count(documents, 'document')}, {_count(findings, 'finding')}, {retention:.2%} of all characters kept",
            "bold",
        )

    def _finding(self, text: str, finding: Finding, mode: str, line: int) -> None:
        facts = f"@@ line {line}, {finding.start}-{finding.end} @@ {finding.intent} | {finding.channel} | "
        self._line(visible(f"{facts}{finding.score:.2f} {finding.detector}"), "cyan")
        before = _LINE_END.split(text[max(0, finding.start - _AROUND) : finding.start])[-1]
        after = _LINE_END.split(text[finding.end : finding.end + _AROUND])[0]
        if before.strip():
            self._line("  " + visible(before), "dim")
        for part in _both_ends(finding.quote).split("\n"):
            self._line("- " + part if mode != "flag" else "! " + part, "red")
        if finding.decoded:
            self._line("  decoded: " + visible(finding.decoded).replace("\n", " "), "magenta")
        for part in self._instead(finding, mode):
            self._line("+ " + part, "green")
        if after.strip():
            self._line("  " + visible(after), "dim")

    def _instead(self, finding: Finding, mode: str) -> Iterator[str]:
        from selfstudy_guard.filter import apply_findings

        if mode == "quote":
            yield from visible(apply_findings(finding.quote, [finding], "quote", start=finding.start)).split("\n")
        elif mode == "mask":
            yield f"({finding.end - finding.start} mask characters)"

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))


class Destination:
    """Writes filtered documents below a folder; rows of tabular files become one .jsonl file each.

    Args:
        folder: created if it does not exist.
        rows_named: whether rows have ids of their own; all of them then go to `rows.jsonl`.

    Raises:
        InputError: a document cannot be written, or would overwrite a file that this run did not write.
    """

    def __init__(self, folder: Path, *, rows_named: bool = False) -> None:
        self._folder = folder
        self._rows_named = rows_named
        self._written: set[Path] = set()
        self._open: tuple[Path, IO[str]] | None = None

    def __enter__(self) -> Destination:
        return self

    def __exit__(self, *raised: object) -> None:
        self._close()

    def write(self, document: Document, text: str) -> None:
        """Write one document's text, UTF-8, line ends as they were."""
        row = _ROW_ID.fullmatch(document.id)
        try:
            if row or (self._rows_named and document.media_type is None):
                path = self._path(row["file"] if row else "rows", ".jsonl")
                fields = {**document.metadata, "id": document.id, "text": text}
                self._rows(path).write(json.dumps(fields) + "\n")
            else:
                path = self._path(document.id, "")
                self._claim(path)
                path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        except OSError as error:
            raise InputError(f"{self._folder}: cannot be written: {error.strerror or error}") from error

    def _path(self, name: str, suffix: str) -> Path:
        """A path below the folder: names come from outside, so no part of one may lead out of it."""
        parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
        safe = [_UNSAFE.sub("_", part)[:150] for part in parts] or ["document"]
        file = safe[-1]
        if not suffix and Path(file).suffix.lower() in {".pdf", ".docx"}:
            suffix = ".txt"
        elif suffix and file.lower().endswith(suffix):
            suffix = ""
        return self._folder.joinpath(*safe[:-1], file + suffix)

    def _claim(self, path: Path) -> None:
        if path in self._written or os.path.lexists(path):
            raise InputError(f"{path} exists already: choose an empty folder for --out")
        if not path.parent.resolve().is_relative_to(self._folder.resolve()):
            raise InputError(f"{path.parent} leads out of {self._folder} by a link: choose an empty folder for --out")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._written.add(path)

    def _rows(self, path: Path) -> IO[str]:
        if self._open is not None and self._open[0] == path:
            return self._open[1]
        self._close()
        if path not in self._written:
            self._claim(path)
        self._open = (path, path.open("a", encoding="utf-8", newline="\n"))
        return self._open[1]

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
