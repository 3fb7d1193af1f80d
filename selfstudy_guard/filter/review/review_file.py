"""The quarantine file: findings and rules as TOML that a person edits, read back as a `Review`."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.review.review import Review, ReviewedFinding, ReviewRule, reason
from selfstudy_guard.records import Finding, Frozen

Entry = TypeVar("Entry", bound=Frozen)
_HEADER = """\
# Findings of the instruction filter, for review. Change a decision to "keep" where a passage belongs to the text, then
# run the same command again with this file: decided passages are treated as you say, new findings are added at the end.
#
# Rules hold for many findings; a later rule wins, and the decision on a single finding wins over every rule. Examples:
#
# [[rule]]
# decision = "keep"              # ordinary findings of one kind stay ...
# channel = "html-comment"       # conditions: document (glob), detector, intent, channel, quote
# document = "handbook/*.html"
#
# [[rule]]
# decision = "remove"            # ... and a passage always goes, wherever it stands
# quote = "Brought to you by Norvela."
"""

_DOUBTFUL = """
# In {where}, not asked about because it may be an order. Take the marks "# " of the next three lines away to allow it.
"""


def read_review(path: str | Path) -> Review:
    """Read a quarantine file.

    Raises:
        InputError: the file cannot be read, or an entry of it cannot be used; the message names the entry.
    """
    try:
        data = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))  # some editors put a mark first
    except OSError as error:
        raise InputError(f"review file {path} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"review file {path} is not TOML: {error}") from error
    unknown = sorted(set(data) - {"rule", "finding"})
    if unknown:
        raise InputError(f"review file {path}: {unknown[0]!r} is not known; use [[rule]] or [[finding]]")
    rules = [_entry(ReviewRule, row, f"{path}: rule {n}") for n, row in enumerate(_list(data, "rule", path), 1)]
    findings = [
        _entry(ReviewedFinding, row, f"{path}: finding {n}") for n, row in enumerate(_list(data, "finding", path), 1)
    ]
    return Review(rules=tuple(rules), findings=tuple(findings))


def append_findings(path: str | Path, document_id: str, findings: Iterable[Finding], review: Review) -> int:
    """Add findings on which the file holds no decision yet; a new file gets a header that explains it.

    Args:
        path: the quarantine file.
        document_id: where the findings stand.
        findings: in code points of the raw document.
        review: what the file holds already.

    Returns:
        How many were added.

    Raises:
        InputError: the file cannot be written.
    """
    fresh = [finding for finding in findings if review.decided(document_id, finding) is None]
    path = Path(path)
    try:
        new = not path.exists()
        if fresh or new:
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write((_HEADER if new else "") + "".join(_toml(document_id, finding) for finding in fresh))
    except OSError as error:
        raise InputError(f"review file {path} cannot be written: {error.strerror or error}") from error
    return len(fresh)


def append_doubtful(path: str | Path, document_id: str, quotes: Iterable[str]) -> int:
    """Add sentences that are not asked about because the filter doubts them, as rules that a person can let hold.

    Args:
        path: the quarantine file, which exists.
        document_id: where the sentences stand.
        quotes: the sentences.

    Returns:
        How many were added; those that stand in the file stay as they are.

    Raises:
        InputError: the file cannot be written.
    """
    path = Path(path)
    added = 0
    try:
        held = path.read_text(encoding="utf-8-sig")
        with path.open("a", encoding="utf-8", newline="\n") as file:
            for quote in quotes:
                line = f"quote = {_toml_string(quote)}\n"
                if line not in held:
                    where = _toml_string(document_id)
                    file.write(f'{_DOUBTFUL.format(where=where)}# [[rule]]\n# decision = "keep"\n# {line}')
                    held += line
                    added += 1
    except OSError as error:
        raise InputError(f"review file {path} cannot be written: {error.strerror or error}") from error
    return added


def _toml(document_id: str, finding: Finding) -> str:
    fields: dict[str, Any] = {"document": document_id, **finding.model_dump(exclude={"action"}, exclude_none=True)}
    lines = ['\n[[finding]]\ndecision = "remove"']
    for name in ("quote", "decoded", "document", "start", "end", "intent", "channel", "score", "detector"):
        if name in fields:
            value = fields[name]
            lines.append(f"{name} = {_toml_string(value) if isinstance(value, str) else value}")
    return "\n".join(lines) + "\n"


def _toml_string(text: str) -> str:
    """A basic TOML string; what could deceive the eye of the person who edits it (invisible, bidi) is escaped."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char in "\n\t\r":
            out.append({"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char])
        elif "\ud800" <= char <= "\udfff":  # TOML has no way to write these
            out.append("\\uFFFD")
        elif unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn", "Zl", "Zp"} or "\ufe00" <= char <= "\ufe0f":
            out.append(f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def _list(data: dict[str, Any], name: str, path: str | Path) -> list[Any]:
    rows = data.get(name, [])
    if not isinstance(rows, list):
        raise InputError(f"review file {path}: write [[{name}]], with double brackets")
    return rows


def _entry(kind: type[Entry], row: Any, place: str) -> Entry:
    try:
        return kind.model_validate(row)
    except ValidationError as error:
        raise InputError(f"review file {place}: {reason(error)}") from error
