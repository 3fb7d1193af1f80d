"""Where rows go: JSON lines or one JSON array, CSV that is safe to open in a spreadsheet, Parquet."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Protocol, Self

_BATCH = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Legal inside JSON, but some readers of lines break there.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class Sink(Protocol):
    """Takes rows one at a time; a context manager that closes its file."""

    def write(self, row: dict[str, Any]) -> None:
        """Append one row."""
        ...

    def finish(self) -> None:
        """Write what is held back; no row may follow."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...


class _FileSink:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._file.close()


class JsonSink(_FileSink):
    """One JSON object a line, or one array of them."""

    def __init__(self, path: Path, *, array: bool = False) -> None:
        super().__init__(path)
        self._array = array
        self._rows = 0

    def write(self, row: dict[str, Any]) -> None:
        """Append one row."""
        if self._array:
            self._file.write(",\n" if self._rows else "[\n")
        line = json.dumps(row, ensure_ascii=False).translate(_LINE_ENDS)
        self._file.write(line if self._array else line + "\n")
        self._rows += 1

    def finish(self) -> None:
        """Close the array and the file."""
        if self._array:
            self._file.write("\n]\n" if self._rows else "[]\n")
        self._file.close()


class CsvSink(_FileSink):
    """CSV in which no cell is a formula to a spreadsheet."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._writer: csv.DictWriter[str] | None = None

    def write(self, row: dict[str, Any]) -> None:
        """Append one row; the first one also gives the header."""
        if self._writer is None:
            self._writer = csv.DictWriter(self._file, fieldnames=list(row), quoting=csv.QUOTE_ALL)
            self._writer.writeheader()
        self._writer.writerow({name: harmless(value) for name, value in row.items()})

    def finish(self) -> None:
        """Close the file."""
        self._file.close()


class ParquetSink:
    """Parquet in row groups of a thousand, so that no more than that is held in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[dict[str, Any]] = []
        self._writer: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, row: dict[str, Any]) -> None:
        """Append one row."""
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self._flush()

    def finish(self) -> None:
        """Write the last row group and the footer."""
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _flush(self) -> None:
        if not self._rows:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._writer is None:
            types = {str: pa.string(), int: pa.int64(), float: pa.float64()}
            schema = pa.schema([(name, types[type(value)]) for name, value in self._rows[0].items()])
            self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._writer.schema))
        self._rows.clear()


def harmless(value: Any) -> Any:
    """A CSV cell that no spreadsheet reads as a formula: a text that begins like one gets an apostrophe in front.

    OWASP, "CSV Injection": cells that begin with `=`, `+`, `-`, `@`, tab or a line end, also after white space.
    """
    if isinstance(value, str) and value.lstrip(" \xa0\ufeff\u200b").startswith(_FORMULA):
        return "'" + value
    return value
