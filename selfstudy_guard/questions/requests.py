"""Requests for questions and answers, and the anchor that ties other people's prompts to a target."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from selfstudy_guard.questions.prompts import Prompts, Section
from selfstudy_guard.questions.spotlight import Spotlight, spotlit
from selfstudy_guard.questions.templates import fill
from selfstudy_guard.questions.wording import in_words
from selfstudy_guard.records import Draw, Message, Purpose, Request, Target

_QUESTION_SCHEMA = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}
_QUESTIONS_SCHEMA = {
    "type": "object",
    "properties": {"questions": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
    "required": ["questions"],
    "additionalProperties": False,
}
_ANSWER_SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
    "additionalProperties": False,
}


def question_request(
    draw: Draw | Target,
    context: str,
    *,
    prompts: Prompts,
    key: str,
    style: str | None = None,
    feedback: str | None = None,
    seed: int | None = None,
    opening: str = "",
) -> Request:
    """The request for a question about one target.

    Args:
        draw: what to ask about; a target alone is asked about in the factual style.
        context: the text round the target that the model may read, artefacts already masked.
        prompts: the templates.
        key: idempotency key of this request.
        style: overrides the style of the draw.
        feedback: why the last reply was refused, in words for the model; None at the first try.
        seed: sampling seed.
        opening: first words of the question, which the model is to go on with; it then writes one question.

    Raises:
        PromptError: the prompts do not have the style.
    """
    target = draw.target if isinstance(draw, Draw) else draw
    name = style or (draw.style if isinstance(draw, Draw) else "factual")
    own = prompts.style(name)
    shared = {"instruction": own.instruction, "candidates": str(prompts.candidates)}
    messages = _system(prompts.question, shared)
    for example in own.examples:
        values = {
            "target": example.target,
            "context": example.context or example.target,
            "section": example.section,
            "lead": example.lead,
        }
        listed = example.questions[: prompts.candidates]
        messages.append(Message(role="user", content=_tidy(fill(prompts.question.user, shared | values))))
        messages.append(Message(role="assistant", content=_listed(listed)))
    quoted = "\n\n".join(in_words(part) for part in (target, *target.also))
    values = {
        "target": quoted,
        "context": context.strip() or quoted,
        "section": " > ".join(part.strip() for part in target.section),
        "lead": "" if target.kind == "table_row" and quoted != target.text.strip() else target.lead.strip(),
    }
    messages.append(Message(role="user", content=_tidy(fill(prompts.question.user, shared | values))))
    schema = _QUESTIONS_SCHEMA if prompts.candidates > 1 else _QUESTION_SCHEMA
    request = _request(
        "question", prompts.question, messages, {"feedback": feedback or "", "target": quoted}, key, seed, schema
    )
    return begun(request, opening) if opening else request


def begun(request: Request, opening: str) -> Request:
    """`request` with a reply that begins with `opening`; local models go on with a last message of their own."""
    last = Message(role="assistant", content=f"1. {opening}")
    return request.model_copy(
        update={"messages": (*request.messages, last), "response_schema": None, "stop": (*request.stop, "\n")}
    )


def opening_of(request: Request) -> str:
    """The first words that the model was given with `begun`; empty where it was given none."""
    last = request.messages[-1]
    return last.content.removeprefix("1. ") if last.role == "assistant" else ""


def answer_request(
    question: str,
    evidence: str,
    *,
    prompts: Prompts,
    key: str,
    style: str = "factual",
    feedback: str | None = None,
    seed: int | None = None,
    spotlight: Spotlight | None = None,
) -> Request:
    """The request for the answer to one question.

    Args:
        question: the accepted question.
        evidence: the text that the answer must come from, after the filter.
        prompts, key, feedback, seed: as for `question_request`.
        style: the style that the question was asked in.
        spotlight: how the evidence is set apart from instructions; None sends it as it is.

    Raises:
        PromptError: the prompts do not have the style.
    """
    own = prompts.style(style)
    shared = {"instruction": prompts.answering(style)}
    messages = _system(prompts.answer, shared)
    for example in own.answer_examples or prompts.answer.examples:
        values = {"evidence": example.evidence, "question": example.question}
        messages.append(Message(role="user", content=_tidy(fill(prompts.answer.user, shared | values))))
        messages.append(Message(role="assistant", content=example.answer))
    shown, note = spotlit(evidence.strip(), spotlight, key)
    values = {"evidence": shown, "question": question}
    last = _tidy(fill(prompts.answer.user, shared | values))
    messages.append(Message(role="user", content=f"{note}\n\n{last}" if note else last))
    section = prompts.answer
    if own.answer_max_tokens is not None:
        section = section.model_copy(update={"max_tokens": own.answer_max_tokens})
    filled = {"feedback": feedback or "", "question": question}
    return _request("answer", section, messages, filled, key, seed, _ANSWER_SCHEMA)


def anchor_text(target: Target | Sequence[Target], *, per_call: int = 1) -> str:
    """Text to append to a user's own message so that its question is tied to a target.

    Args:
        target: one target, or several for a prompt that asks for several questions at once.
        per_call: how many questions the prompt asks for each target.
    """
    targets = (target,) if isinstance(target, Target) else tuple(target)
    if len(targets) == 1:
        what = "Ask only about" if per_call == 1 else f"Ask {per_call} different things, all of them only about"
        lines = [f"{what} what this part of the text says:", _quote(targets[0])]
    else:
        lines = ["Ask about what these parts of the text say, one question for each part, in this order:"]
        lines += [f"{number}. {_quote(part)}" for number, part in enumerate(targets, 1)]
    lines.append(
        "The rest of the text is background only. Name what you ask about, so that the question can be understood "
        "without the text; do not mention the text, its parts or its layout, and do not give the answer away."
    )
    return "\n\n" + "\n".join(lines)


def _quote(target: Target) -> str:
    parts = [part.text.strip() for part in (target, *target.also)]
    lead = f"{target.lead.strip()}\n" if target.lead.strip() else ""
    section = f" (in the section {' > '.join(target.section)})" if target.section else ""
    return "\n".join(f'"""{lead if i == 0 else ""}{text}"""{section if i == 0 else ""}' for i, text in enumerate(parts))


def _system(section: Section, values: dict[str, str]) -> list[Message]:
    text = _system_text(section.system, tuple(values.items()))
    return [Message(role="system", content=text)] if text else []


@lru_cache(maxsize=64)
def _system_text(template: str, values: tuple[tuple[str, str], ...]) -> str:
    """Remembered: the values are instructions of a style, so a run has as many system messages as styles."""
    return fill(template, dict(values)).strip()


def _listed(questions: Sequence[str]) -> str:
    if len(questions) == 1:
        return questions[0]
    return "\n".join(f"{number}. {question}" for number, question in enumerate(questions, 1))


def _tidy(text: str) -> str:
    """`text` without the blank lines that empty placeholders leave at its ends."""
    return text.strip("\n")


def _request(
    purpose: Purpose,
    section: Section,
    messages: list[Message],
    values: dict[str, str],
    key: str,
    seed: int | None,
    schema: dict[str, object],
) -> Request:
    temperature = section.temperature
    if values["feedback"]:
        if section.retry_temperature is not None:
            temperature = section.retry_temperature
        if section.feedback:
            last = messages[-1]
            messages[-1] = Message(
                role=last.role, content=last.content + "\n\n" + fill(section.feedback, values).strip()
            )
    return Request(
        purpose=purpose,
        messages=tuple(messages),
        key=key,
        response_schema=schema if section.structured else None,
        max_tokens=section.max_tokens,
        temperature=temperature,
        seed=seed,
        stop=section.stop,
    )
