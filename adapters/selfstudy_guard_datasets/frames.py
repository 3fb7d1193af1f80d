"""Rows of a Hugging Face Dataset, a pandas or polars frame, or plain dicts; and back to the same kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from selfstudy_guard.errors import InputError, MissingExtraError

Row = dict[str, Any]


def rows_of(frame: Any) -> Iterator[Row]:
    """The rows of `frame` as dicts, one at a time, in order.

    Args:
        frame: `datasets.Dataset` or `IterableDataset`, pandas or polars DataFrame, or an iterable of mappings.

    Raises:
        InputError: it is none of these (a `DatasetDict` needs a split).
    """
    kind = _kind(frame)
    if kind == "pandas":
        columns = list(frame.columns)
        for values in frame.itertuples(index=False, name=None):
            yield dict(zip(columns, values, strict=True))
    elif kind == "polars":
        yield from frame.iter_rows(named=True)
    else:
        for number, row in enumerate(frame):
            if not isinstance(row, Mapping):
                raise InputError(
                    f"row {number} is {type(row).__name__}, not a mapping of column names to values: Document objects "
                    "go to generate, Guard or TargetSampler, rows come here"
                )
            yield dict(row)


def like(frame: Any, rows: Iterable[Row]) -> Any:
    """`rows` as the kind that `frame` is; a list for plain rows.

    Raises:
        MissingExtraError: `frame` is a Dataset and the package is gone.
    """
    listed = list(rows)
    kind = _kind(frame)
    if kind == "pandas":
        import pandas

        return pandas.DataFrame(listed)
    if kind == "polars":
        import polars

        return polars.DataFrame(listed, infer_schema_length=None)
    if kind == "datasets":
        try:
            from datasets import Dataset
        except ModuleNotFoundError as error:
            raise MissingExtraError("making a Hugging Face Dataset", "datasets") from error
        return Dataset.from_list(listed)
    return listed


def column(row: Row, name: str, number: int | None = None) -> str:
    """The text in a column.

    Raises:
        InputError: names the row, the column and the columns that are there.
    """
    where = "" if number is None else f"row {number}: "
    if name not in row:
        raise InputError(f"{where}no column {name!r}; there are {', '.join(map(repr, row)) or 'no columns'}")
    value = row[name]
    if not isinstance(value, str):
        raise InputError(f"{where}column {name!r} holds {type(value).__name__}, not text")
    return value


def _kind(frame: Any) -> str:
    package = type(frame).__module__.partition(".")[0]
    name = type(frame).__name__
    if package == "datasets":
        if isinstance(frame, Mapping):
            splits = ", ".join(map(repr, frame))
            raise InputError(
                f"{name} holds several splits: pass one of them, for example dataset[{splits.split(', ')[0]}]"
            )
        return "datasets"
    if package in ("pandas", "polars") and name == "DataFrame":
        return package
    if name == "LazyFrame":
        raise InputError("a LazyFrame holds no rows yet: call .collect() first")
    if isinstance(frame, str | bytes | Mapping) or not isinstance(frame, Iterable | Sequence):
        raise InputError(f"{type(frame).__name__} holds no rows: give a Dataset, a DataFrame or a list of dicts")
    return "rows"
