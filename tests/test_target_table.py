"""The table of a document's targets: rows, sections, flags, and its stored form."""

from __future__ import annotations

import numpy as np
import pytest

from selfstudy_guard import Document
from selfstudy_guard.documents import segment
from selfstudy_guard.documents.target_table import KINDS, TargetTable
from selfstudy_guard.errors import InputError
from selfstudy_guard.sampling import Sheet

TEXT = """# The ropewalk

Home | News | Contact

## Hemp

The walk spins **hemp** from the lowlands. A strand takes 3 men and a boy.

## Tar

Tar comes in barrels of 120 litres.

- The copper is heated at dawn.
- The yarn runs through it twice.

## Hemp

Every rope is tested with 9 tonnes.
"""
CUT = segment(Document(id="walk.md", text=TEXT))


def test_the_rows_are_the_targets_in_text_order():
    for table, targets in ((TargetTable.whole(CUT), CUT.targets), (TargetTable.of(CUT), CUT.eligible)):
        assert len(table) == len(targets)
        assert table.document_id == "walk.md"
        assert table.starts.tolist() == [target.start for target in targets]
        assert table.ends.tolist() == [target.end for target in targets]
        assert table.tokens.tolist() == [target.tokens for target in targets]
        assert table.places.tolist() == [target.index for target in targets]
        assert [KINDS[kind] for kind in table.kinds] == [target.kind for target in targets]
        assert [table.section_names[number] for number in table.sections] == [target.section for target in targets]


def test_sections_are_numbered_as_they_come_among_the_rows_at_hand():
    numbers = TargetTable.of(CUT).sections.tolist()
    assert numbers[0] == 0
    assert all(number <= max(numbers[:place]) + 1 for place, number in enumerate(numbers) if place)
    assert sorted(set(numbers)) == list(range(len(set(numbers))))


def test_flags_say_what_a_target_is():
    table = TargetTable.whole(CUT)
    assert table.has(TargetTable.ELIGIBLE).tolist() == [target.eligible for target in CUT.targets]
    assert table.has(TargetTable.ARTEFACT).tolist() == [target.is_artefact for target in CUT.targets]
    bold = [target.text for target, flag in zip(CUT.targets, table.has(TargetTable.BOLD), strict=True) if flag]
    assert bold == ["The walk spins **hemp** from the lowlands."]
    numbers = table.has(TargetTable.NUMBER) & table.has(TargetTable.ELIGIBLE)
    assert numbers.sum() == 3
    assert table.has(TargetTable.LEADS).sum() == len({target.section for target in CUT.eligible})


def test_a_span_is_the_row_that_it_overlaps_most():
    table = TargetTable.whole(CUT)
    for row, target in enumerate(CUT.targets):
        assert table.row(target.start, target.end) == row
        assert table.row(target.start + 1, target.end + 1) == row
    assert table.row(len(TEXT) + 5, len(TEXT) + 9) is None


def test_the_stored_form_gives_the_same_columns():
    table = TargetTable.of(CUT)
    again = TargetTable.from_bytes("walk.md", table.to_bytes())
    for name in ("starts", "ends", "sections", "tokens", "places", "kinds"):
        assert np.array_equal(getattr(table, name), getattr(again, name)), name
    assert len(TargetTable.from_bytes("none.md", b"")) == 0


def test_policies_know_it_by_the_name_of_before():
    assert Sheet is TargetTable
    sheet = Sheet("d", np.arange(3), np.zeros(3, dtype=int), np.ones(3, dtype=int))
    assert len(sheet) == 3
    with pytest.raises(InputError, match="differ in length"):
        Sheet("d", np.arange(3), np.zeros(2, dtype=int), np.ones(3, dtype=int))
