"""Reading replies as they come in real life: preambles, numbering, fences, reasoning, quotes, broken JSON.

Every function takes any text, never raises, and takes time linear in its length.
"""

from __future__ import annotations

import regex

from selfstudy_guard.questions.json_replies import (
    ANSWER_KEYS,
    FENCE,
    QUESTION_KEYS,
    json_pairs,
    json_strings,
    json_value,
)

_THINK = regex.compile(r"<(think|thinking|reasoning|thought)\b[^<>]{0,200}>.*?(?:</\1\s*>|\Z)", regex.I | regex.S)
_THINK_END = regex.compile(r"</(?:think|thinking|reasoning|thought)\s*>", regex.I)
_MARKER = regex.compile(
    r"^\s*+(?:[>#]++\s*+)?(?:\*\*|__)?(?:(?:[-*+•–—·]|\(?\d{1,3}[.):\]]|\(?[a-hA-H][.)]|Q\d{0,3}[.:)])\s++)++"
)
_LABEL = regex.compile(
    r"^\s*+(?:\*\*|__|#++\s*+)?(?:(?:the|your|my|new|revised|final|generated|possible|sample|example)\s++)?"
    r"(?:question|query|prompt|q|request|instruction|task|pregunta|frage|问题|質問|问)\s*+(?:no\.?\s*+|number\s*+|"
    r"#\s*+)?\d{0,3}"
    r"\s*+(?:\*\*|__)?\s*+[:：.)\-–]\s*+(?:\*\*|__)?\s*+",
    regex.I,
)
_ANSWER_LABEL = regex.compile(
    r"^\s*+(?:\*\*|__|#++\s*+|[-*]\s++)?(?:(?:the|my|final|short|correct|suggested)\s++)?"
    r"(?:answer|ans|a|response|reply|antwort|respuesta|答案|回答|答)\s*+\d{0,3}\s*+(?:\*\*|__)?\s*+[:：]\s*+(?:\*\*|"
    r"__)?\s*+",
    regex.I,
)
_PREAMBLE = regex.compile(
    r"^\s*+(?:(?:sure|certainly|of course|absolutely|okay|ok|great|alright|yes)\b[^:\n]{0,40}?[,.!:]++\s*+)?"
    r"(?:(?:here(?:'s|’s| is| are)|below (?:is|are)|the following (?:is|are)|this is|i(?:'ve| have)? (?:wrote|"
    r"written|would ask))"
    r"\b[^:?\n]{0,160}:|(?:one|a|another)\b[^:?\n]{0,30}\b(?:question|request)\b[^:?\n]{0,100}:)\s*+",
    regex.I,
)
_CHATTER = regex.compile(
    r"^\s*+(?:sure|certainly|of course|absolutely|okay|great|alright|let me know|i hope|feel free|note\b|"
    r"explanation\b|"
    r"rationale\b|reasoning\b|this question|these questions|would you like (?:me|another)|do you (?:want|"
    r"need) (?:me|another|more)|"
    r"is there anything else|shall i\b|should i (?:write|generate|create|add)|need (?:another|more))",
    regex.I,
)
_SURE = regex.compile(r"^\s*+(?:sure|certainly|of course|absolutely|okay|ok)\b[^.!?:\n]{0,40}[.!:,]\s*+", regex.I)
_TAGGED = regex.compile(r"<(question|q|query)>(.*?)(?:</\1>|\Z)", regex.I | regex.S)
_TAGGED_ANSWER = regex.compile(r"<(answer|a|response)>(.*?)(?:</\1>|\Z)", regex.I | regex.S)
_QUESTION_END = regex.compile(r"[?？؟;]+[\"'”’»)\]*_`]*")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」", "`": "`", "*": "*", "_": "_"}
_LONGEST = 200_000
"""Characters of a reply that are read; a longer one is no question and no answer."""


_UNWRITABLE = regex.compile(r"\x1b\[[0-9;?]{0,20}[@-~]|[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069--[\n\t]]", regex.V1)
"""Control characters, lone surrogates and direction marks: no file, terminal or trainer takes them well."""
_SOMETHING = regex.compile(r"\S")
_ANNOUNCES_ANSWER = regex.compile(r"\banswer|\bresponse|\bsummary|\blist\b", regex.I)
_QUESTION_LABEL = regex.compile(r"^\s*+Q\d*+[.:)]")
_ANSWER_BEHIND = regex.compile(r"\s*+(?:[-–—|]\s*+)?(?:answer|a)\s*+[:：]\s*+", regex.I)
_GREEK_LETTER = regex.compile(r"\p{Greek}")
_AFTER_QUESTION = regex.compile(r"[(\[*_\-–—|]|answer|a:|this |the |it |explanation|note", regex.I)
_WORD_SIGN = regex.compile(r"\w")


def visible_text(text: str) -> str:
    """`text` without reasoning tags, closed or cut off."""
    text = text[:_LONGEST]
    end = _last(_THINK_END, text)
    if end is not None and _SOMETHING.search(text[end.end() :]):
        # Where the template wrote the opening tag, the reply holds only the closing one.
        return text[end.end() :].strip()
    return _THINK.sub("", text).strip()


def parse_question(text: str) -> tuple[str, ...]:
    """The questions or requests that a reply holds, best first; empty when it holds none."""
    text = visible_text(text)
    if not text:
        return ()
    value = json_value(text)
    if value is not None:
        return _unique(_tidied(json_strings(value, QUESTION_KEYS)))
    tagged = [match[2] for match in _TAGGED.finditer(text)]
    if tagged:
        return _unique(_tidied(tagged))
    lines = _joined_lines(_without_fences(text))
    found: list[str] = []
    other: list[str] = []
    labelled = False
    for line in lines:
        if _ANSWER_LABEL.match(line):
            labelled = False
            continue
        marked = bool(_MARKER.match(line) or _LABEL.match(line)) or labelled
        body = _LABEL.sub("", _MARKER.sub("", line, count=1), count=1)
        stripped = _PREAMBLE.sub("", body, count=1)
        body = _LABEL.sub("", stripped, count=1) if stripped else ""
        labelled = not body.strip(" *_#") and marked
        if not body.strip(" *_#") or body.rstrip(" *_").endswith((":", "：")):
            continue
        rest = _SURE.sub("", body, count=1)
        if rest and _asks_itself(rest):
            body = rest
        asked = _to_question_mark(body)
        if asked is not None and not _CHATTER.match(body):
            found.append(asked)
        elif asked is None and (marked or not _CHATTER.match(body)):
            other.append(_SURE.sub("", body, count=1) or body)
    return _unique(_tidied(found) or _tidied(other[:10]))


def parse_answer(text: str) -> str:
    """The answer that a reply holds, without preamble, label, fence or quotes; empty when it holds none."""
    return _writable(_answer(visible_text(text))).strip()


def _answer(text: str) -> str:
    if not text:
        return ""
    value = json_value(text)
    if value is not None:
        strings = json_strings(value, ANSWER_KEYS)
        if strings and not isinstance(value, (int, float)):
            return "\n".join(part.strip() for part in strings if part.strip())
    tagged = [match[2] for match in _TAGGED_ANSWER.finditer(text)]
    if tagged and tagged[0].strip():
        return tagged[0].strip()
    fences = FENCE.findall(text)
    if len(fences) == 1 and fences[0].strip() and not FENCE.sub("", text).strip():
        text = fences[0].strip()
    lines = text.split("\n")
    for place, line in enumerate(lines):
        label = _ANSWER_LABEL.match(line)
        if label and (place == 0 or all(not earlier.strip() or _LABEL.match(earlier) for earlier in lines[:place])):
            lines = [line[label.end() :], *lines[place + 1 :]]
            break
    text = "\n".join(lines).strip()
    first, _, rest = text.partition("\n")
    preamble = _PREAMBLE.match(first)
    if preamble and _ANNOUNCES_ANSWER.search(preamble[0]):
        remainder = (first[preamble.end() :] + "\n" + rest).strip()
        text = remainder or text
    elif rest.strip() and first.rstrip().endswith(":") and _SURE.match(first):
        text = rest.strip()
    return _unquoted(_ANSWER_LABEL.sub("", text, count=1).strip())


def parse_pairs(text: str) -> list[tuple[str, str]]:
    """The question-answer pairs that a reply holds, in order; a question without an answer has an empty one."""
    text = visible_text(text)
    if not text:
        return []
    value = json_value(text)
    pairs = json_pairs(value) if value is not None else []
    if not pairs:
        pairs = _tagged_pairs(text) or _labelled_pairs(text)
    return [(_tidy(question), _unquoted(_writable(answer).strip())) for question, answer in pairs if _tidy(question)]


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n"))


def _tagged_pairs(text: str) -> list[tuple[str, str]]:
    questions = [match[2] for match in _TAGGED.finditer(text)]
    answers = [match[2] for match in _TAGGED_ANSWER.finditer(text)]
    return [(question, answers[i] if i < len(answers) else "") for i, question in enumerate(questions)]


def _labelled_pairs(text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[list[str], list[str]]] = []
    inside = 0  # 0 before the first question, 1 in a question, 2 in an answer
    for line in _without_fences(text).split("\n"):
        plain = _MARKER.sub("", line, count=1) if not _QUESTION_LABEL.match(line) else line
        answer = _ANSWER_LABEL.match(line) or _ANSWER_LABEL.match(plain)
        if answer and pairs:
            pairs[-1][1].append(answer.string[answer.end() :])
            inside = 2
            continue
        label = _LABEL.match(line) or _LABEL.match(plain)
        marked = _MARKER.match(line)
        if label or (marked and _to_question_mark(line[marked.end() :]) is not None):
            body = label.string[label.end() :] if label else line[marked.end() if marked else 0 :]
            asked = _to_question_mark(body)
            rest = body[len(asked) :] if asked is not None and body.startswith(asked) else ""
            pairs.append(([asked if asked is not None else body], []))
            inside = 1
            tail = _ANSWER_BEHIND.match(rest)
            if tail:
                pairs[-1][1].append(rest[tail.end() :])
                inside = 2
            continue
        if inside == 1:
            if not line.strip():
                continue
            asked = _to_question_mark(" ".join(pairs[-1][0]))
            if asked is None:
                pairs[-1][0].append(line)
            else:
                pairs[-1][1].append(line)
                inside = 2
        elif inside == 2:
            pairs[-1][1].append(line)
    return [(" ".join(question), "\n".join(answer)) for question, answer in pairs]


def _without_fences(text: str) -> str:
    return FENCE.sub(lambda match: match[1], text)


def _joined_lines(text: str) -> list[str]:
    """The lines of a reply, a line that goes on in the next one joined with it."""
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        previous = lines[-1].rstrip() if lines else ""
        goes_on = (
            previous
            and bare
            and previous[-1] not in '.?!:;？！。：؟"”*'
            and not _MARKER.match(line)
            and not _LABEL.match(line)
            and not _ANSWER_LABEL.match(line)
            and (bare[0].islower() or previous.endswith(","))
        )
        if goes_on:
            lines[-1] = f"{previous} {bare}"
        else:
            lines.append(bare)
    return lines


def _to_question_mark(line: str) -> str | None:
    """`line` up to its last question mark, unless much stands after it; None without one."""
    end = _last(_QUESTION_END, line)
    if end is None or (end[0][0] == ";" and not _GREEK_LETTER.search(line)):
        return None
    rest = line[end.end() :].strip()
    if rest and not _AFTER_QUESTION.match(rest):
        return None if len(rest) > 30 else line
    return line[: end.end()]


def _asks_itself(text: str) -> bool:
    """Whether `text` begins like a question and has its mark."""
    return _to_question_mark(text) is not None and not _CHATTER.match(text)


def _last(pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
    matches = list(pattern.finditer(text))
    return matches[-1] if matches else None


def _tidied(found: list[str]) -> list[str]:
    return [tidy for tidy in (_tidy(text) for text in found) if tidy]


def _tidy(text: str) -> str:
    text = " ".join(_writable(text).split())
    for _ in range(4):
        before = text
        text = _MARKER.sub("", text, count=1).strip()
        text = _LABEL.sub("", text, count=1).strip()
        text = _unquoted(text)
        if text == before:
            break
    return text if _WORD_SIGN.search(text) else ""


def _unquoted(text: str) -> str:
    """`text` without one pair of quotes or emphasis round all of it."""
    for _ in range(3):
        if len(text) < 2 or text[0] not in _QUOTES:
            return text
        close = _QUOTES[text[0]]
        if text.startswith("**") and text.endswith("**") and len(text) > 4 and "**" not in text[2:-2]:
            text = text[2:-2].strip()
        elif text[-1] == close and text[0] not in text[1:-1] and close not in text[1:-1]:
            text = text[1:-1].strip()
        else:
            return text
    return text


def _unique(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:50]
