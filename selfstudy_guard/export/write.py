"""Writes records to files: streamed, whole or not at all, the same bytes for the same records."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfstudy_guard.errors import InputError, SelfStudyGuardError
from selfstudy_guard.export.card import CARD_MARK, CardTally, card
from selfstudy_guard.export.formats import Format, Options, format_named, provenance
from selfstudy_guard.export.sinks import CsvSink, JsonSink, ParquetSink, Sink
from selfstudy_guard.flags import check_flags
from selfstudy_guard.records import Record


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        format: name of the format.
        path: the data file.
        rows: how many rows it has.
        files: everything that was written, the data file first.
    """

    format: str
    path: Path
    rows: int
    files: tuple[Path, ...]


def export_records(
    records: Iterable[Record],
    format: str,
    path: str | os.PathLike[str],
    *,
    system: str | None = None,
    with_evidence: bool = False,
    sidecar: bool = True,
    name: str | None = None,
    min_score: float | None = None,
) -> Exported:
    """Write records in a training or evaluation format.

    Beside the data file stand `NAME.provenance.jsonl` (a row for each data row, keyed by `id` and `row`), for the
    chat formats LLaMA-Factory's `dataset_info.json` (entries of other data sets in it are kept), and for Parquet a
    data set card `README.md`, which names no licence. All files appear together at the end, or none does. The same
    records give the same bytes.

    Args:
        records: in the order of the rows; read once, one at a time.
        format: a name of `FORMATS`.
        path: the data file; its suffix must fit the format. An older export there is replaced.
        system: a system prompt for every training row.
        with_evidence: put the evidence before the question in training rows.
        sidecar: whether to write the provenance.
        min_score: least rating (0 to 1) of the records that are written; None writes all, and those without a rating
            are left out otherwise.
        name: of the data set, in `dataset_info.json` and the card; by default the file's name without suffix.

    Raises:
        InputError: unknown format, unfit suffix, a folder that cannot be made, no records, or a file in the way.
        SelfStudyGuardError: the files cannot be written (disk full, read-only folder).
    """
    check_flags(with_evidence=with_evidence, sidecar=sidecar)
    shape = format_named(format)
    data = Path(path)
    _check_target(data, shape)
    label = name or data.stem
    options = Options(system=system, with_evidence=with_evidence)
    if min_score is not None:
        records = (one for one in records if one.rating is not None and one.rating.score >= min_score)
    try:
        rows, files = _write(records, shape, data, options, label, sidecar=sidecar)
    except OSError as error:
        raise SelfStudyGuardError(f"cannot write {data}: {error.strerror or error}; no file was changed") from error
    return Exported(format=shape.name, path=data, rows=rows, files=files)


def _write(
    records: Iterable[Record], shape: Format, data: Path, options: Options, label: str, *, sidecar: bool
) -> tuple[int, tuple[Path, ...]]:
    companion = data.with_name(data.stem + ".provenance.jsonl")
    tally = CardTally()
    with ExitStack() as stack:
        staged = _Staged(data.parent)
        stack.callback(staged.discard)
        sink = stack.enter_context(_sink(staged.path(data), data))
        notes = stack.enter_context(JsonSink(staged.path(companion))) if sidecar else None
        for number, record in enumerate(records, 1):
            sink.write(shape.row(record, options))
            if notes is not None:
                notes.write(provenance(record, number))
            tally.add(record)
        if tally.rows == 0:
            raise InputError("there are no records to export: see  selfstudy-guard status RUN")
        sink.finish()
        if notes is not None:
            notes.finish()
        if shape.llama_factory is not None:
            info = data.with_name("dataset_info.json")
            entry = {"file_name": data.name, **shape.llama_factory}
            if options.system is not None and shape.name != "openai":
                entry["columns"] = {**shape.llama_factory["columns"], "system": "system"}
            staged.path(info).write_text(_dataset_info(info, label, entry), "utf-8")
        if shape.name == "parquet":
            readme = data.with_name("README.md")
            staged.path(readme).write_text(card(label, data.name, tally), "utf-8")
        files = staged.publish(first=data)
    return tally.rows, files


class _Staged:
    """Files under temporary names in their own folder, renamed together at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Path, Path] = {}

    def path(self, final: Path) -> Path:
        """The temporary file that will become `final`."""
        if final not in self._files:
            handle, temporary = tempfile.mkstemp(prefix=f".{final.name}.", suffix=".part", dir=self._folder)
            os.close(handle)
            self._files[final] = Path(temporary)
        return self._files[final]

    def publish(self, *, first: Path) -> tuple[Path, ...]:
        """Rename all files to their final names, the data file last, and list them, the data file first."""
        mask = os.umask(0)
        os.umask(mask)
        for temporary in self._files.values():
            temporary.chmod(0o666 & ~mask)  # as an ordinary new file; temporary ones are private
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        order = sorted(self._files, key=lambda final: final == first)
        for final in order:
            self._files.pop(final).replace(final)
        return tuple(reversed(order))

    def discard(self) -> None:
        """Remove what was not published."""
        for temporary in self._files.values():
            temporary.unlink(missing_ok=True)


def _check_target(data: Path, shape: Format) -> None:
    if data.suffix.lower() not in shape.suffixes:
        raise InputError(f"{data}: format {shape.name!r} is written to a {' or '.join(shape.suffixes)} file")
    if data.is_dir():
        raise InputError(f"{data} is a folder; name a file in it")
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{data}: the folder {data.parent} cannot be made: {error.strerror or error}") from error
    readme = data.with_name("README.md")
    if shape.name == "parquet" and readme.exists() and CARD_MARK not in readme.read_text("utf-8", "replace"):
        raise InputError(f"{readme} is in the way of the data set card and was not made by an export; use a new folder")


def _sink(temporary: Path, final: Path) -> Sink:
    suffix = final.suffix.lower()
    if suffix == ".parquet":
        return ParquetSink(temporary)
    if suffix == ".csv":
        return CsvSink(temporary)
    return JsonSink(temporary, array=suffix == ".json")


def _dataset_info(path: Path, name: str, entry: dict[str, Any]) -> str:
    known: Any = {}
    if path.exists():
        try:
            known = json.loads(path.read_text("utf-8"))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} is not valid JSON; repair or remove it") from error
        if not isinstance(known, dict):
            raise InputError(f"{path} does not hold a table of data sets; repair or remove it")
    known[name] = entry
    return json.dumps(known, ensure_ascii=False, indent=2) + "\n"
