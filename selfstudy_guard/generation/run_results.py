"""What a finished run and a guard both offer: records, rejections, failures, balance, table, export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from selfstudy_guard.ledger import Ledger
from selfstudy_guard.records import Balance, Record, Rejection

if TYPE_CHECKING:
    from os import PathLike

    from selfstudy_guard.documents import Skipped


class Failure(NamedTuple):
    """A planned question that no reply could be had for.

    Attributes:
        key: of its draw.
        reason: name of the error.
        detail: its message: what the provider said.
    """

    key: str
    reason: str
    detail: str


class Results:
    """Base of `Run` and `Guard`, so that both call the same things by the same names.

    Args:
        ledger: where they are read from.

    Attributes:
        skipped: documents that could not be read, with reasons.
        stopped_because: why it ended before its plan did, in words; None if it did not.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.skipped: tuple[Skipped, ...] = ()
        self.stopped_because: str | None = None

    @property
    def balance(self) -> Balance:
        """planned = answered + rejected + failed + pending, and what was spent."""
        return self._ledger.balance()

    @property
    def calls(self) -> int:
        """Replies that were had so far."""
        return self._ledger.count_replies()

    @property
    def records(self) -> list[Record]:
        """All finished records in plan order; `iter_records` does not hold them in memory."""
        return list(self.iter_records())

    @property
    def rejections(self) -> list[Rejection]:
        """Planned questions that ended without a record, with their reasons, in plan order."""
        return list(self.iter_rejections())

    @property
    def failures(self) -> list[Failure]:
        """Planned questions that no reply could be had for, with what the provider said."""
        return list(self.iter_failures())

    def iter_records(self) -> Iterator[Record]:
        """Finished records in plan order, one at a time."""
        return self._ledger.records()

    def iter_rejections(self) -> Iterator[Rejection]:
        """Rejections in plan order, one at a time."""
        return self._ledger.rejections()

    def iter_failures(self) -> Iterator[Failure]:
        """Failures in plan order, one at a time."""
        return (Failure(*row) for row in self._ledger.failures())

    def to_pandas(self) -> Any:
        """The records as a pandas DataFrame, a row each: question, answer, document, target, evidence, and what was
        taken out of it.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            from selfstudy_guard.errors import MissingExtraError

            raise MissingExtraError("to_pandas()", "pandas") from error
        return pandas.DataFrame([_row_of(record) for record in self.iter_records()], columns=list(_COLUMNS))

    def export(self, format: str, path: str | PathLike[str], *, min_score: float | None = None) -> Path:
        """Write the records as training data; returns the path.

        Args:
            format: name of an export format ("openai", "sharegpt", "alpaca", "csv", "parquet", "ragas", "deepeval" or
                "cartridges").
            path: file or folder to write; its folder is made if missing.
            min_score: least rating (0 to 1) of the records that are written; None writes all.

        Raises:
            InputError: unknown format, or no records.
        """
        from selfstudy_guard.export import export_records

        export_records(self.iter_records(), format, path, min_score=min_score)
        return Path(path)

    def _repr_html_(self) -> str:
        """What a notebook shows: the balance, and the first records."""
        from selfstudy_guard.display.grids import Grid, to_html

        balance = self.balance
        figures = [(name, getattr(balance, name)) for name in ("planned", "answered", "rejected", "failed", "pending")]
        counts = Grid([[f"{count:,}" for _, count in figures]], [name for name, _ in figures])
        records = [
            (record.document_id, record.question.text[:300], record.answer.text[:300])
            for record, _ in zip(self.iter_records(), range(_SHOWN), strict=False)
        ]
        words = Grid(records, ("document", "question", "answer"), words=frozenset({1, 2}))
        return to_html(counts) + (to_html(words) if records else "")


_SHOWN = 5
_COLUMNS = (
    "question answer document style target_start target_end target evidence taken_out withheld model score".split()
)


def _row_of(record: Record) -> dict[str, Any]:
    """A record as a flat row."""
    return {
        "question": record.question.text,
        "answer": record.answer.text,
        "document": record.document_id,
        "style": record.style,
        "target_start": record.target.start,
        "target_end": record.target.end,
        "target": record.target.text,
        "evidence": record.evidence.text,
        "taken_out": len(record.evidence.findings),
        "withheld": len(record.evidence.withheld),
        "model": record.model,
        "score": record.rating.score if record.rating is not None else None,
    }
