"""The formats that are understood: how a row of each is recognised, and what pairs it holds.

A shape is a name, a test on the field names of a row, and a function from the row to its pairs. The order of `SHAPES`
decides where a row fits two: the more particular shape stands first. Field names as the tools write them: OpenAI
fine-tuning chat, ShareGPT, Stanford Alpaca, ragas 0.1 and 0.2+, deepeval goldens and test cases, distilabel,
synthetic-data-kit, easy-dataset, cartridges, SQuAD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfstudy_guard.imported.pairs import Fields, Pair
from selfstudy_guard.imported.values import Row, RowError, as_json, first, passages, text_of

_CONTEXT_CHARACTERS = 200
"""A system message or an Alpaca input at least this long is taken for a passage, not for an instruction."""

_ASKING = {"user", "human", "prompter", "question", "instruction"}
_ANSWERING = {"assistant", "gpt", "chatgpt", "bot", "model", "bing", "bard", "answer", "output"}
_FRAMING = {"system", "developer", "context", "document", "tool", "function", "observation"}


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


def _messages(row: Row, *names: str) -> list[Row]:
    value = first(row, *names)
    if isinstance(value, str):
        value = as_json(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [item for item in value if isinstance(item, Mapping)]
    return []


def chat_pairs(messages: Sequence[Row], **more: Any) -> Iterator[Pair]:
    """A pair for every question of a conversation that an answer follows."""
    contexts: list[str] = list(more.pop("contexts", ()))
    asked: list[str] = []
    found = False
    for message in messages:
        role = text_of(first(message, "role", "from", "author")).lower()
        text = text_of(first(message, "content", "value", "text", "parts"))
        if role in _FRAMING:
            if len(text) >= _CONTEXT_CHARACTERS:
                contexts.append(text)
        elif role in _ASKING:
            asked.append(text)
        elif role in _ANSWERING:
            if any(asked):
                found = True
                yield Pair("\n".join(asked), text, tuple(contexts), **more)
            asked = []
        else:
            raise RowError(f"unknown role {role!r} in a message")
    if not found:
        raise RowError("no question followed by an answer among the messages")


def _chat(row: Row) -> Iterator[Pair]:
    contexts = passages(first(row, "system_prompt", "system", "context"))
    return chat_pairs(
        _messages(row, "messages", "conversations", "conversation"),
        contexts=[text for text in contexts if len(text) >= _CONTEXT_CHARACTERS],
        model=text_of(first(row, "model", "model_name", "generation_model")),
        style=text_of(row.get("type")) if isinstance(row.get("type"), str) else "",
        document=_source(row),
    )


def _source(row: Row) -> str:
    """The source that a row names itself, or in its metadata."""
    nested = row.get("metadata")
    nested = as_json(nested) if isinstance(nested, str) else nested
    names = (
        "document_id",
        "doc_id",
        "source_file",
        "sourceFile",
        "source",
        "file",
        "filename",
        "file_name",
        "chunkName",
    )
    for holder in (row, nested):
        if isinstance(holder, Mapping):
            value = first(holder, *names)
            if isinstance(value, str):
                return value.strip()
    return ""


def _one(question: Any, answer: Any, **more: Any) -> Iterator[Pair]:
    asked = text_of(question)
    if not asked:
        raise RowError("the question is empty")
    yield Pair(asked, text_of(answer), **more)


def _alpaca(row: Row) -> Iterator[Pair]:
    question, extra = text_of(row.get("instruction")), text_of(row.get("input"))
    contexts: tuple[str, ...] = ()
    if not question:
        question, extra = extra, ""
    elif len(extra) >= _CONTEXT_CHARACTERS:
        contexts, extra = (extra,), ""
    return _one(
        f"{question}\n{extra}".strip(), first(row, "output", "response"), contexts=contexts, document=_source(row)
    )


def _ragas(row: Row) -> Iterator[Pair]:
    question = first(row, "user_input", "question")
    if isinstance(question, Sequence) and not isinstance(question, str):
        return chat_pairs([_ragas_turn(turn) for turn in question if isinstance(turn, Mapping)], document=_source(row))
    truth = first(row, "reference", "ground_truth", "ground_truths", "response", "answer")
    return _one(
        question,
        truth[0] if isinstance(truth, list) and truth else truth,
        contexts=passages(first(row, "reference_contexts", "contexts", "retrieved_contexts")),
        style=text_of(first(row, "synthesizer_name", "evolution_type")),
        document=_source(row),
    )


def _ragas_turn(turn: Row) -> Row:
    """A turn of ragas' multi-turn samples: `type` is "human" or "ai"."""
    role = {"ai": "assistant", "human": "user", "tool": "tool"}.get(
        text_of(turn.get("type")), text_of(turn.get("role"))
    )
    return {"role": role, "content": turn.get("content")}


def _deepeval(row: Row) -> Iterator[Pair]:
    if isinstance(row.get("goldens"), list):
        return (pair for golden in row["goldens"] if isinstance(golden, Mapping) for pair in _deepeval(golden))
    return _one(
        row.get("input"),
        first(row, "expected_output", "expectedOutput", "actual_output", "actualOutput"),
        contexts=passages(first(row, "context", "retrieval_context", "retrievalContext")),
        document=text_of(first(row, "source_file", "sourceFile")) or _source(row),
    )


def _distilabel(row: Row) -> Iterator[Pair]:
    model = text_of(first(row, "model_name", "generation_model", "generation_models"))
    contexts = passages(first(row, "anchor", "context", "text"))
    if first(row, "messages", "conversation") is not None:
        yield from chat_pairs(_messages(row, "messages", "conversation"), model=model, contexts=contexts)
        return
    question = first(row, "instruction", "question", "prompt", "positive")
    answers = first(row, "generation", "generations", "response", "responses", "answer", "output")
    if isinstance(answers, list):
        for answer in answers:
            yield from _one(question, answer, contexts=contexts, model=model, document=_source(row))
    else:
        yield from _one(question, answer=answers, contexts=contexts, model=model, document=_source(row))


def _kit(row: Row) -> Iterator[Pair]:
    """synthetic-data-kit: lists of pairs in one object. Where pairs were curated, those that were kept."""
    for name in ("filtered_pairs", "qa_pairs", "cot_examples"):
        items = row.get(name)
        if isinstance(items, list) and items:
            break
    else:
        raise RowError("the lists qa_pairs, filtered_pairs and cot_examples are empty")
    source = _source(row)
    for item in items:
        if not isinstance(item, Mapping):
            raise RowError(f"an item of {name} is not an object")
        yield from _one(item.get("question"), item.get("answer"), document=source)


def _easy(row: Row) -> Iterator[Pair]:
    return _one(
        row.get("question"),
        row.get("answer"),
        contexts=passages(first(row, "chunkContent", "chunk")),
        style=text_of(first(row, "questionLabel", "labels")),
        model=text_of(row.get("model")),
        document=_source(row),
    )


def _squad(row: Row) -> Iterator[Pair]:
    title = text_of(row.get("title"))
    if isinstance(row.get("paragraphs"), list):
        for paragraph in row["paragraphs"]:
            context = passages(paragraph.get("context"))
            for item in paragraph.get("qas", ()):
                answers = first(item, "answers", "plausible_answers") or [""]
                yield from _one(item.get("question"), answers[0], contexts=context, document=title)
        return
    answers = row.get("answers")
    texts = answers.get("text") if isinstance(answers, Mapping) else answers
    answer = texts[0] if isinstance(texts, list) and texts else texts
    yield from _one(row.get("question"), answer, contexts=passages(row.get("context")), document=title)


def _record(row: Row) -> Iterator[Pair]:
    """A record of ours, written as JSON."""
    return _one(
        row["question"],
        row["answer"],
        contexts=passages(row["evidence"]),
        document=text_of(row.get("document_id")),
        style=text_of(row.get("style")),
        model=text_of(row.get("model")),
    )


QUESTION_NAMES = ("question", "query", "prompt", "instruction", "input", "user_input", "q")
ANSWER_NAMES = (
    "answer",
    "response",
    "completion",
    "output",
    "chosen",
    "reference",
    "ground_truth",
    "expected_output",
    "generation",
    "reply",
    "a",
)
CONTEXT_NAMES = ("context", "contexts", "evidence", "passage", "chunk", "source_text", "reference_contexts")


def _plain(row: Row) -> Iterator[Pair]:
    answer = first(row, *ANSWER_NAMES)
    if isinstance(answer, Sequence) and not isinstance(answer, str) and answer:
        answer = answer[-1] if isinstance(answer[-1], Mapping) else answer[0]
    return _one(
        first(row, *QUESTION_NAMES),
        answer,
        contexts=passages(first(row, *CONTEXT_NAMES)),
        style=text_of(first(row, "style", "type", "category")),
        model=text_of(first(row, "model", "model_name")),
        document=_source(row),
    )


def field_pairs(row: Row, fields: Fields) -> Iterator[Pair]:
    """The pair of a row whose fields the user named."""

    def value(name: str | None) -> Any:
        found: Any = row
        for step in (name or "").split(".") if name and name not in row else [name]:
            if step is None:
                return None
            if not isinstance(found, Mapping) or step not in found:
                raise RowError(f"no field {name!r}; the fields are: {', '.join(sorted(map(str, row)))[:300]}")
            found = found[step]
        return found

    return _one(
        value(fields.question),
        value(fields.answer),
        contexts=passages(value(fields.context)),
        document=text_of(value(fields.document)),
        style=text_of(value(fields.style)),
    )


def _has(*names: str) -> Callable[[Row], bool]:
    return lambda row: all(name in row for name in names)


def _any(row: Row, *names: str) -> bool:
    return any(name in row for name in names)


def _speaks(row: Row, field: str, key: str) -> bool:
    value = row.get(field)
    value = as_json(value) if isinstance(value, str) else value
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping) and key in value[0]


def _is_cartridges(row: Row) -> bool:
    return _speaks(row, "messages", "role") and ("system_prompt" in row or _speaks(row, "messages", "token_ids"))


SHAPES: tuple[Shape, ...] = (
    Shape("records", _has("document_digest", "target", "evidence", "question", "answer"), _record),
    Shape(
        "distilabel",
        lambda row: "distilabel_metadata" in row or ("instruction" in row and _any(row, "generation", "generations")),
        _distilabel,
    ),
    Shape("cartridges", _is_cartridges, _chat),
    Shape("openai", lambda row: _speaks(row, "messages", "role"), _chat),
    Shape(
        "sharegpt",
        lambda row: (
            any(_speaks(row, name, key) for name in ("conversations", "conversation") for key in ("from", "role"))
            or _speaks(row, "messages", "from")
        ),
        _chat,
    ),
    Shape("synthetic-data-kit", lambda row: _any(row, "qa_pairs", "filtered_pairs", "cot_examples"), _kit),
    Shape(
        "ragas",
        lambda row: (
            "user_input" in row or ("question" in row and _any(row, "ground_truth", "ground_truths", "evolution_type"))
        ),
        _ragas,
    ),
    Shape(
        "deepeval",
        lambda row: (
            "goldens" in row
            or ("input" in row and _any(row, "expected_output", "expectedOutput", "actual_output", "actualOutput"))
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
            and _any(row, "questionLabel", "chunkName", "chunkContent", "chunkId", "labels", "cot", "chunk")
        ),
        _easy,
    ),
    Shape("question-answer", lambda row: _any(row, *QUESTION_NAMES), _plain),
)

NAMES = tuple(shape.name for shape in SHAPES)


def shape_of(row: Row) -> Shape | None:
    """The first shape that fits a row."""
    return next((shape for shape in SHAPES if shape.fits(row)), None)
