"""What may be an order is asked about when all else was, in every plan."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard import Document, TargetSampler
from selfstudy_guard.documents.eligibility.doubts import LAST
from selfstudy_guard.documents.target_table import TargetTable
from selfstudy_guard.records import Finding
from selfstudy_guard.sampling import LeastCovered, Proportional, Sheet, Stratified, Uniform, plan_columns
from selfstudy_guard.sampling.last import in_turn

POLICIES = [Stratified(), Stratified(by=("document",)), Uniform(), Proportional()]


@st.composite
def corpora(draw):
    """Some documents with targets in sections, some of which are asked about last."""
    sheets = []
    for number in range(draw(st.integers(1, 4))):
        size = draw(st.integers(0, 9))
        late = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=bool)
        sections = np.array(sorted(draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))), dtype=np.int64)
        tokens = np.array(draw(st.lists(st.integers(4, 60), min_size=size, max_size=size)), dtype=np.int64)
        late = late if late.any() else np.empty(0, dtype=bool)
        starts = np.arange(size, dtype=np.int64) * 100
        sheets.append(Sheet(f"d{number}", starts, sections, tokens, late=late))
    return sheets


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@settings(max_examples=60, deadline=None)
@given(sheets=corpora(), n=st.integers(1, 40), seed=st.integers(0, 3))
def test_others_come_first_in_the_order_of_the_policy(policy, sheets, n, seed):
    at = {sheet.document_id: sheet for sheet in sheets}
    total = sum(map(len, sheets))
    late = sum(int(sheet.late.sum()) for sheet in sheets if len(sheet.late))
    drawn = list(islice(in_turn(policy, sheets, seed), n))
    assert plan_columns(lambda: sheets, policy, n, seed).refs() == drawn, "a stream plans the same"
    if not total:
        assert drawn == []
        return
    assert len(drawn) == n
    marks = [bool(len(at[ref.document_id].late)) and bool(at[ref.document_id].late[ref.row]) for ref in drawn]
    turn = [place % total >= total - late for place in range(n)]
    assert marks == turn, "after every round over the others"
    rest = [sheet.part(late=False) for sheet in sheets]
    alone = islice(policy.order(rest, seed), marks.count(False))
    rows = {sheet.document_id: sheet.rows(late=False) for sheet in sheets}
    wanted = [(ref.document_id, int(rows[ref.document_id][ref.row]), ref.visit) for ref in alone]
    assert [tuple(ref) for ref, last in zip(drawn, marks, strict=True) if not last] == wanted


class Suspects:
    """Half believes every sentence with the word "bell"."""

    def detect(self, text):
        found, at = [], text.find("bell")
        while at >= 0:
            start, end = text.rfind(". ", 0, at) + 2, text.find(".", at) + 1
            found.append(
                Finding(
                    start=max(0, start), end=end, quote=text[max(0, start) : end], intent="task", channel="prose",
                    score=0.2, detector="test",
                )
            )  # fmt: skip
            at = text.find("bell", end)
        return found


MILLS = [f"The mill number {n} was built by the miller of the valley in {1800 + n}. " for n in range(6)]
BELL = (
    "The old bell of the tower is rung by the sexton in the evening of every day. "
    "It weighs four hundred pounds and hangs in the north window."
)
TEXT = "".join([*MILLS, BELL])


def test_sampler_and_the_ledgers_table_carry_it():
    from selfstudy_guard import InstructionFilter

    sampler = TargetSampler([Document(id="a", text=TEXT)], instruction_filter=InstructionFilter(detectors=[Suspects()]))
    size = len(sampler.targets)
    last = [target.reason == LAST for target in sampler.targets]
    assert sum(last) == 1
    plan = sampler.plan(2 * size)
    assert "bell" in plan[size - 1].text
    assert "bell" in plan[2 * size - 1].text
    assert sum("bell" in target.text for target in plan) == 2
    table = TargetTable.of(sampler.segmentations["a"])
    stored = TargetTable.from_bytes("a", table.to_bytes())
    assert stored.late.tolist() == table.late.tolist() == last
    assert stored.kinds.tolist() == table.kinds.tolist()
    adaptive = TargetSampler(
        [Document(id="a", text=TEXT)], LeastCovered(lambda target: 0),
        instruction_filter=InstructionFilter(detectors=[Suspects()]),
    )  # fmt: skip
    assert "bell" in adaptive.plan(size)[-1].text
