"""Multi-hop questions end to end: both parts must stand in the realised footprint, or the pair is refused."""

from __future__ import annotations

import pytest

from selfstudy_guard import Document, TargetSampler, generate
from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.errors import InputError
from selfstudy_guard.questions import check_anchor
from selfstudy_guard.records import Reply, Request
from selfstudy_guard.sampling import MultiHop

FACTS = {
    "The pump of the Aldra series weighs nine kilograms.": (
        "what does the pump of the Aldra series weigh",
        "The pump weighs nine kilograms",
    ),
    "The gauge at the harbour is read every four hours.": (
        "how often is the gauge at the harbour read",
        "the gauge is read every four hours",
    ),
    "Herons fish below the northern dam in winter.": (
        "where do herons fish in winter",
        "herons fish below the northern dam",
    ),
    "The bakery of Carrow burned down in 1878.": (
        "when did the bakery of Carrow burn down",
        "the bakery burned down in 1878",
    ),
}
DOCUMENTS = [Document(id="d.txt", text=" ".join(FACTS))]


class Joiner:
    """Asks about every quoted fact and answers with all that is asked; a lazy one uses only the first."""

    model = "joiner"

    def __init__(self, *, lazy_question: bool = False, lazy_answer: bool = False) -> None:
        self.lazy = {"question": lazy_question, "answer": lazy_answer}
        self.feedback: list[str] = []

    def complete(self, request: Request) -> Reply:
        text = request.messages[-1].content
        if request.purpose == "question":
            quoted = text.rpartition("\n\nQuoted")[2] if "\n\nQuoted" in text else text
            self.feedback.append(text)
            places = sorted((quoted.rindex(fact), asked) for fact, (asked, _) in FACTS.items() if fact in quoted)
            parts = [asked for _, asked in places][-2:]
        else:
            parts = [said for asked, said in FACTS.values() if asked.lower() in text.lower()]
        if self.lazy[request.purpose]:
            parts = parts[:1]
        joined = ", and ".join(parts)
        return Reply(text=joined[:1].upper() + joined[1:] + ("?" if request.purpose == "question" else "."), model="j")


def test_both_parts_stand_in_the_footprint_of_every_record() -> None:
    run = generate(DOCUMENTS, model=Joiner(), hops="section", prompts="large", window=4000)
    assert run.balance.answered >= 2
    for record in run.records:
        assert len(record.target.also) == 1
        drawn = {(target.start, target.end) for target in record.footprint.targets}
        assert {(part.start, part.end) for part in (record.target, *record.target.also)} <= drawn


@pytest.mark.parametrize("lazy", ["lazy_question", "lazy_answer"])
def test_a_pair_that_uses_one_part_only_is_refused_with_its_reason(lazy: str) -> None:
    run = generate(DOCUMENTS, model=Joiner(**{lazy: True}), hops="section", prompts="large", window=4000)
    assert run.balance.answered == 0
    reasons = {rejection.reason for rejection in run.iter_rejections()}
    expected = "misses-part" if lazy == "lazy_question" else "answer-misses-part"
    assert expected in reasons
    assert reasons <= {expected, "duplicate"}  # two targets may be tied to each other, which asks the same twice


def test_the_plan_is_that_of_the_sampler() -> None:
    run = generate(
        DOCUMENTS, model=Joiner(lazy_question=True), hops="far", prompts="large", seed=5, question_attempts=1
    )
    sampler = TargetSampler(DOCUMENTS, seed=5, hops=MultiHop(2, "far"))
    planned = [(t.start, [other.start for other in t.also]) for t in sampler.plan(4)]
    assert [(r.target.start, [o.start for o in r.target.also]) for r in run.iter_rejections()] == planned


def test_an_unknown_link_is_an_error() -> None:
    with pytest.raises(InputError, match="hops"):
        generate(DOCUMENTS, model=Joiner(), hops="nearby")


def test_near_is_not_enough_once_the_answer_is_known() -> None:
    targets = TargetSampler(DOCUMENTS).targets
    index = AttributionIndex(targets)
    target = targets[0].model_copy(update={"also": (targets[1],)})
    (first, said), (second, also_said) = list(FACTS.values())[:2]
    question = f"{first.capitalize()}, and {second}?"
    assert check_anchor(question, target, index, answer=f"{said}, and {also_said}.").accepted
    half = check_anchor(question, target, index, answer=f"{said}.")
    assert (half.accepted, half.reason) == (False, "misses-part")
