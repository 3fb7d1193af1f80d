"""One request for several targets: numbered parts of a text, and a question with its answer for each of them.

Small models lose count in a long list. They are made to write each part again before its question, and the reply's
schema holds those words, the opening of the question and its question mark: what is left to the model is the question
itself and a short answer. Other models read the parts in a list and answer by number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import regex

from selfstudy_guard.questions.json_replies import json_found, json_pairs
from selfstudy_guard.questions.parsing import parse_answer, parse_pairs, parse_question, visible_text
from selfstudy_guard.questions.prompts import Prompts, SeveralSection
from selfstudy_guard.questions.templates import fill
from selfstudy_guard.questions.wording import in_words, title_of
from selfstudy_guard.records import Message, Request, Target

_ASKING = "(What|Who|When|Where|Which|Why|How many|How much|How long|How|In which|In what)"
_QUESTION_CHARACTERS = 110
LONGEST_ANSWER = 100
"""Characters that the schema lets an answer have; one that has so many was cut off there."""
_SPECIAL = regex.compile(r"[$^.|?*+()\[\]{}]")
"""What llama.cpp takes back out of a pattern; any other escaped sign would be no valid grammar."""
_NO_PATTERN = regex.compile(r'["\\\n]')
_NUMBERED = regex.compile(r"^\D{0,12}?(\d{1,3})\b")
_ASKED_HERE = regex.compile(r"^\s*(?:\*\*)?(\d{1,3})[.):]", regex.M)


def several_request(
    targets: Sequence[Target],
    *,
    prompts: Prompts,
    key: str,
    style: str = "factual",
    begins: Sequence[str] = (),
    answers: Sequence[tuple[str, str] | None] = (),
    context: str = "",
    seed: int | None = None,
) -> Request:
    """The request for one question and answer about each of several targets of one document.

    Args:
        targets: what to ask about, in the order of the text.
        prompts: the templates; their `several` section.
        key: idempotency key of the request.
        style: the style of all of them.
        begins: first words of the questions, "" where the model asks freely; none at all where empty.
        answers: answers that are written before their questions, with a pattern of the questions' first words; None
            where the model finds its own, none at all where empty.
        context: text round them that the model may read, already filtered; only shown where the template wants it.
        seed: sampling seed.

    Raises:
        PromptError: the prompts cannot ask for several, or do not have the style.
    """
    section = prompts.asking_several()
    own = prompts.style(style)
    section_path = (
        next((" > ".join(t.section) for t in targets if t.section), "")
        or title_of(targets[0].document_id)
        or "a document"
    )
    shared = {
        "instruction": own.instruction,
        "answering": prompts.answering(style),
        "count": str(len(targets)),
        "section": section_path,
    }
    said = [" ".join(in_words(target).split()) for target in targets]
    messages: list[Message] = []
    if section.system:
        messages.append(Message(role="system", content=fill(section.system, shared).strip()))
    for example in section.examples:
        values = {**shared, "targets": _listed(example.targets), "context": "", "section": example.section}
        messages.append(Message(role="user", content=fill(section.user, values).strip("\n")))
        pairs = list(zip(example.targets, example.questions, example.answers, strict=True))
        firsts = [section.answer_first and number % 2 == 0 for number, _ in enumerate(pairs)]
        messages.append(Message(role="assistant", content=_example(pairs, firsts, echoed=section.echo)))
    values = {**shared, "targets": _listed(said), "context": context.strip()}
    messages.append(Message(role="user", content=fill(section.user, values).strip("\n")))
    schema = (
        _schema(said, begins or [""] * len(said), answers or [None] * len(said), section)
        if section.structured
        else None
    )
    room = section.max_tokens * len(targets) + (sum(map(len, said)) // 2 if section.echo else 0)
    return Request(
        purpose="question",
        messages=tuple(messages),
        key=key,
        response_schema=schema,
        max_tokens=room,
        temperature=section.temperature,
        seed=seed,
    )


def parse_several(text: str, count: int) -> list[tuple[str, str] | None]:
    """The pairs of a reply by the number of their target; None where it holds none for a number.

    A reply that does not number its pairs is taken in order, where it holds as many as were asked for.

    Args:
        text: the reply.
        count: how many targets the request named.
    """
    visible = visible_text(text)
    values = json_found(visible).values if visible else []
    value = values[0] if len(values) == 1 else None
    found: list[tuple[str, str] | None] = [None] * count
    if isinstance(value, Mapping) and all(regex.fullmatch(r"\D{0,12}\d{1,3}", str(name)) for name in value):
        for name, pair in value.items():
            _place(found, _number(str(name)), _pair_of(pair))
        return found
    if isinstance(value, Mapping) and len(value) == 1:
        value = next(iter(value.values()))
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        numbers = [_number(str(item.get("number", item.get("id", "")))) for item in value]
        ordered = numbers if all(numbers) else list(range(1, len(value) + 1)) if len(value) == count else []
        for number, item in zip(ordered, value, strict=False):
            _place(found, number, _pair_of(item))
        return found
    pairs = parse_pairs(visible)
    numbers = [int(match[1]) for match in _ASKED_HERE.finditer(visible)]
    if len(numbers) == len(pairs) and len(set(numbers)) == len(numbers):
        for number, pair in zip(numbers, pairs, strict=True):
            _place(found, number, pair)
    elif len(pairs) == count:
        found = list(pairs)
    return found


def _place(found: list[tuple[str, str] | None], number: int | None, pair: tuple[str, str] | None) -> None:
    if number is not None and 1 <= number <= len(found) and found[number - 1] is None:
        found[number - 1] = pair


def _number(name: str) -> int | None:
    match = _NUMBERED.match(name)
    return int(match[1]) if match else None


def _pair_of(value: Any) -> tuple[str, str] | None:
    """Question and answer of one object; None without a question."""
    pairs = json_pairs(value)
    questions = parse_question(pairs[0][0]) if pairs else ()
    return (questions[0], parse_answer(pairs[0][1])) if questions else None


def _listed(targets: Sequence[str]) -> str:
    return "\n".join(f"{number}. {target}" for number, target in enumerate(targets, 1))


def _in_order(question: str, answer: str, answer_first: bool) -> dict[str, str]:
    both = {"question": question, "answer": answer}
    return dict(reversed(both.items())) if answer_first else both


def _example(pairs: Sequence[tuple[str, str, str]], firsts: Sequence[bool], *, echoed: bool) -> str:
    rows = {
        str(number): ({"sentence": target} if echoed else {}) | _in_order(question, answer, first)
        for number, ((target, question, answer), first) in enumerate(zip(pairs, firsts, strict=True), 1)
    }
    return json.dumps(rows, ensure_ascii=False)


def _schema(
    said: Sequence[str], begins: Sequence[str], answers: Sequence[tuple[str, str] | None], section: SeveralSection
) -> dict[str, Any]:
    rows = {
        str(number): _row(target, begin, first if section.patterns and section.answer_first else None, section)
        for number, (target, begin, first) in enumerate(zip(said, begins, answers, strict=True), 1)
    }
    return {"type": "object", "properties": rows, "required": list(rows), "additionalProperties": False}


def _row(target: str, begin: str, first: tuple[str, str] | None, section: SeveralSection) -> dict[str, Any]:
    question: dict[str, Any] = {"type": "string"}
    answer: dict[str, Any] = {"type": "string"}
    if section.patterns:
        rest = rf' [^?"\\\n]{{6,{_QUESTION_CHARACTERS}}}'
        if begin and not _NO_PATTERN.search(begin):
            # An opening may be the whole question: "What are the opening hours for the season Winter?".
            start = _SPECIAL.sub(r"\\\g<0>", begin)
            question["pattern"] = rf"^{start}({rest})?\?$"
        else:
            question["pattern"] = rf"^{_ASKING}{rest}\?$"
        answer["pattern"] = rf'^[^"\\\n]{{1,{LONGEST_ANSWER}}}$'
    row: dict[str, Any] = {"sentence": {"const": target}} if section.echo else {}
    if first is not None:
        if not begin:
            question["pattern"] = rf'^{first[1]} [^"\\\n]{{6,{_QUESTION_CHARACTERS}}}\?$'
        row |= {"answer": {"const": first[0]}, "question": question}
    else:
        row |= {"question": question, "answer": answer}
    return {"type": "object", "properties": row, "required": list(row), "additionalProperties": False}
