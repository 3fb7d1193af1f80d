"""The formats of training and evaluation data: what one record becomes in each.

Training rows hold only the fields that strict trainers accept; everything else is in the sidecar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Record

Row = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What goes into the rows besides question and answer.

    Attributes:
        system: a system prompt for every row, or None.
        with_evidence: whether the evidence stands before the question (training to read, not to remember).
    """

    system: str | None = None
    with_evidence: bool = False


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        name: as in `export_records(format=...)`.
        description: one line for people.
        suffixes: of the files that it is written to; the first is the default.
        row: makes a row of a record; None for Parquet and CSV, which have columns of their own.
        llama_factory: the entry of `dataset_info.json` without the file name, or None.
    """

    name: str
    description: str
    suffixes: tuple[str, ...]
    row: Callable[[Record, Options], Row]
    llama_factory: Mapping[str, Any] | None = None


def _openai(record: Record, options: Options) -> Row:
    messages = [
        {"role": "user", "content": prompt_of(record, options)},
        {"role": "assistant", "content": clean(record.answer.text)},
    ]
    if options.system is not None:
        messages.insert(0, {"role": "system", "content": clean(options.system)})
    return {"messages": messages}


def _sharegpt(record: Record, options: Options) -> Row:
    turns = [
        {"from": "human", "value": prompt_of(record, options)},
        {"from": "gpt", "value": clean(record.answer.text)},
    ]
    row: Row = {"conversations": turns}
    if options.system is not None:
        row["system"] = clean(options.system)
    return row


def _alpaca(record: Record, options: Options) -> Row:
    row: Row = {
        "instruction": clean(record.question.text),
        "input": clean(record.evidence.text) if options.with_evidence else "",
        "output": clean(record.answer.text),
    }
    if options.system is not None:
        row["system"] = clean(options.system)
    return row


def _ragas(record: Record, options: Options) -> Row:
    return {
        "user_input": clean(record.question.text),
        "reference_contexts": [clean(record.evidence.text)],
        "reference": clean(record.answer.text),
        "synthesizer_name": "selfstudy_guard_" + clean(record.style),
    }


def _deepeval(record: Record, options: Options) -> Row:
    return {
        "input": clean(record.question.text),
        "expected_output": clean(record.answer.text),
        "context": [clean(record.evidence.text)],
        "source_file": clean(record.document_id),
    }


def _cartridges(record: Record, options: Options) -> Row:
    def message(role: str, content: str) -> Row:
        return {"role": role, "content": content, "token_ids": None, "top_logprobs": None}

    return {
        "messages": [
            message("user", prompt_of(record, options)),
            message("assistant", clean(record.answer.text)),
        ],
        "system_prompt": clean(options.system or ""),
        "metadata": {},
        "type": None,
    }


def table_row(record: Record, options: Options) -> Row:
    """The columns of the Parquet and CSV formats."""
    return {
        "id": clean(record.key),
        "question": clean(record.question.text),
        "answer": clean(record.answer.text),
        "evidence": clean(record.evidence.text),
        "target": clean(record.target.text),
        "document_id": clean(record.document_id),
        "start": record.target.start,
        "end": record.target.end,
        "kind": record.target.kind,
        "section": clean(" > ".join(record.target.section)),
        "style": clean(record.style),
        "model": clean(record.model),
    }


_CHAT_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "system_tag": "system",
}
_JSON = (".jsonl", ".json")

FORMATS: Mapping[str, Format] = {
    entry.name: entry
    for entry in (
        Format(
            "openai",
            "chat messages, as OpenAI fine-tuning and most trainers take them",
            _JSON,
            _openai,
            {"formatting": "sharegpt", "columns": {"messages": "messages"}, "tags": _CHAT_TAGS},
        ),
        Format(
            "sharegpt",
            "conversations of human and gpt turns",
            _JSON,
            _sharegpt,
            {"formatting": "sharegpt", "columns": {"messages": "conversations"}},
        ),
        Format(
            "alpaca",
            "instruction, input, output",
            _JSON,
            _alpaca,
            {
                "formatting": "alpaca",
                "columns": {"prompt": "instruction", "query": "input", "response": "output"},
            },
        ),
        Format("parquet", "a table with a data set card", (".parquet",), table_row),
        Format("csv", "the same table for spreadsheets, formulas made harmless", (".csv",), table_row),
        Format("ragas", "test-set rows of ragas", _JSON, _ragas),
        Format("deepeval", "goldens of deepeval", (".json", ".jsonl"), _deepeval),
        Format("cartridges", "conversations of cartridges, text only (no token ids, no logprobs)", _JSON, _cartridges),
    )
}


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        InputError: there is none; lists those that exist.
    """
    if name not in FORMATS:
        raise InputError(f"no export format {name!r}; choose from {', '.join(FORMATS)}")
    return FORMATS[name]


def prompt_of(record: Record, options: Options) -> str:
    """The user's side of a row."""
    question = clean(record.question.text)
    return f"{clean(record.evidence.text)}\n\n{question}" if options.with_evidence else question


def clean(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 cannot carry: each becomes U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def provenance(record: Record, row: int) -> Row:
    """The sidecar row of a record: where it comes from, and how it was made.

    Args:
        record: the record.
        row: number of its row in the data file, from 1.
    """
    return {
        "id": clean(record.key),
        "row": row,
        "document_id": clean(record.document_id),
        "document_digest": record.document_digest,
        "target": {
            "start": record.target.start,
            "end": record.target.end,
            "kind": record.target.kind,
            "section": [clean(heading) for heading in record.target.section],
            "text": clean(record.target.text),
        },
        "style": clean(record.style),
        "draw": record.draw,
        "evidence": {
            "start": record.evidence.start,
            "end": record.evidence.end,
            "retention": record.evidence.retention,
            "context_retention": record.evidence.context_retention,
            "withheld": [
                {"start": one.start, "end": one.end, "score": one.score, "reason": one.reason}
                for one in record.evidence.withheld
            ],
            "findings": [
                {
                    "start": finding.start,
                    "end": finding.end,
                    "intent": clean(finding.intent),
                    "channel": clean(finding.channel),
                    "score": finding.score,
                    "detector": clean(finding.detector),
                    "action": finding.action,
                }
                for finding in record.evidence.findings
            ],
        },
        "footprint": [[span.start, span.end] for span in record.footprint.spans],
        "attempts": {"question": record.question.attempts, "answer": record.answer.attempts},
        **({"rating": record.rating.model_dump() | {"score": record.rating.score}} if record.rating else {}),
        "model": clean(record.model),
        "usage": record.usage.model_dump(),
        "created": record.created,
    }
