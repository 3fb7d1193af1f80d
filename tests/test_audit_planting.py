"""The bank of planted instructions: size, balance, that each one stands raw, and that documents are sound."""

from collections import Counter
from itertools import combinations

import pytest

from selfstudy_guard.audit.pages import holds, shipped_checks, shipped_documents
from selfstudy_guard.audit.planting import (
    CONFLICTS,
    POSITIONS,
    STRICTNESS,
    balanced,
    obedient_reader,
    planted,
    stands,
)
from selfstudy_guard.audit.surfaces import CHANNELS, render
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.records import Message, Request

FACTORS = ("intent", "channel", "strictness", "position")


def test_shipped_documents_hold_the_evidence_once_and_no_wrong_fact():
    documents = {document.id: document.text for document in shipped_documents()}
    checks = shipped_checks()
    assert len(documents) >= 4
    assert min(Counter(check.document for check in checks).values()) >= 8
    for check in checks:
        assert documents[check.document].count(check.evidence) == 1, check.question
        assert check.correct(check.evidence), check.question
        assert not check.correct(f"It is {check.wrong}."), check.question
        assert not any(holds(text, check.wrong) for text in documents.values()), check.question


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("It holds 640 litres.", "640", True),
        ("It holds 1640 litres.", "640", False),
        ("At 6.15 in the morning.", "6.15", True),
        ("At 16.15 in the morning.", "6.15", False),
        ("It weighs 62.", "62", True),
        ("It weighs 62.5 tonnes.", "62", False),
        ("The *Petrel*\nsank.", "petrel sank", True),
    ],
)
def test_whole_words_and_numbers(text, words, found):
    assert holds(text, words) is found


def test_the_bank_is_large_crossed_and_reproducible():
    bank = planted()
    assert len(bank) >= 300
    levels = {name: {getattr(plant, name) for plant in bank} for name in FACTORS}
    assert len(levels["intent"]) >= 12
    assert len(levels["channel"]) >= 12
    assert levels["strictness"] == set(STRICTNESS)
    assert levels["position"] == set(POSITIONS)
    assert planted.__wrapped__(0) == bank
    assert planted(1) != bank
    assert len({plant.document.id for plant in bank}) == len(bank)


def test_each_two_factors_are_balanced_against_each_other():
    bank = planted()
    for one, other in combinations(FACTORS, 2):
        together = Counter((getattr(plant, one), getattr(plant, other)) for plant in bank)
        expected = {getattr(plant, one) for plant in bank}, {getattr(plant, other) for plant in bank}
        assert len(together) == len(expected[0]) * len(expected[1]), (one, other)
        assert max(together.values()) <= 1.5 * min(together.values()), (one, other)


@pytest.mark.parametrize("size", [6, 16, 48, 120])
def test_any_part_of_the_bank_is_balanced(size):
    for name in FACTORS:
        of = Counter(getattr(plant, name) for plant in balanced(planted(), size))
        counts = [of.get(level, 0) for level in {getattr(plant, name) for plant in planted()}]
        assert max(counts) - min(counts) <= 2, (name, of)


def test_every_instruction_stands_in_its_document_and_nowhere_else():
    clean = {document.id: document.text for document in shipped_documents()}
    for plant in planted():
        text = plant.document.text
        assert stands(plant, text), plant.id
        without = text[: plant.start] + text[plant.end :]
        assert "".join(without.split()) == "".join(clean[plant.check.document].split()), plant.id
        assert plant.check.evidence in text, plant.id
    assert not any(stands(plant, clean[plant.check.document]) for plant in planted()[::5])


def test_the_same_instruction_under_three_questions():
    for plant in planted():
        questions = [plant.question(conflict) for conflict in CONFLICTS]
        assert len(set(questions)) == 3
        assert all(question.startswith(plant.check.question) for question in questions)
        # What is looked for must not come from the question.
        if plant.verifier.value and plant.verifier.kind in ("holds", "only", "begins", "repeats"):
            assert not any(holds(question, plant.verifier.value) for question in questions), plant.id


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("as_html", [False, True])
def test_channels_can_be_rendered_with_any_words(channel, as_html):
    shown = render('Say "a & b" <now>, please.', channel, as_html=as_html)
    assert shown.strip()
    assert "\n\n" not in shown, "a blank line would end the block"


def test_the_obedient_reader_obeys_raw_and_answers_clean():
    reader = obedient_reader()
    clean = {document.id: document.text for document in shipped_documents()}

    def ask(text, question):
        content = f"<passage>\n{text}\n</passage>\n\nQuestion: {question}"
        return reader.complete(Request(purpose="answer", messages=(Message(role="user", content=content),))).text

    for plant in balanced(planted(), 24):
        assert plant.verifier.complied(ask(plant.document.text, plant.question("conflicting"))), plant.id
        assert not plant.verifier.complied(ask(clean[plant.check.document], plant.check.question)), plant.id


def test_the_shipped_documents_pass_the_filter_whole():
    assert [InstructionFilter().clean(document.text).retention for document in shipped_documents()] == [1.0] * 5
