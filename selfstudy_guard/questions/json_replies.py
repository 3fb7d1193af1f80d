r"""JSON in replies: found in fences, line by line and after preambles, repaired where broken, read by its usual keys.

What a JSON parser takes is read by the parser of Python; what it does not take goes to json-repair, in pieces small
enough that its time stays small. Before either, backslashes of LaTeX that JSON would take for escapes are doubled:
`\frac` is a form feed and "rac" to a JSON parser.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import json_repair
import regex

from selfstudy_guard.questions.labels import name_of, names

FENCE = regex.compile(r"^[ \t]*(?:```|~~~)[^\n`]*\n(.*?)(?:^[ \t]*(?:```|~~~)[ \t]*$|\Z)", regex.M | regex.S)
QUESTION_KEYS: tuple[str, ...] = tuple(
    "question questions q query queries prompt instruction user human problem question_text front text input".split()
)
ANSWER_KEYS: tuple[str, ...] = tuple(
    (
        "final_answer correct_answer expected_answer ideal_answer reference_answer answer answers short_answer "
        "model_answer generated_answer answer_text a response reply ground_truth output completion assistant solution "
        "back result text content message"
    ).split()
)
_SAMPLE_KEYS = ("text", "content", "message", "output", "result", "value")
"""Keys that are an answer's own only where nothing else stands in the reply: samples of data have them too."""
_ALSO_OTHERS = frozenset(("prompt", "instruction", "user", "human", "problem", "front", "text", "input"))
"""Question keys that other objects have too: they need an answer beside them."""
_OPTION_KEYS = ("options", "choices")
_ASKING = {"user", "human", "student", "interviewer"}
_TELLING = {"assistant", "gpt", "ai", "model", "bot", "teacher", "expert"}
_JSON_START = regex.compile(r"[{\[]\s*+(?://|[\"'{\[“]|[}\]]|\w{1,20}\s*+:)")
_SEPARATOR = regex.compile(r"[\s,;]*+(?:\d{1,3}[.)]\s*+)?")
_NEXT_OBJECT = regex.compile(r"[}\]]\s*+[,;]?\s*+\n?\s*+(?=[{\[])")
_NUMBERED = regex.compile(r"(?P<name>\p{L}[\p{L}\p{M}_]*?)_?(?P<number>\d{1,3})")
_OPTION_LETTER = regex.compile(r"^\W{0,3}([A-Ha-h])(?:\W|$)")
_OPTION_MARK = regex.compile(r"^\s*+[(\[]?[A-Ha-h][.):\]]\s*+")

_LATEX = "|".join(
    (  # a list of words reads better as one
        "bar begin beta bf big Big bigg binom bmod boldsymbol bot boxed breve bullet fbox flat forall frac frown "
        "nabla natural ncong ne nearrow neg neq nexists ngeq ni nleq nmid nolimits nonumber norm not notin nparallel "
        "nsubseteq nu nwarrow rangle rbrace rceil Re rfloor rho right rightarrow rightharpoonup rightleftharpoons rm "
        "root tan tanh tau text textbf textit textrm tfrac theta therefore tilde times to top triangle triangleq tt "
        "underbrace underline underset uparrow upsilon uplus"
    ).split()
)
_ESCAPES = regex.compile(
    rf"""\\(?: (?P<whole>\\)                              # written as JSON wants it
          | (?P<latex>(?:{_LATEX})(?![A-Za-z]))          # a command that JSON would read as an escape
          | (?P<never>[bf](?=[A-Za-z]))                  # no text holds a backspace or a form feed
          | (?P<fine>["'/bfnrt]|u[0-9a-fA-F]{{4}})
          | (?P<other>) )""",
    regex.X,
)
_SHORT_COMMANDS = frozenset(("ne", "ni", "nu", "not", "to", "tan", "text", "top", "tt", "rm", "right", "root"))
"""Commands that are also a line break or tab and the rest of a word: taken for LaTeX only beside a sign of formulas."""
_FORMULA = regex.compile(r"\$|\\[(\[]|\\\\?[A-Za-z]{2,}\s*+[{_^]|[_^]\{")

_LONGEST_REPAIR = 20_000
_MOST_BRACKETS = 400
_DEPTH = 8


@dataclass(frozen=True)
class Found:
    """JSON in a reply.

    Attributes:
        values: objects and arrays, in order.
        before: what stands before the first of them, without fences.
        fenced: whether they stand in fences.
    """

    values: tuple[Any, ...]
    before: str = ""
    fenced: bool = False


def json_found(text: str) -> Found:
    """The JSON objects and arrays that make up a reply (or its fences), repaired where they are a little broken."""
    fences = [(match.start(), match[1]) for match in FENCE.finditer(text) if match[1].lstrip()[:1] in ("{", "[")]
    if fences:
        values = [value for _, body in fences[:200] for value in _values(body)]
        return Found(tuple(values), text[: fences[0][0]].strip(), fenced=True)
    if text.startswith("[("):
        return Found(tuple(_tuples(text)))
    starts = (match.start() for match in _JSON_START.finditer(text[:500]))
    start = next((place for place in starts if place <= 400), None)
    if start is None:
        return Found(())
    return Found(tuple(_values(text[start:])), text[:start].strip())


def json_pairs(value: Any, depth: int = 0) -> list[tuple[str, str]]:
    """Question-answer pairs in a JSON value, however it nests them."""
    if depth > _DEPTH:
        return []
    if isinstance(value, str) and depth:  # arguments of a tool call are JSON in a string of JSON
        value = _values(value)
    if isinstance(value, list):
        return _list_pairs(value, depth)
    if not isinstance(value, dict):
        return []
    lower = {name_of(str(key)): part for key, part in value.items()}
    for reading in (_one_pair, _side_by_side, _numbered, _asked_by_key):
        pairs = reading(lower) if reading is not _asked_by_key else _asked_by_key(value)
        if pairs:
            return pairs
    return [pair for part in value.values() for pair in json_pairs(part, depth + 1)]


def _list_pairs(value: list[Any], depth: int) -> list[tuple[str, str]]:
    if len(value) == 2 and all(isinstance(part, str) for part in value) and "?" in value[0] and "?" not in value[1]:
        return [(value[0], value[1])]
    turns = [_turn(part) for part in value]
    if value and all(turn is not None for turn in turns):
        return turn_pairs([turn for turn in turns if turn is not None])
    return [pair for part in value for pair in json_pairs(part, depth + 1)]


def _turn(value: Any) -> tuple[str, str] | None:
    """(role, text) of one chat message."""
    if not isinstance(value, dict):
        return None
    role = value.get("role", value.get("from"))
    said = value.get("content", value.get("value", value.get("text")))
    return (role.lower(), said) if isinstance(role, str) and isinstance(said, str) else None


def turn_pairs(turns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A pair for every question of a conversation; its answer is empty where none follows."""
    pairs: list[tuple[str, str]] = []
    open_ = False
    for role, said in turns:
        if role in _ASKING:
            pairs.append((said, ""))
            open_ = True
        elif role in _TELLING and open_ and said.strip():
            pairs[-1] = (pairs[-1][0], said)
            open_ = False
    return pairs


def _one_pair(lower: Mapping[str, Any]) -> list[tuple[str, str]]:
    asked, told = names()
    keys = [*QUESTION_KEYS, *sorted(asked & lower.keys())]
    key, question = next(((key, said) for key in keys if (said := _asked(lower.get(key)))), ("", ""))
    if not question:
        return []
    told_by = [one for one in (*ANSWER_KEYS, *sorted(told & lower.keys())) if one != key]
    answer = next((said for one in told_by if (said := _text(lower.get(one)))), "")
    if not answer and key in _ALSO_OTHERS:
        return []
    options = next((lower[key] for key in _OPTION_KEYS if lower.get(key)), None)
    return [(question, chosen(answer, options) if options else answer)]


def _text(value: Any) -> str:
    """A text, number, list of them, or object with a text in it, as text; "" for anything else."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str | int | float):
        return str(value).strip()
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        for key in ("text", "value", "content", "answer", "question"):
            if isinstance(value.get(key), str):
                return str(value[key]).strip()
    return ""


def _asked(value: Any) -> str:
    return _text(value) if isinstance(value, str | dict) else ""


def _side_by_side(lower: Mapping[str, Any]) -> list[tuple[str, str]]:
    """{"questions": [...], "answers": [...]}, as lists, by number, or as objects."""
    asked, told = names()
    questions = next(
        (lower[key] for key in ("questions", *sorted(asked)) if isinstance(lower.get(key), list | dict)), None
    )
    answers = next((lower[key] for key in ("answers", *sorted(told)) if isinstance(lower.get(key), list | dict)), None)
    if questions is None or answers is None or type(questions) is not type(answers):
        return []
    if isinstance(questions, dict) and isinstance(answers, dict):
        return [(_text(q), _text(answers.get(key))) for key, q in questions.items() if _text(q)]
    assert isinstance(questions, list)
    assert isinstance(answers, list)
    by_id = {str(one.get("id")): one for one in answers if isinstance(one, dict) and one.get("id") is not None}
    pairs = []
    for place, one in enumerate(questions):
        other = answers[place] if place < len(answers) else None
        if isinstance(one, dict) and one.get("id") is not None and by_id:
            other = by_id.get(str(one["id"]))
        question = _text(one) or _text(next(iter(_field(one, QUESTION_KEYS)), None))
        if question:
            pairs.append((question, _text(other) or _text(next(iter(_field(other, ANSWER_KEYS)), None))))
    return pairs


def _field(value: Any, keys: Sequence[str]) -> list[Any]:
    if not isinstance(value, dict):
        return []
    lower = {name_of(str(key)): part for key, part in value.items()}
    return [lower[key] for key in keys if key in lower]


def _numbered(lower: Mapping[str, Any]) -> list[tuple[str, str]]:
    """{"question_1": ..., "answer_1": ...}, in any order."""
    asked, told = names()
    questions: dict[int, str] = {}
    answers: dict[int, str] = {}
    for key, value in lower.items():
        match = _NUMBERED.fullmatch(key)
        if match is None:
            continue
        if match["name"] in asked or match["name"] in QUESTION_KEYS:
            questions[int(match["number"])] = _text(value)
        elif match["name"] in told or match["name"] in ANSWER_KEYS:
            answers[int(match["number"])] = _text(value)
    return [(question, answers.get(number, "")) for number, question in questions.items() if question]


def _asked_by_key(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """{"What ...?": "..."}"""
    if not value or not all(str(key).rstrip(" \"'”»").endswith(("?", "？", "؟")) for key in value):
        return []
    return [
        (str(key), _text(said) or _text(next(iter(_field(said, ANSWER_KEYS)), None))) for key, said in value.items()
    ]


def chosen(answer: str, options: Any) -> str:
    """The text of the option that `answer` names by its letter or place; `answer` itself where it names none.

    Args:
        answer: what stands as the answer ("B", "b)", "1", or a text).
        options: texts by letter, or a list of texts.
    """
    if isinstance(options, Mapping):
        texts = {str(key).strip().upper(): str(text) for key, text in options.items()}
        found = texts.get(answer.strip(" .):(").upper())
        return found if found is not None else answer
    if not isinstance(options, Sequence) or isinstance(options, str):
        return answer
    listed = [_OPTION_MARK.sub("", str(option), count=1) for option in options]
    letter = _OPTION_LETTER.match(answer)
    if letter and len(answer.strip(" .):(")) == 1:
        place = ord(letter[1].upper()) - ord("A")
        return listed[place] if place < len(listed) else answer
    return answer


def json_strings(value: Any, keys: tuple[str, ...], depth: int = 0) -> list[str]:
    """Strings under the first of `keys` (or of their labels in other languages), in lists and nested objects too."""
    if depth > _DEPTH:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, (bool, int, float)):
        return [str(value)]
    if isinstance(value, list):
        return [text for part in value for text in json_strings(part, keys, depth + 1)]
    if isinstance(value, dict):
        lower = {name_of(str(key)): part for key, part in value.items()}
        labels = names()[1 if keys is ANSWER_KEYS or "answer" in keys else 0]
        for key in (*keys, *sorted(labels & lower.keys())):
            if key in lower:
                return json_strings(lower[key], keys, depth + 1)
        numbered = [
            part
            for key, part in lower.items()
            if key.isdigit()
            or ((match := _NUMBERED.fullmatch(key)) and (match["name"] in labels or match["name"] in keys))
        ]
        if numbered:
            return json_strings(numbered, keys, depth + 1)
        nested = [part for part in lower.values() if isinstance(part, (dict, list))]
        return [text for part in nested for text in json_strings(part, keys, depth + 1)]
    return []


def json_answer(text: str) -> str | None:
    """The answer that a reply in JSON gives; None where the reply is no JSON, or JSON that the answer speaks of."""
    found = json_found(text)
    before = found.before.lower()
    if not found.values or (before and before != "json" and not before.endswith((":", "："))):
        return None
    keys = ANSWER_KEYS
    if found.fenced and found.before:
        keys = tuple(key for key in keys if key not in _SAMPLE_KEYS)
    value = found.values[0]
    strings = json_strings(value, keys)
    if isinstance(value, list) and not all(isinstance(part, str | dict) for part in value):
        return None
    return "\n".join(part.strip() for part in strings if part.strip()) or None


def _values(body: str) -> list[Any]:
    """Every object or array from the beginning of `body` on, one after another."""
    body = body.strip()
    decoder = json.JSONDecoder(strict=False)
    body = escaped(body)
    found: list[Any] = []
    place = 0
    while place < len(body) and len(found) < 1000:
        start = _JSON_START.match(body, place)
        if start is None:
            break
        try:
            value, end = decoder.raw_decode(body, place)
        except (ValueError, RecursionError):
            rest = body[place:]
            value, length = _repaired(rest, last=not found)
            if value is None:
                break
            end = place + length
        if isinstance(value, dict | list):
            found.append(value)
        separator = _SEPARATOR.match(body, end)
        place = separator.end() if separator else end
        if place <= end and end >= len(body):
            break
    return found


def _tuples(text: str) -> list[Any]:
    """A list of pairs as Python writes it."""
    try:
        value = ast.literal_eval(text[:_LONGEST_REPAIR])
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [list(part) for part in value if isinstance(part, tuple)]


def _repaired(text: str, *, last: bool) -> tuple[Any, int]:
    """(a value made of broken JSON, characters that it took); (None, 0) where nothing can be made of it."""
    if text[0] == "[":
        whole = _salvaged(text)
        cut = not text.rstrip().endswith("]")
        if whole and cut:
            return whole, len(text)
    else:
        # Objects one after another: the broken one ends where the next begins.
        next_one = _NEXT_OBJECT.search(text)
        if next_one is not None and next_one.start() + 1 < len(text):
            text = text[: next_one.start() + 1]
    if len(text) > _LONGEST_REPAIR or text.count("{") + text.count("[") > _MOST_BRACKETS:
        found = _salvaged(text) if text[0] == "[" else None
        return found, len(text) if found else 0
    try:
        value = json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError, TypeError, IndexError, KeyError):
        return None, 0
    return (value, len(text)) if isinstance(value, dict | list) and value else (None, 0)


def _salvaged(text: str) -> list[Any] | None:
    """Whole objects of an array that was cut off."""
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    place = text.find("{", 1)
    while place >= 0 and len(found) < 1000:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        found.append(value)
        place = text.find("{", end)
    return found or None


def escaped(text: str) -> str:
    """JSON `text` with doubled backslashes before LaTeX commands and before what JSON has no escape for."""
    if "\\" not in text:
        return text
    formulas = _FORMULA.search(text) is not None

    def doubled(match: regex.Match[str]) -> str:
        if match["whole"] or match["fine"]:
            return match[0]
        if match["latex"] in _SHORT_COMMANDS and not formulas:
            return match[0]
        return "\\" + match[0]

    return _ESCAPES.sub(doubled, text)
