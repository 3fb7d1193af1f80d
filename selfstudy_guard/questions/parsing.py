"""Reading replies as they come in real life: preambles, numbering, fences, reasoning, quotes, broken JSON.

Every function takes any text, never raises, and takes time linear in its length. What they are made of: `reasoning`
(what the reader was not meant to see), `json_replies`, `layouts` (pairs in text), `labels`, and `cleanup` (what stands
round an answer).
"""

from __future__ import annotations

import regex

from selfstudy_guard.questions.json_replies import (
    FENCE,
    QUESTION_KEYS,
    json_answer,
    json_found,
    json_pairs,
    json_strings,
)
from selfstudy_guard.questions.labels import PLAIN, name_of, names, whole
from selfstudy_guard.questions.layouts import text_pairs
from selfstudy_guard.questions.reasoning import visible_text
from selfstudy_guard.questions.reply_cleanup import (
    unboxed,
    without_citations,
    without_frame,
    without_lead,
    without_small_talk,
)
from selfstudy_guard.questions.turns import END

__all__ = ["parse_answer", "parse_pairs", "parse_question", "unread", "visible_text"]

_MARKER = regex.compile(
    r"^\s*+(?:[>#]++\s*+)?(?:\*\*|__)?(?:(?:[-*+•–—·]|\(?\d{1,3}[.):\]]|\(?[a-hA-H][.)]|Q\d{0,3}[.:)])\s++)++"
)
_PREAMBLE = regex.compile(
    r"""
    ^\s*+(?:(?:sure|certainly|of\ course|absolutely|okay|ok|great|alright|yes)\b[^:\n]{0,40}?[,.!:]++\s*+)?
        (?:
            (?:here(?:'s|’s|\ is|\ are)|below\ (?:is|are)|the\ following\ (?:is|are)|this\ is
                  |i(?:'ve|\ have)?\ (?:wrote|written|would\ ask))\b[^:?\n]{0,160}:
          | (?:one|a|another)\b[^:?\n]{0,30}\b(?:question|request)\b[^:?\n]{0,100}:
        )\s*+
    """,
    regex.I | regex.VERBOSE,
)
_CHATTER = regex.compile(
    r"""
    ^\s*+(?:sure|certainly|of\ course|absolutely|okay|great|alright|let\ me\ know|i\ hope|feel\ free|note\b
            |explanation\b|rationale\b|reasoning\b|this\ question|these\ questions|would\ you\ like\ (?:me|another)
            |do\ you\ (?:want|need)\ (?:me|another|more)|is\ there\ anything\ else|shall\ i\b
            |should\ i\ (?:write|generate|create|add)|need\ (?:another|more))
    """,
    regex.I | regex.VERBOSE,
)
_SURE = regex.compile(r"^\s*+(?:sure|certainly|of course|absolutely|okay|ok)\b[^.!?:\n]{0,40}[.!:,]\s*+", regex.I)
_TAGGED = regex.compile(
    r"<(?P<name>[\p{L}\p{M}_ -]{1,24}?)[ _-]?\d{0,3}(?:\s[^<>\n]{0,100})?>"
    r"(?P<text>.*?)(?:</(?P=name)[ _-]?\d{0,3}\s*>|\Z)",
    regex.I | regex.S,
)
_QUESTION_END = regex.compile(r"[?？؟;]+[\"'”’»)\]*_`]*")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」", "`": "`", "*": "*", "_": "_"}
_ONE_POINT = regex.compile(r"\A(?:[-*•–>]\s++)+(?=\p{L}[^\n]*\Z)")
"""What stands before an answer of one line that is written as a list of one, or as a quotation."""
_UNWRITABLE = regex.compile(r"\x1b\[[0-9;?]{0,20}[@-~]|[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069--[\n\t]]", regex.V1)
"""Control characters, lone surrogates and direction marks: no file, terminal or trainer takes them well."""
_ANNOUNCES_ANSWER = regex.compile(r"\banswer|\bresponse|\bsummary|\blist\b", regex.I)
_GREEK_LETTER = regex.compile(r"\p{Greek}")
_AFTER_QUESTION = regex.compile(r"[(\[*_\-–—|]|answer|a:|this |the |it |explanation|note", regex.I)
_WORD_SIGN = regex.compile(r"\w")
_WORDS = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|\w+")
_DSPY = regex.compile(r"^[ \t]*+\[\[\s*+\#\#\s*+(\w+?)\s*+\#\#\s*+\]\][ \t]*+$", regex.M)
_ENDS = regex.compile(r"^\s*+\[completed\]")
_FINAL = frozenset(("answer", "final answer", "final", "correct answer", "solution"))
_REASONS = regex.compile(
    r"""
    ^[\s*_#>]*+(?:reasoning|rationale|thoughts?|thinking|analysis|explanation|context|passage|step[- ]by[- ]step)
        [*_]*+\s*+[:：]
    """,
    regex.I | regex.VERBOSE,
)
"""A first line that reasons in front of a labelled answer."""


_BARE_QUESTION = regex.compile(r"\p{Lu}\p{Ll}++(?: (?:[\p{L}\p{Nd}%’'/&+]|[.,-](?=[\p{L}\p{Nd}]))++,?+)++\?")
_BARE_ANSWER = regex.compile(
    r"""(?!assistant|analysis|commentary|final)(?=[\p{L}\p{Nd}])
    (?: [\p{L}\p{Nd}%’'/&+] | -(?=[\p{L}\p{Nd}]) | [.,](?=\p{Nd}) | ,?[ ](?=[\p{L}\p{Nd}]) )++ [.]?+""",
    regex.VERBOSE,
)
"""Replies of one line with nothing round them: no mark, quote, colon or bracket with which all that is looked for
begins. They are most replies, and looking for it takes longer than every check of them."""
_NOT_BARE = regex.compile(r"assistantfinal|(?<!\p{L})here(?!\p{L})|(?<=[.]) ", regex.I)


def parse_question(text: str) -> tuple[str, ...]:
    """The questions or requests that a reply holds, best first; empty when it holds none."""
    if _BARE_QUESTION.fullmatch(text) and not any(one.search(text) for one in (_NOT_BARE, _SURE, _CHATTER)):
        return (text,)
    text = END.sub("\n", visible_text(text)).strip()
    if not text:
        return ()
    found = json_found(text)
    if found.values:
        return _unique(_tidied([one for value in found.values for one in json_strings(value, QUESTION_KEYS)]))
    tagged = _tagged(text, 0)
    if tagged:
        return _unique(_tidied(tagged))
    pairs = text_pairs(text, labelled=True)
    if any(answer for _, answer in pairs):
        return _unique(_tidied([question for question, _ in pairs]))
    return _asked_in_lines(text)


def _asked_in_lines(text: str) -> tuple[str, ...]:
    found: list[str] = []
    other: list[str] = []
    labelled = False
    for line in _joined_lines(_without_fences(text)):
        if PLAIN.told(line):
            labelled = False
            continue
        marked = bool(_MARKER.match(line) or PLAIN.asked(line)) or labelled
        body = _without_label(_without_label(line, first=_MARKER))
        stripped = _PREAMBLE.sub("", body, count=1)
        body = _without_label(stripped) if stripped else ""
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


def _without_label(line: str, first: regex.Pattern[str] | None = None) -> str:
    label = PLAIN.asked(line)
    if label is not None:
        return label.rest
    return first.sub("", line, count=1) if first is not None else line


def _tagged(text: str, place: int) -> list[str]:
    """What stands in tags named for questions (`place` 0) or answers (1)."""
    wanted = names()[place]
    if "<" not in text:
        return []
    found = []
    for match in _TAGGED.finditer(text):
        if name_of(match["name"]) in wanted:
            found.append(match["text"])
        elif "<" in match["text"]:
            found += [one["text"] for one in _TAGGED.finditer(match["text"]) if name_of(one["name"]) in wanted]
    return found


def parse_answer(text: str) -> str:
    """The answer that a reply holds, without what stands round it; empty when it holds none."""
    if _BARE_ANSWER.fullmatch(text) and not _NOT_BARE.search(text) and PLAIN.told(text) is None:
        return without_lead(text)
    return _ONE_POINT.sub("", _writable(_answer(visible_text(text))).strip())


def _answer(text: str) -> str:
    if not text.strip():
        return ""
    told = json_answer(text)
    if told is not None:
        return without_lead(without_citations(told))
    tagged = [one for one in _tagged(text, 1) if one.strip()]
    if tagged:
        return without_lead(without_citations(tagged[0].strip()))
    text = without_frame(text)
    fences = FENCE.findall(text)
    if len(fences) == 1 and fences[0].strip() and not FENCE.sub("", text).strip():
        text = fences[0].strip()
    text = _behind_label(text).strip()
    first, _, rest = text.partition("\n")
    preamble = _PREAMBLE.match(first)
    if preamble and _ANNOUNCES_ANSWER.search(preamble[0]):
        text = (first[preamble.end() :] + "\n" + rest).strip() or text
    elif rest.strip() and first.rstrip().endswith(":") and _SURE.match(first):
        text = rest.strip()
    text = without_small_talk(text)
    for _ in range(2):
        label = PLAIN.told(text.partition("\n")[0])
        if label is None:
            break
        text = (label.rest + "\n" + text.partition("\n")[2]).strip() or text
    return _unquoted(without_lead(without_citations(unboxed(_unquoted(text)))))


def _behind_label(text: str) -> str:
    """The answer behind its label, where only blank lines, the question or reasoning stand before it."""
    lines = _DSPY.sub(_as_label, text).split("\n")
    found = None
    for place, line in enumerate(lines):
        label = PLAIN.told(line)
        if label is None:
            continue
        before = [one for one in lines[:place] if one.strip()]
        first = before[0] if before else ""
        if not before or PLAIN.asked(first) or _REASONS.match(first):
            found = place, label.rest
            break
        if label.word in _FINAL and (label.rest.strip() or place + 1 < len(lines)):
            found = place, label.rest
    if found is None:
        return text
    place, rest = found
    behind = [rest, *lines[place + 1 :]]
    end = next((at for at, line in enumerate(behind) if at and _ENDS.match(line)), len(behind))
    return "\n".join(behind[:end]).strip() or text


def _as_label(match: regex.Match[str]) -> str:
    name = match[1].replace("_", " ").strip()
    return "[completed]" if name == "completed" else f"{name.capitalize()}:"


def parse_pairs(text: str) -> list[tuple[str, str]]:
    """The question-answer pairs that a reply holds, in order; a question without an answer has an empty one."""
    text = visible_text(text)
    if not text:
        return []
    pairs = [pair for value in json_found(text).values for pair in json_pairs(value)] or text_pairs(text)
    tidied = [(_tidy(question), _told(answer)) for question, answer in pairs[:1000]]
    return [(question, answer) for question, answer in tidied if question]


def _told(answer: str) -> str:
    """An answer of a pair, cleaned as one that was asked for alone."""
    text = without_small_talk(without_frame(_writable(answer).strip()))
    return _ONE_POINT.sub("", _unquoted(without_lead(without_citations(unboxed(_unquoted(whole(text)))))).strip())


def unread(text: str, pairs: list[tuple[str, str]]) -> bool:
    """Whether a reply to a call for pairs holds text that none of its pairs took, so that answers may be lost.

    True where no pair was found in a text of some words, and where questions were found but no answer although more
    words stand beside the questions than they have themselves.
    """
    said = len(_WORDS.findall(visible_text(text)))
    if not pairs:
        return said >= 3
    if any(answer for _, answer in pairs):
        return False
    asked = sum(len(_WORDS.findall(question)) for question, _ in pairs)
    return said > 2 * asked + 10


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n"))


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
            and not PLAIN.asked(line)
            and not PLAIN.told(line)
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
        text = _without_label(text).strip()
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
