"""The anchor check: on-target questions pass, questions about other parts do not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import segment
from selfstudy_guard.questions import best_is, check_anchor
from selfstudy_guard.records import Document, Footprint, Target

TEXTS = [
    "The orchard keeps 412 apple trees on a slope that faces south-west.",
    "Frost destroyed two thirds of the blossom at the foot of the slope.",
    "Mason bees fly on days below twelve degrees, when honey bees stay at home.",
    "The cooperative pays 61 cents for a kilogram of table fruit.",
    "Aphids stay away where nasturtium grows under the trees.",
]
TARGETS = [
    Target(document_id="d", start=i * 200, end=i * 200 + len(text), text=text, index=i) for i, text in enumerate(TEXTS)
]
TARGETS[4] = TARGETS[4].model_copy(update={"kind": "markup", "eligible": False, "reason": "navigation"})
INDEX = AttributionIndex(TARGETS)


def test_the_targets_own_question_passes_and_names_its_footprint() -> None:
    verdict = check_anchor("How many apple trees does the orchard keep?", TARGETS[0], INDEX, near=1.0)
    assert verdict.accepted
    assert verdict.footprint is not None
    assert best_is(TARGETS[0], verdict.footprint)


@pytest.mark.parametrize("other", [1, 2, 3])
def test_a_question_about_another_part_is_off_target(other: int) -> None:
    verdict = check_anchor("How many apple trees does the orchard keep?", TARGETS[other], INDEX, near=1.0)
    assert (verdict.accepted, verdict.reason) == (False, "off-target")
    assert "another part" in verdict.feedback


def test_a_question_about_something_else_is_not_in_the_document() -> None:
    verdict = check_anchor("Which composer wrote nine symphonies?", TARGETS[0], INDEX)
    assert (verdict.accepted, verdict.reason) == (False, "not-in-document")


def test_a_question_whose_best_match_is_no_content_is_called_hijacked() -> None:
    verdict = check_anchor("Where does nasturtium grow under the trees?", TARGETS[0], INDEX, near=1.0)
    assert (verdict.accepted, verdict.reason) == (False, "artefact")


def test_the_answer_decides_what_the_question_leaves_open() -> None:
    question = "How much does the cooperative pay for fruit?"
    assert check_anchor(question, TARGETS[3], INDEX, answer="61 cents for a kilogram").accepted
    assert not check_anchor(question, TARGETS[3], INDEX, answer="Frost destroyed two thirds of the blossom").accepted


def test_multi_hop_questions_must_draw_on_every_part() -> None:
    target = TARGETS[0].model_copy(update={"also": (TARGETS[3],)})
    both = (
        "How many apple trees does the orchard keep, and what does the cooperative pay for a kilogram of table fruit?"
    )
    assert check_anchor(both, target, INDEX).accepted
    one = check_anchor("How many apple trees does the orchard keep on its slope?", target, INDEX, near=1.0)
    assert (one.accepted, one.reason) == (False, "misses-part")


def test_a_looser_share_looks_beyond_the_footprint() -> None:
    question = "What did frost do to the apple trees of the orchard on the slope?"
    scores = INDEX.scores(question)
    share = float(scores[1] / scores.max())
    assert share < 1
    assert check_anchor(question, TARGETS[1], INDEX, near=share * 0.99).accepted
    assert not check_anchor(question, TARGETS[1], INDEX, near=min(1.0, share * 1.01)).accepted


def test_targets_of_other_documents_never_count() -> None:
    foreign = TARGETS[0].model_copy(update={"document_id": "other"})
    assert not check_anchor("How many apple trees does the orchard keep?", foreign, INDEX).accepted
    assert not best_is(foreign, Footprint(targets=(TARGETS[0],), scores=(1.0,)))
    assert not best_is(foreign, Footprint())


def _shared() -> Path | None:
    named = os.environ.get("SELFSTUDY_GUARD_SHARED")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared"
    file = folder / "data" / "xquad" / "xquad.en.json"
    return file if file.is_file() else None


@pytest.mark.skipif(_shared() is None, reason="the XQuAD file is not on this machine (SELFSTUDY_GUARD_SHARED)")
def test_calibration_on_human_questions() -> None:
    """Twelve articles; the full figures are made by benchmarks/anchoring.py."""
    file = _shared()
    assert file is not None
    asked = refused = caught = 0
    for article in json.loads(file.read_text("utf-8"))["data"][::4]:
        text, questions = "", []
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                start = len(text) + qa["answers"][0]["answer_start"]
                questions.append((qa["question"], qa["answers"][0]["text"], start))
            text += paragraph["context"] + "\n\n"
        targets = segment(Document(id=article["title"], text=text)).targets
        index = AttributionIndex(targets)
        for question, answer, start in questions:
            own = next((target for target in targets if target.start <= start < target.end), None)
            if own is None:
                continue
            other = targets[(own.index + len(targets) // 2) % len(targets)]
            asked += 1
            refused += not (
                check_anchor(question, own, index).accepted
                and check_anchor(question, own, index, answer=answer).accepted
            )
            caught += not (
                check_anchor(question, other, index).accepted
                and check_anchor(question, other, index, answer=answer).accepted
            )
    assert asked > 200
    assert refused <= 0.03 * asked
    assert caught >= 0.9 * asked
