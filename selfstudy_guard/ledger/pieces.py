"""What a document was cut into and what the filter found in it, so that neither is done twice, also across a resume.

A document takes milliseconds to judge and cut, and a tenth of that to read back. The plan reads only the tables: the
eligible targets as columns of numbers.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import TypeAdapter

from selfstudy_guard.documents.target_table import KINDS, TargetTable
from selfstudy_guard.errors import LedgerError
from selfstudy_guard.filter.beliefs import packed_beliefs, unpacked_beliefs
from selfstudy_guard.ledger.stored_documents import StoredDocuments, stored_document
from selfstudy_guard.records import Artefact, Belief, Document, Finding, Segmentation, Target

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOGETHER = 256
"""Documents that are written in one transaction, and read at once."""


class StoredTargets(NamedTuple):
    """The eligible targets of one document of the ledger.

    Attributes:
        number: the document's number in the ledger, in the order in which documents were read.
        digest: of its text.
        table: the targets.
    """

    number: int
    digest: str
    table: TargetTable


class StoredPieces(StoredDocuments):
    """The table `pieces`."""

    def uncut(self, made_by: str) -> Iterator[Document]:
        """Documents that were not cut yet, or by something else than `made_by`, in order, one at a time."""
        number = -1
        while True:
            row = self._one(
                "SELECT d.number, d.id FROM documents d LEFT JOIN pieces p ON p.number = d.number "
                "LEFT JOIN beliefs b ON b.number = d.number AND b.digest = p.digest AND b.made_by = p.made_by "
                "WHERE d.number > ? AND (p.number IS NULL OR b.number IS NULL OR p.digest != d.digest "
                "OR p.made_by != ?) ORDER BY d.number LIMIT 1",
                number,
                made_by,
            )
            if row is None:
                return
            number = row[0]
            yield self.document(row[1])

    def keep_pieces(
        self, made_by: str, pieces: Iterable[tuple[Document, Sequence[Finding], Segmentation, Sequence[Belief]]]
    ) -> int:
        """Store what documents were cut into; written as they come, so that an interruption loses little.

        Args:
            made_by: names the filter and the version of the library; pieces of another name are made again.
            pieces: document, what the filter found in it, its segmentation, and what the filter believes of its units.

        Returns:
            How many were stored.
        """
        done, rows, believed = 0, [], []
        for document, findings, segmentation, beliefs in pieces:
            believed.append((document.digest, made_by, packed_beliefs(beliefs), document.id))
            rows.append(
                (
                    document.digest,
                    made_by,
                    len(segmentation.targets),
                    len(segmentation.eligible),
                    TargetTable.of(segmentation).to_bytes(),
                    zlib.compress(_FINDINGS.dump_json(tuple(findings)), 1) if findings else b"",
                    packed(segmentation),
                    document.id,
                )
            )
            done += 1
            if len(rows) >= _TOGETHER:
                self._write_pieces(rows, believed)
                rows, believed = [], []
        self._write_pieces(rows, believed)
        return done

    def _write_pieces(self, rows: Sequence[tuple[Any, ...]], believed: Sequence[tuple[Any, ...]]) -> None:
        with self._writing():
            self._connection.executemany(
                "INSERT OR REPLACE INTO beliefs (number, digest, made_by, columns) "
                "SELECT number, ?, ?, ? FROM documents WHERE id = ?",
                believed,
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO pieces "
                "(number, digest, made_by, targets, eligible, sheet, findings, segmentation) "
                "SELECT number, ?, ?, ?, ?, ?, ?, ? FROM documents WHERE id = ?",
                rows,
            )

    def pieces(self, document_id: str) -> tuple[Document, tuple[Finding, ...], Segmentation, tuple[Belief, ...]]:
        """One document, what the filter found in it, what it was cut into, and what is believed of its units.

        Beliefs are missing where an older version of the library cut the document.

        Raises:
            LedgerError: no such document, or it was not cut.
        """
        row = self._one(
            "SELECT d.id, d.media_type, d.metadata, d.text, p.findings, p.segmentation, b.columns FROM documents d "
            "JOIN pieces p ON p.number = d.number AND p.digest = d.digest "
            "LEFT JOIN beliefs b ON b.number = d.number AND b.digest = d.digest WHERE d.id = ?",
            document_id,
        )
        if row is None:
            raise LedgerError(f"document {document_id!r} is not part of this run, or was not cut into targets yet")
        document = stored_document(row)
        findings = _FINDINGS.validate_json(zlib.decompress(row[4])) if row[4] else ()
        beliefs = unpacked_beliefs(row[6]) if row[6] else ()
        return document, findings, unpacked(document, row[5]), beliefs

    def has_pieces(self, document_id: str) -> bool:
        """Whether `pieces` can be asked for the document."""
        found = self._one(
            "SELECT 1 FROM pieces p JOIN documents d USING (number) WHERE d.id = ? AND p.digest = d.digest", document_id
        )
        return found is not None

    def count_pieces(self) -> tuple[int, int, int]:
        """Number of documents that were cut, of their targets, and of their eligible targets."""
        row = self._one("SELECT COUNT(*), COALESCE(SUM(targets), 0), COALESCE(SUM(eligible), 0) FROM pieces")
        return int(row[0]), int(row[1]), int(row[2])

    def reasons(self) -> dict[str, int]:
        """Why targets may not be asked about, with counts, the most frequent first."""
        found: dict[str, int] = {}
        for (blob,) in self._paged("SELECT p.number, p.segmentation FROM pieces p WHERE p.number > ?"):
            form = json.loads(zlib.decompress(blob))
            for reason in form["reason"]:
                if reason >= 0:
                    found[form["reasons"][reason]] = found.get(form["reasons"][reason], 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def targets_because(self, reason: str, limit: int) -> list[tuple[str, int, int, str]]:
        """(document id, start, end, text) of the first `limit` targets that may not be asked about for this reason."""
        found: list[tuple[str, int, int, str]] = []
        for document_id, blob in self._paged(
            "SELECT p.number, d.id, p.segmentation FROM pieces p JOIN documents d USING (number) WHERE p.number > ?"
        ):
            form = json.loads(zlib.decompress(blob))
            if reason not in form["reasons"]:
                continue
            code, text = form["reasons"].index(reason), self.document(document_id).text
            for start, end, why in zip(form["start"], form["end"], form["reason"], strict=True):
                if why == code:
                    found.append((document_id, start, end, text[start:end]))
                if len(found) >= limit:
                    return found
        return found

    def tables(self) -> Iterator[StoredTargets]:
        """The eligible targets of every document that has some, in the order of the documents."""
        for number, document_id, digest, blob in self._paged(
            "SELECT p.number, p.number, d.id, d.digest, p.sheet FROM pieces p JOIN documents d USING (number) "
            "WHERE p.number > ? AND p.eligible > 0"
        ):
            yield StoredTargets(number, digest, TargetTable.from_bytes(document_id, blob))

    def targets_by_number(self) -> NDArray[Any]:
        """Number of all targets of every document, by its number in the ledger (shape: largest number + 1)."""
        import numpy as np

        last = self._one("SELECT COALESCE(MAX(number), 0) FROM documents")[0]
        counts = np.zeros(last + 1, dtype=np.int64)
        for number, targets in self._paged("SELECT p.number, p.number, p.targets FROM pieces p WHERE p.number > ?"):
            counts[number] = targets
        return counts

    def number(self, document_id: str) -> int:
        """A document's number in the ledger.

        Raises:
            LedgerError: no such document in this run.
        """
        return int(self._found("SELECT number FROM documents WHERE id = ?", document_id)[0])

    def _paged(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a query that asks for `number > ?` and returns the number first, which is left out."""
        number = -1
        while rows := self._all(f"{sql} ORDER BY p.number LIMIT {_TOGETHER}", number):
            yield from (row[1:] for row in rows)
            number = rows[-1][0]


_FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


def packed(segmentation: Segmentation) -> bytes:
    """A segmentation as compressed JSON columns, without the texts, which stand in the document."""
    sections: dict[tuple[str, ...], int] = {}
    reasons: dict[str, int] = {}
    leads: dict[str, int] = {"": 0}
    targets, artefacts = segmentation.targets, segmentation.artefacts
    form = {
        "start": [target.start for target in targets],
        "end": [target.end for target in targets],
        "kind": [KINDS.index(target.kind) for target in targets],
        "section": [sections.setdefault(target.section, len(sections)) for target in targets],
        "index": [target.index for target in targets],
        "tokens": [target.tokens for target in targets],
        "eligible": [int(target.eligible) for target in targets],
        "reason": [-1 if t.reason is None else reasons.setdefault(t.reason, len(reasons)) for t in targets],
        "lead": [leads.setdefault(target.lead, len(leads)) for target in targets],
        "hidden": [
            [one.start for one in artefacts],
            [one.end for one in artefacts],
            [reasons.setdefault(one.reason, len(reasons)) for one in artefacts],
        ],
    }
    form |= {"sections": list(map(list, sections)), "reasons": list(reasons), "leads": list(leads)}
    # Escapes keep lone surrogates, which UTF-8 has no form for.
    return zlib.compress(json.dumps(form, separators=(",", ":")).encode("ascii"), 1)


def unpacked(document: Document, blob: bytes) -> Segmentation:
    """The segmentation of `document` that `packed` made `blob` of."""
    form: Mapping[str, Any] = json.loads(zlib.decompress(blob))
    name, text = document.id, document.text
    sections = [tuple(section) for section in form["sections"]]
    reasons, leads = form["reasons"], form["leads"]
    columns = ("start", "end", "kind", "section", "index", "tokens", "eligible", "reason", "lead")
    targets = [
        Target(
            document_id=name,
            start=start,
            end=end,
            text=text[start:end],
            kind=KINDS[kind],
            section=sections[section],
            index=index,
            tokens=tokens,
            eligible=bool(eligible),
            reason=None if reason < 0 else reasons[reason],
            lead=leads[lead],
        )
        for start, end, kind, section, index, tokens, eligible, reason, lead in zip(
            *(form[column] for column in columns), strict=True
        )
    ]
    hidden = [
        Artefact(start=start, end=end, reason=reasons[reason])
        for start, end, reason in zip(*form["hidden"], strict=True)
    ]
    return Segmentation(document_id=name, targets=tuple(targets), artefacts=tuple(hidden))
