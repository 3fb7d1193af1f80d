"""JSON in replies: found in fences and after preambles, repaired where a little broken, read by its usual keys."""

from __future__ import annotations

import ast
import json
from typing import Any

import regex

FENCE = regex.compile(r"^[ \t]*(?:```|~~~)[^\n`]*\n(.*?)(?:^[ \t]*(?:```|~~~)[ \t]*$|\Z)", regex.M | regex.S)
QUESTION_KEYS = ("question", "questions", "q", "query", "queries", "prompt", "instruction", "user", "text", "input")
ANSWER_KEYS = ("answer", "answers", "a", "response", "output", "completion", "ground_truth", "reply", "text")
_JSON_START = regex.compile(r"[{\[]\s*+(?:[\"'{\[“]|[}\]]|\w{1,20}\s*+:)")
_COMMENT = regex.compile(r"^\s*//[^\n]*$", regex.M)


def json_pairs(value: Any, depth: int = 0) -> list[tuple[str, str]]:
    """Question-answer pairs in a JSON value, however it nests them."""
    if depth > 6:
        return []
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(part, str) for part in value) and "?" in value[0]:
            return [(value[0], value[1])]
        return [pair for part in value for pair in json_pairs(part, depth + 1)]
    if not isinstance(value, dict):
        return []
    lower = {str(key).lower().replace(" ", "_"): part for key, part in value.items()}
    question = next((lower[key] for key in QUESTION_KEYS if isinstance(lower.get(key), str)), None)
    if question is not None:
        answer = next((lower[key] for key in ANSWER_KEYS if isinstance(lower.get(key), (str, int, float, list))), "")
        if isinstance(answer, list):
            answer = ", ".join(str(part) for part in answer)
        return [(question, str(answer))]
    questions, answers = lower.get("questions"), lower.get("answers")
    if isinstance(questions, list) and isinstance(answers, list) and all(isinstance(q, str) for q in questions):
        return [(q, str(answers[i]) if i < len(answers) else "") for i, q in enumerate(questions)]
    return [pair for part in lower.values() for pair in json_pairs(part, depth + 1)]


def json_strings(value: Any, keys: tuple[str, ...], depth: int = 0) -> list[str]:
    """Strings under the first of `keys` that is there, in lists and nested objects too."""
    if depth > 6:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, (bool, int, float)):
        return [str(value)]
    if isinstance(value, list):
        return [text for part in value for text in json_strings(part, keys, depth + 1)]
    if isinstance(value, dict):
        lower = {str(key).lower().replace(" ", "_"): part for key, part in value.items()}
        for key in keys:
            if key in lower:
                return json_strings(lower[key], keys, depth + 1)
        numbered = [part for key, part in lower.items() if regex.fullmatch(r"(?:question|q|answer|a)?_?\d+", key)]
        if numbered:
            return json_strings(numbered, keys, depth + 1)
        nested = [part for part in lower.values() if isinstance(part, (dict, list))]
        return [text for part in nested for text in json_strings(part, keys, depth + 1)]
    return []


def json_value(text: str) -> Any | None:
    """The JSON object or array that makes up a reply (or its fence), repaired where it is a little broken."""
    fences = [match for match in FENCE.findall(text) if match.lstrip()[:1] in ("{", "[")]
    body = fences[0] if fences else text
    start = min((place for place in (body.find("{"), body.find("[")) if place >= 0), default=-1)
    if start < 0 or (start > 400 and not fences):
        return None
    body = body[start:].strip()
    body = body[0] + _COMMENT.sub("", body[1:])
    if not _JSON_START.match(body):
        return None
    for candidate in (body, _mended(body)):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, (dict, list)) else None
    literal = _mended(body)
    if len(literal) < 20_000:
        try:
            value = ast.literal_eval(literal[: literal.rfind("}" if literal[0] == "{" else "]") + 1])
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            return _salvaged(body)
        return value if isinstance(value, (dict, list)) else None
    return _salvaged(body)


def _mended(text: str) -> str:
    """`text` without comments and trailing commas, with straight quotes where curly ones delimit."""
    text = _COMMENT.sub("", text)
    if '"' not in text:
        text = text.replace("“", '"').replace("”", '"')
    parts = regex.split(r'("(?:[^"\\]|\\.)*+")', text)
    parts[::2] = [regex.sub(r",(\s*+)(?=[}\]])", r"\1", part) for part in parts[::2]]
    joined = "".join(parts)
    return regex.sub(r",(\s*+)\Z", r"\1", joined)


def _salvaged(text: str) -> list[Any] | None:
    """Whole objects of an array that was cut off."""
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    place = text.find("{", 1 if text[0] == "[" else len(text))
    while place >= 0 and len(found) < 1000:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        found.append(value)
        place = text.find("{", end)
    return found or None
