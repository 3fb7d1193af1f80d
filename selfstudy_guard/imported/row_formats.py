"""The formats that are understood: how a row of each is recognised, and what pairs it holds.

A shape is a name, a test on the field names of a row, and a function from the row to its pairs. The order of `SHAPES`
decides where a row fits two: the more particular shape stands first. Field names as the tools write them: OpenAI
fine-tuning chat, ShareGPT and LLaMA-Factory, Gemini tuning, Alpaca, RAFT, ragas 0.0 to 0.4, deepeval goldens
and test cases, distilabel, synthetic-data-kit, easy-dataset, yourbench, llama_index, cartridges, SQuAD, choices,
and texts in chat templates. Rows come with their fields under their usual names (`values.normal_row`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import regex

from selfstudy_guard.imported.chat_rows import (
    CONTEXT_CHARACTERS,
    alternating,
    chat,
    chat_pairs,
    chat_text,
    has_any,
    is_chat_text,
    messages_of,
    one_pair,
    segments,
    source_of,
)
from selfstudy_guard.imported.multiple_choice import options_of, right_answer
from selfstudy_guard.imported.pairs import Fields, Pair
from selfstudy_guard.imported.values import (
    ANSWER_FIELDS,
    QUESTION_FIELDS,
    Row,
    RowError,
    as_json,
    first,
    normal_row,
    passages,
    text_of,
)

_NESTED = ("questions_and_answers", "qas", "qa", "conversation")
"""Fields that hold a list of pairs; a conversation of XTuner is one."""
_FRAME = regex.compile(r"\A\s*(?:Human:\s*)?(?P<said>.*?)\s*(?:Assistant:|\#\#\#|->|=>)?\s*\Z", regex.S)
_STOP = regex.compile(r"\s*(?:\bEND|\#\#\#|</s>|<\|endoftext\|>)\s*\Z")


@dataclass(frozen=True)
class Shape:
    """One format.

    Attributes:
        name: what `--format` calls it.
        fits: whether a row has its fields.
        pairs: the pairs of a row; raises `RowError` where a field has the wrong kind.
    """

    name: str
    fits: Callable[[Row], bool]
    pairs: Callable[[Row], Iterable[Pair]]


def _raft(row: Row) -> Iterator[Pair]:
    """RAFT: the answer stands at the end of the reasoning, behind its mark."""
    reasoned = text_of(row.get("cot_answer"))
    _, mark, answer = reasoned.rpartition("<ANSWER>")
    return one_pair(
        row.get("question"),
        answer.lstrip(": ").strip() if mark else reasoned,
        contexts=passages(first(row, "oracle_context", "context")),
        style=text_of(row.get("type")),
        document=source_of(row),
    )


def _choice(row: Row) -> Iterator[Pair]:
    return one_pair(
        first(row, *QUESTION_FIELDS),
        right_answer(row) or "",
        contexts=passages(first(row, *CONTEXT_NAMES)),
        style=text_of(first(row, "style", "category", "subject")),
        model=text_of(first(row, "model", "model_name")),
        document=source_of(row),
    )


def _lists(row: Row) -> Iterator[Pair]:
    """Questions and answers in lists beside each other, or a list of pairs under one passage."""
    contexts = passages(first(row, *CONTEXT_NAMES))
    nested = first(row, *_NESTED)
    if isinstance(nested, list):
        for item in nested:
            if isinstance(item, Mapping):
                for pair in _plain(normal_row(item)):
                    yield replace(pair, contexts=pair.contexts or contexts, document=pair.document or source_of(row))
        return
    answers = row["answers"]
    if isinstance(answers, Mapping):
        answers = first(answers, "input_text", "text") or []
    for at, question in enumerate(row["questions"]):
        yield from one_pair(
            question, answers[at] if at < len(answers) else "", contexts=contexts, document=source_of(row)
        )


def _alpaca(row: Row) -> Iterator[Pair]:
    question, extra = text_of(row.get("instruction")), text_of(row.get("input"))
    contexts: tuple[str, ...] = ()
    if not question:
        question, extra = extra, ""
    elif len(extra) >= CONTEXT_CHARACTERS:
        contexts, extra = (extra,), ""
    return one_pair(
        f"{question}\n{extra}".strip(), first(row, "output", "response"), contexts=contexts, document=source_of(row)
    )


def _ragas(row: Row) -> Iterator[Pair]:
    question = first(row, "user_input", "question")
    if isinstance(question, Sequence) and not isinstance(question, str):
        return chat_pairs(
            [_ragas_turn(turn) for turn in question if isinstance(turn, Mapping)], document=source_of(row)
        )
    truth = first(row, "reference", "ground_truth", "ground_truths", "response", "answer")
    return one_pair(
        question,
        truth[0] if isinstance(truth, list) and truth else truth,
        contexts=passages(
            first(row, "reference_contexts", "contexts", "ground_truth_context", "retrieved_contexts", "context")
        ),
        style=text_of(first(row, "synthesizer_name", "evolution_type")),
        document=source_of(row),
    )


def _ragas_turn(turn: Row) -> Row:
    """A turn of ragas' multi-turn samples: `type` is "human" or "ai"."""
    role = {"ai": "assistant", "human": "user", "tool": "tool"}.get(
        text_of(turn.get("type")), text_of(turn.get("role"))
    )
    return {"role": role, "content": turn.get("content")}


def _deepeval(row: Row) -> Iterator[Pair]:
    if isinstance(row.get("goldens"), list):
        return (pair for golden in row["goldens"] if isinstance(golden, Mapping) for pair in _golden(golden))
    return one_pair(
        row.get("input"),
        first(row, "expected_output", "expectedOutput", "actual_output", "actualOutput"),
        contexts=passages(first(row, "context", "retrieval_context", "retrievalContext")),
        document=text_of(first(row, "source_file", "sourceFile")) or source_of(row),
    )


def _golden(golden: Row) -> Iterator[Pair]:
    row = normal_row(golden)
    return chat(row) if "turns" in row else _deepeval(row)


def _distilabel(row: Row) -> Iterator[Pair]:
    model = text_of(first(row, "model_name", "generation_model", "generation_models"))
    contexts = passages(first(row, "anchor", "context", "text"))
    if first(row, "messages", "conversation") is not None:
        yield from chat_pairs(messages_of(row, "messages", "conversation"), model=model, contexts=contexts)
        return
    question = first(row, "instruction", "question", "prompt", "positive")
    answers = first(row, "generation", "generations", "response", "responses", "answer", "output")
    if isinstance(answers, list):
        for answer in answers:
            yield from one_pair(question, answer, contexts=contexts, model=model, document=source_of(row))
    else:
        yield from one_pair(question, answer=answers, contexts=contexts, model=model, document=source_of(row))


def _kit(row: Row) -> Iterator[Pair]:
    """synthetic-data-kit: lists of pairs in one object. Where pairs were curated, those that were kept."""
    for name in ("filtered_pairs", "qa_pairs", "cot_examples"):
        items = row.get(name)
        if isinstance(items, list) and items:
            break
    else:
        raise RowError("the lists qa_pairs, filtered_pairs and cot_examples are empty")
    source = source_of(row)
    for item in items:
        if not isinstance(item, Mapping):
            raise RowError(f"an item of {name} is not an object")
        yield from one_pair(item.get("question"), item.get("answer"), document=source)


def _easy(row: Row) -> Iterator[Pair]:
    return one_pair(
        row.get("question"),
        row.get("answer"),
        contexts=passages(first(row, "chunkContent", "chunk")),
        style=text_of(first(row, "questionLabel", "labels")),
        model=text_of(row.get("model")),
        document=source_of(row),
    )


def _squad(row: Row) -> Iterator[Pair]:
    title = text_of(row.get("title"))
    if isinstance(row.get("paragraphs"), list):
        for paragraph in row["paragraphs"]:
            context = passages(paragraph.get("context"))
            for item in paragraph.get("qas", ()):
                answers = first(item, "answers", "plausible_answers") or [""]
                yield from one_pair(item.get("question"), answers[0], contexts=context, document=title)
        return
    answers = row.get("answers")
    texts = answers.get("text") if isinstance(answers, Mapping) else answers
    answer = texts[0] if isinstance(texts, list) and texts else texts
    yield from one_pair(row.get("question"), answer, contexts=passages(row.get("context")), document=title)


def _record(row: Row) -> Iterator[Pair]:
    """A record of ours, written as JSON."""
    return one_pair(
        row["question"],
        row["answer"],
        contexts=passages(row["evidence"]),
        document=text_of(row.get("document_id")),
        style=text_of(row.get("style")),
        model=text_of(row.get("model")),
    )


CONTEXT_NAMES = tuple(
    "context contexts oracle_context evidence passage passages chunk source_text reference_contexts support "
    "citations reference_context story".split()
)


def _plain(row: Row) -> Iterator[Pair]:
    answer = first(row, *ANSWER_FIELDS)
    if answer is None:
        answer = first(row, "answers", "well_formed_answers")
    if isinstance(answer, Mapping) and isinstance(answer.get("text"), list):
        answer = answer["text"]
    if isinstance(answer, Sequence) and not isinstance(answer, str) and answer:
        # Messages end with the answer; other lists hold the same answer in several wordings.
        answer = answer[-1] if isinstance(answer[-1], Mapping) and "role" in answer[-1] else answer[0]
    if isinstance(answer, bool):
        answer = "Yes" if answer else "No"
    question = first(row, *QUESTION_FIELDS)
    if isinstance(question, str) and "prompt" in row and "completion" in row:
        # The frames that completion models were tuned with.
        question, answer = _FRAME.sub(r"\g<said>", question), _STOP.sub("", text_of(answer))
    return one_pair(
        question,
        answer,
        contexts=passages(first(row, *CONTEXT_NAMES)),
        style=text_of(first(row, "style", "type", "category", "question_category")),
        model=text_of(first(row, "model", "model_name", "generating_model")),
        document=source_of(row),
    )


def field_pairs(row: Row, fields: Fields) -> Iterator[Pair]:
    """The pair of a row whose fields the user named; where no question field is named, the row's format finds it."""

    def value(name: str | None) -> Any:
        found: Any = row
        for step in (name or "").split(".") if name and name not in row else [name]:
            if step is None:
                return None
            if not isinstance(found, Mapping) or step not in found:
                raise RowError(f"no field {name!r}; the fields are: {', '.join(sorted(map(str, row)))[:300]}")
            found = found[step]
        return found

    named: dict[str, Any] = {}
    for name in ("answer", "document", "style"):
        if getattr(fields, name) is not None:
            named[name] = text_of(value(getattr(fields, name)))
    if fields.context is not None:
        named["contexts"] = passages(value(fields.context))
    if fields.question is not None:
        answer = named.pop("answer", "")
        yield from one_pair(value(fields.question), answer, **named)
        return
    usual = normal_row(row)
    shape = shape_of(usual)
    if shape is None:
        raise RowError(f"which field holds the question? The fields are: {', '.join(sorted(map(str, row)))[:300]}")
    for pair in shape.pairs(usual):
        yield replace(pair, **named)


def _has(*names: str) -> Callable[[Row], bool]:
    return lambda row: all(name in row for name in names)


def _speaks(row: Row, field: str, key: str) -> bool:
    value = row.get(field)
    value = as_json(value) if isinstance(value, str) else value
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping) and key in value[0]


def _is_cartridges(row: Row) -> bool:
    return _speaks(row, "messages", "role") and ("system_prompt" in row or _speaks(row, "messages", "token_ids"))


def _in_lists(row: Row) -> bool:
    nested = first(row, *_NESTED)
    if isinstance(nested, list) and nested:
        return isinstance(nested[0], Mapping)
    return isinstance(row.get("questions"), list) and isinstance(row.get("answers"), list | Mapping)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(text, str) for text in value)


SHAPES: tuple[Shape, ...] = (
    Shape("records", _has("document_digest", "target", "evidence", "question", "answer"), _record),
    Shape(
        "distilabel",
        lambda row: (
            "distilabel_metadata" in row or ("instruction" in row and has_any(row, "generation", "generations"))
        ),
        _distilabel,
    ),
    Shape("cartridges", _is_cartridges, chat),
    Shape("raft", _has("cot_answer", "question"), _raft),
    Shape(
        "openai",
        lambda row: any(_speaks(row, name, "role") for name in ("messages", "turns", "prompt", "chosen", "input")),
        chat,
    ),
    Shape("gemini", lambda row: _speaks(row, "contents", "parts"), chat),
    Shape(
        "sharegpt",
        lambda row: (
            any(
                _speaks(row, name, key)
                for name in ("conversations", "conversation", "items", "dialog", "dialogue")
                for key in ("from", "role")
            )
            or _speaks(row, "messages", "from")
        ),
        chat,
    ),
    Shape(
        "multiple-choice",
        lambda row: "question" in row and bool(options_of(row)) and right_answer(row) is not None,
        _choice,
    ),
    Shape("synthetic-data-kit", lambda row: has_any(row, "qa_pairs", "filtered_pairs", "cot_examples"), _kit),
    Shape(
        "ragas",
        lambda row: (
            "user_input" in row
            or (
                "question" in row
                and has_any(row, "ground_truth", "ground_truths", "evolution_type", "ground_truth_context")
            )
        ),
        _ragas,
    ),
    Shape(
        "deepeval",
        lambda row: (
            "goldens" in row
            or ("input" in row and has_any(row, "expected_output", "expectedOutput", "actual_output", "actualOutput"))
        ),
        _deepeval,
    ),
    Shape("alpaca", _has("instruction", "output"), _alpaca),
    Shape(
        "squad",
        lambda row: "paragraphs" in row or ("question" in row and "context" in row and "answers" in row),
        _squad,
    ),
    Shape(
        "easy-dataset",
        lambda row: (
            "question" in row
            and "answer" in row
            and has_any(row, "questionLabel", "chunkName", "chunkContent", "chunkId", "labels", "cot", "chunk")
        ),
        _easy,
    ),
    Shape("segments", lambda row: _speaks(row, "segments", "label"), segments),
    Shape("question-lists", _in_lists, _lists),
    Shape("ultrachat", lambda row: _texts(row.get("data")), alternating),
    Shape("question-answer", lambda row: has_any(row, *QUESTION_FIELDS), _plain),
    Shape("chat-text", is_chat_text, chat_text),
)

NAMES = tuple(shape.name for shape in SHAPES)


def shape_of(row: Row) -> Shape | None:
    """The first shape that fits a row."""
    return next((shape for shape in SHAPES if shape.fits(row)), None)
