"""Prompts as data: built in, replaced, checked; and the requests that are made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfstudy_guard.errors import InputError, PromptError
from selfstudy_guard.questions import STYLES, Prompts, anchor_text, answer_request, question_request, style_named
from selfstudy_guard.questions.choices import closest_sentence
from selfstudy_guard.records import Draw, Target

TARGET = Target(
    document_id="d",
    start=10,
    end=40,
    text="The pump weighs {context} 9 kg.",
    section=("Manual", "Data"),
    lead="| a | b |",
)
OTHER = Target(document_id="d", start=50, end=70, text="It was built in 1999.")


@pytest.mark.parametrize("name", ["small", "large"])
def test_builtin_prompts_have_every_style(name: str) -> None:
    prompts = Prompts.builtin(name)
    assert set(prompts.styles) == set(STYLES)
    assert len(prompts.digest) == 64
    assert prompts.digest == Prompts.builtin(name).digest


def test_digest_changes_with_any_word() -> None:
    prompts = Prompts.builtin("large")
    section = prompts.question.model_copy(update={"system": prompts.question.system + " "})
    assert prompts.model_copy(update={"question": section}).digest != prompts.digest


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["small", "large"])
def test_what_requests_share_comes_first_and_the_target_last(name: str, style: str) -> None:
    prompts = Prompts.builtin(name)
    draws = [Draw(target=TARGET, style=style), Draw(target=OTHER, style=style)]
    first, second = (
        question_request(draw, f"Context. {draw.target.text} More.", prompts=prompts, key=f"k{i}", seed=i)
        for i, draw in enumerate(draws)
    )
    assert first.messages[:-1] == second.messages[:-1]
    assert first.messages[-1].role == "user"
    for request, draw in zip((first, second), draws, strict=True):
        last = request.messages[-1].content
        assert len(last) - last.rindex(draw.target.text) - len(draw.target.text) < 30
        if "Context. " in last:
            assert last.index("Context. ") < last.rindex(draw.target.text)
        assert request.purpose == "question"
        assert request.max_tokens


def test_braces_of_a_document_are_not_read_as_placeholders() -> None:
    request = question_request(TARGET, "SECRET", prompts=Prompts.builtin("small"), key="k")
    assert "The pump weighs {context} 9 kg." in request.messages[-1].content
    large = question_request(TARGET, "{target} and {section}", prompts=Prompts.builtin("large"), key="k")
    assert "{target} and {section}" in large.messages[-1].content


def test_empty_placeholders_leave_no_label() -> None:
    request = question_request(OTHER, OTHER.text, prompts=Prompts.builtin("large"), key="k")
    assert "Section:" not in request.messages[-1].content
    assert (
        "Section: Manual > Data"
        in question_request(TARGET, "x", prompts=Prompts.builtin("large"), key="k").messages[-1].content
    )


def test_feedback_comes_after_the_target_and_raises_the_temperature() -> None:
    prompts = Prompts.builtin("small")
    plain = question_request(TARGET, "x", prompts=prompts, key="k")
    again = question_request(TARGET, "x", prompts=prompts, key="k2", feedback="It is too general.")
    assert again.temperature is not None
    assert plain.temperature is not None
    assert again.temperature > plain.temperature
    large = Prompts.builtin("large")
    text = question_request(TARGET, "x", prompts=large, key="k", feedback="It is too general.").messages[-1].content
    assert text.index("It is too general.") > text.index(TARGET.text)


@pytest.mark.parametrize(
    ("lead", "text", "shown"),
    [
        ("| Setting | Power |", "| Night | 9 watts |", "Setting: Night; Power: 9 watts"),
        ("Setting | Power", "Night</td><td>9 watts", "Setting: Night; Power: 9 watts"),
        ("| Setting | Power |", "| Night | 9 | watts |", "| Night | 9 | watts |"),
    ],
)
def test_table_rows_are_read_with_their_header(lead: str, text: str, shown: str) -> None:
    row = Target(document_id="d", start=0, end=len(text), text=text, lead=lead, kind="table_row")
    for name in ("small", "large"):
        last = question_request(row, "x", prompts=Prompts.builtin(name), key="k").messages[-1].content
        assert shown in last


def test_multi_hop_quotes_every_part() -> None:
    target = TARGET.model_copy(update={"also": (OTHER,)})
    text = question_request(target, "x", prompts=Prompts.builtin("large"), key="k").messages[-1].content
    assert TARGET.text in text
    assert OTHER.text in text


def test_answer_request_shows_evidence_then_question() -> None:
    request = answer_request("What is it?", "The evidence.", prompts=Prompts.builtin("large"), key="k", seed=3)
    last = request.messages[-1].content
    assert last.index("The evidence.") < last.index("What is it?")
    assert request.purpose == "answer"
    assert request.seed == 3
    assert request.response_schema is None


def test_the_nearest_sentence_shares_most_words_with_the_question() -> None:
    evidence = "The pump weighs 9 kg. It was built in 1999 by hand. The hall is painted green.\n\n| a | b |\n"
    assert closest_sentence(evidence, "What does the pump weigh?") == "The pump weighs 9 kg."
    assert closest_sentence(evidence, "Which colour has the hall been painted?") == "The hall is painted green."
    assert closest_sentence("  \n", "What does the pump weigh?") is None


def test_structured_mode_carries_a_schema() -> None:
    prompts = Prompts.builtin("large")
    section = prompts.question.model_copy(update={"structured": True})
    request = question_request(TARGET, "x", prompts=prompts.model_copy(update={"question": section}), key="k")
    assert request.response_schema is not None
    assert request.response_schema["required"] == ["question"]


@pytest.mark.parametrize("suffix", [".toml", ".json", ".yaml"])
def test_a_file_names_only_what_it_changes(tmp_path: Path, suffix: str) -> None:
    text = {
        ".toml": 'extends = "large"\nname = "mine"\n[question]\nmax_tokens = 77\n',
        ".json": json.dumps({"extends": "large", "name": "mine", "question": {"max_tokens": 77}}),
        ".yaml": "extends: large\nname: mine\nquestion:\n  max_tokens: 77\n",
    }[suffix]
    if suffix == ".yaml":
        pytest.importorskip("yaml")
    path = tmp_path / f"prompts{suffix}"
    path.write_text(text, "utf-8")
    prompts = Prompts.load(path)
    assert prompts.name == "mine"
    assert prompts.question.max_tokens == 77
    assert prompts.question.user == Prompts.builtin("large").question.user
    assert prompts.digest != Prompts.builtin("large").digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": {"user": "Ask: {targt}"}}, "unknown placeholder {targt}"),
        ({"question": {"user": "Ask about something"}}, "{target} is missing"),
        ({"question": {"user": "{target} in {context}"}}, "{context} must stand before {target}"),
        ({"answer": {"user": "{question} {evidence}"}}, "{evidence} must stand before {question}"),
        ({"answer": {"user": "{evidence}"}}, "{question} is missing"),
        ({"styles": {"haiku": {"instruction": "x"}}}, "styles.haiku: no such style"),
        ({"question": {"max_tokens": 0}}, "question.max_tokens"),
        ({"question": {"max_tokns": 5}}, "question.max_tokns"),
        ({"extends": "huge"}, "choose 'small' or 'large'"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "prompts.json"
    path.write_text(json.dumps({"extends": "large"} | change), "utf-8")
    with pytest.raises(PromptError) as error:
        Prompts.load(path)
    assert message in str(error.value)


def test_files_that_are_no_prompts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the prompts"):
        Prompts.load(tmp_path / "missing.toml")
    bad = tmp_path / "bad.toml"
    bad.write_text("a = = 1", "utf-8")
    with pytest.raises(PromptError, match="not valid TOML"):
        Prompts.load(bad)
    text = tmp_path / "prompts.txt"
    text.write_text("hello", "utf-8")
    with pytest.raises(PromptError, match=r"\.toml, \.yaml or \.json"):
        Prompts.load(text)
    with pytest.raises(PromptError, match="a table"):
        Prompts.check([1])


def test_unknown_styles_are_named() -> None:
    with pytest.raises(PromptError, match="factual"):
        style_named("haiku")
    prompts = Prompts.builtin("large")
    only = prompts.model_copy(update={"styles": {"factual": prompts.styles["factual"]}})
    with pytest.raises(PromptError, match=r"add \[styles.creative\]"):
        question_request(TARGET, "x", prompts=only, key="k", style="creative")


def test_anchor_text_quotes_its_targets() -> None:
    one = anchor_text(TARGET)
    assert TARGET.text in one
    assert "Manual > Data" in one
    assert "| a | b |" in one
    assert one.startswith("\n\n")
    several = anchor_text([TARGET, OTHER])
    assert several.index(TARGET.text) < several.index(OTHER.text)
    assert "1. " in several
    assert "2. " in several
    assert "3 different things" in anchor_text(TARGET, per_call=3)
