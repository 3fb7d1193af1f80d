"""False answers, on right and wrong answers to the same questions; the forms of answers; the size of a model."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.errors import PromptError
from selfstudy_guard.questions import Prompts, answer_request, check_answer
from selfstudy_guard.questions.answer_forms import trimmed, wrong_form
from selfstudy_guard.questions.answers import ANSWER_REASONS, refused_fact
from selfstudy_guard.questions.fact_checks import FACT_REASONS, false_fact
from selfstudy_guard.questions.gaps import fills_gap
from selfstudy_guard.questions.model_size import is_small, prompts_for
from selfstudy_guard.questions.numbers import numbers_of, values_of
from selfstudy_guard.records import Target

ROWS = [json.loads(line) for line in (Path(__file__).parent / "data" / "answers.jsonl").read_text("utf-8").splitlines()]


def shares(part: str) -> tuple[float, float]:
    """Share of right answers that are refused, and of wrong ones that are caught."""
    rows = [row for row in ROWS if row["part"] == part]
    refused, caught = (
        sum(false_fact(row[side], row["question"], row["target"], row["evidence"]) is not None for row in rows)
        for side in ("right", "wrong")
    )
    return refused / len(rows), caught / len(rows)


COUNTED = (
    "one One ONE two Twelve twenty-one 3 3.50 1,000 1.000,5 07 12:30 hour kg litres years £5 50% only about the of a - "
    ", . x2"
).split()


@settings(deadline=None)
@given(st.lists(st.sampled_from(COUNTED), max_size=12).map(" ".join))
def test_values_alone_are_those_of_the_numbers(text: str) -> None:
    assert values_of(text) == {number.value for number in numbers_of(text)}


@pytest.mark.parametrize(("part", "least"), [("dev", 0.95), ("report", 0.68), ("later", 0.58)])
def test_false_answers_are_caught_and_right_ones_kept(part: str, least: float) -> None:
    """170 questions; nobody looked at the half "report" while the rules were written.

    71 more of the kinds that were missed were written later, before it was known what becomes of them: 36 were caught
    and 6 right ones refused at first.
    """
    refused, caught = shares(part)
    assert refused <= (0.05 if part == "later" else 0.03)
    assert caught >= least


def test_answers_from_another_clause_that_shares_the_verb_are_caught() -> None:
    lines = (Path(__file__).parent / "data" / "clauses.txt").read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines if not line.startswith("#")]
    refused = [row for row in rows if row[2] and false_fact(row[2], row[1], row[0], row[0])]
    passed = [row for row in rows if row[3] and not false_fact(row[3], row[1], row[0], row[0])]
    assert len(refused) <= 5, refused
    assert len(passed) <= 17, passed


@pytest.mark.parametrize(
    ("answer", "question", "told", "reason"),
    [
        (
            "10.00 to 15.00 pounds",
            "What are the hours in winter?",
            "Season: Winter; Hours: 10.00 to 15.00",
            "wrong-unit",
        ),
        ("They had different birds.", "How did the shores differ?", "The shores did not differ.", "wrong-polarity"),
        ("14 and 212", "How many farms are there?", "There are 14 farms and 212 cows.", "two-values"),
        ("212", "How many farms are there?", "There are 14 farms and 212 cows.", "wrong-number"),
        ("The males", "Which are larger?", "The females are larger than the males.", "wrong-quantity"),
        ("Leipzig", "Where was it cast?", "The bell was cast in Leiden.", "wrong-name"),
        ("3 euros", "What does Option --a cost?", "Option: --a; Price: 3 euros", None),
        ("by the hour", "How are they paid?", "They are paid by weight, not by the hour.", "wrong-polarity"),
        ("every day", "When is it rung?", "It is rung only on feast days.", "wrong-quantity"),
        ("less than the bell", "How loud is it?", "It is as loud as the bell.", "wrong-quantity"),
        ("6 pounds", "What did it cost before 2015?", "The fee was raised from 4 to 6 pounds in 2015.", "wrong-number"),
        ("6 pounds", "What does it cost since 2015?", "The fee was raised from 4 to 6 pounds in 2015.", None),
        ("seven", "How many open by hand?", "Of the eleven gates, seven open by hand.", None),
    ],
)
def test_one_false_answer_of_each_kind(answer: str, question: str, told: str, reason: str | None) -> None:
    assert false_fact(answer, question, told, told) == reason
    assert set(FACT_REASONS) <= set(ANSWER_REASONS)


def test_other_languages_are_held_to_their_numbers_alone() -> None:
    told = "Die Mühle hat 14 Fenster und keine Tür."
    assert false_fact("15 Fenster", "Wie viele Fenster hat die Mühle?", told, told, "de") == "wrong-number"
    assert false_fact("Eine Holztür", "Was hat die Mühle?", told, told, "de") is None


def test_the_answer_check_looks_at_the_target() -> None:
    text = "The ferry carries 48 cars and 300 passengers."
    target = Target(document_id="d", start=0, end=len(text), text=text, kind="sentence", index=0)
    asked = "How many cars does the ferry carry?"
    assert check_answer("48 cars", asked, text, target=target).accepted
    refused = check_answer("300", asked, text, target=target)
    assert (refused.accepted, refused.reason) == (False, "wrong-number")
    assert check_answer("300", asked, text).accepted
    assert check_answer("300", asked, text, target=target, style="creative").accepted


def test_a_short_answer_is_no_copied_sentence() -> None:
    told = "The lighthouse at Skerry Point was built in 1854 by local masons from the north."
    assert wrong_form(told, "When was it built?", told, "sentence") is None
    copied = wrong_form(told, "When was it built?", told, "short")
    assert copied is not None
    assert copied.reason == "copied"
    assert wrong_form("1854", "When was it built?", told, "short") is None
    brief = wrong_form("1854", "When was it built?", told, "sentence")
    assert brief is not None
    assert brief.reason == "too-short-form"


@pytest.mark.parametrize(
    ("answer", "form", "kept"),
    [
        ("When was the tower built? In 1897.", "short", "In 1897."),
        ("When was the tower built? In 1897.", "explained", "In 1897."),
        ("In 1897. The museum opened later.", "short", "In 1897."),
        ("In 1897. The museum opened later.", "sentence", "In 1897."),
        ("In 1897. The museum opened later.", "explained", "In 1897. The museum opened later."),
        ("Yes. It was built in 1897.", "short", "Yes. It was built in 1897."),
        ("By J. S. Holm of St. Olaf.", "short", "By J. S. Holm of St. Olaf."),
        ("When was the tower built?", "short", "When was the tower built?"),
    ],
)
def test_what_nobody_asked_for_is_trimmed(answer: str, form: str, kept: str) -> None:
    assert trimmed(answer, "When was the tower built?", form) == kept  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["small", "large"])
def test_the_form_of_answers_is_asked_for_and_checked(name: str) -> None:
    prompts = Prompts.builtin(name)
    assert prompts.answer_form == "short"
    one, other = (
        " ".join(m.content for m in answer_request("Q?", "Text.", prompts=p, key="k").messages)
        for p in (prompts, prompts.in_form("explained"))
    )
    assert "few words" in one
    assert "few words" not in other
    assert prompts.digest != prompts.in_form("explained").digest
    told = "The lighthouse at Skerry Point was built in 1854 by local masons from the north."
    assert check_answer(told, "Who built it?", told, form="short").reason == "copied"
    assert check_answer(told, "Who built it?", told, form="sentence").accepted


def test_a_form_that_prompts_do_not_know_is_said() -> None:
    own = Prompts.builtin("large")
    own = own.model_copy(update={"answer": own.answer.model_copy(update={"forms": {}}), "name": "mine"})
    with pytest.raises(PromptError, match=r"answer\.forms"):
        own.in_form("sentence")
    assert own.in_form(None) is own


@pytest.mark.parametrize(
    ("model", "small"),
    [
        ("embedded", True),
        ("ollama/qwen2.5:0.5b", True),
        ("openai/qwen2.5-1.5b-instruct", True),
        ("openai/SmolLM2-360M-Instruct", True),
        ("ollama_chat/phi3:mini", True),
        ("openai/gpt-4o-mini", False),
        ("openai/qwen3-30b-a3b", False),
        ("mixtral-8x7b", False),
        ("llama3.1:8b", False),
        ("gpt-4.1-nano", False),
        ("gguf:/models/llama-7b.Q4_K_M.gguf", False),
    ],
)
def test_small_models_are_known_by_their_names(model: str, small: bool) -> None:
    assert is_small(model) == small
    assert prompts_for(None, model).name == ("tiny" if model == "embedded" else "small" if small else "large")
    assert prompts_for("large", model).name == "large"


def test_a_gguf_file_is_known_by_its_label_or_its_length(tmp_path: Path) -> None:
    label = b"7B"
    labelled = tmp_path / "model.gguf"
    labelled.write_bytes(b"GGUF" + b"general.size_label" + struct.pack("<IQ", 8, len(label)) + label)
    assert not is_small(f"gguf:{labelled}")
    bare = tmp_path / "other.gguf"
    bare.write_bytes(b"GGUF")
    assert is_small(f"gguf:{bare}")


@pytest.mark.parametrize(
    ("target", "question", "right", "wrong"),
    [
        ("Two of the five looms still work.", "How many looms still work?", "two", "five"),
        ("Seven of the twelve locks were rebuilt.", "How many of the locks were rebuilt?", "seven", "twelve"),
        ("The bell is rung weekly by the sexton.", "How often does the sexton ring it?", "weekly", "daily"),
        (
            "Salt slows the dough, sugar does not.",
            "What does salt do to the dough?",
            "It slows it.",
            "It speeds it up.",
        ),
        (
            "Eva Tang wrote the play in 1911, and her pupil Tor Berg painted the scenes.",
            "Who painted the scenes?",
            "Tor Berg",
            "Eva Tang",
        ),
        (
            "The smaller bell weighs 300 kilograms, the larger one 900.",
            "What does the larger bell weigh?",
            "900 kilograms",
            "300 kilograms",
        ),
    ],
)
def test_parts_of_a_whole_doers_and_opposites(target: str, question: str, right: str, wrong: str) -> None:
    assert false_fact(right, question, target, target) is None
    assert false_fact(wrong, question, target, target) is not None


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("The winter ferry is less crowded than usual, which makes ____ boarding quick.", "careful", None),
        ("The winter ferry is less crowded than usual, which makes ____ boarding quick.", "usual", "wrong-quantity"),
    ],
)
def test_what_belongs_in_a_gap_is_right_whatever_else_its_clause_says(
    text: str, answer: str, expected: str | None
) -> None:
    told = text.replace("____", "careful")
    target = Target(document_id="d", start=0, end=len(told), text=told, kind="sentence", index=0, tokens=20)
    question = f"What belongs in the gap: \u201c{text.rstrip('.')}\u201d?"
    assert fills_gap(question, answer, told) == (expected is None)
    refused = refused_fact(answer, question, target, told, "factual")
    assert (refused.reason if refused else None) == expected
