"""Numbers of an answer against those of its target: value, unit, what is counted, and how many were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from selfstudy_guard.attribution.terms import fold, words
from selfstudy_guard.questions.english import grouped
from selfstudy_guard.questions.wording import asks_choice, asks_yes_no, content_words

SPELT = {
    word: value for group in grouped("numbers") for value, names in [(next(iter(group[0])), group[1])] for word in names
}
"""Numbers in words, with their value in digits."""
UNITS = {name: min(group[0]) for group in grouped("units") for name in group[0]}
"""Names of units, each with one that stands for all."""
_TOKEN = regex.compile(r"\d+(?:[.,:]\d+)*+|[\p{L}][\p{L}'’]*|[%£€$°]")
_GROUPED = regex.compile(r"\d{1,3}(?:[, ]\d{3})+")
_POINTED = regex.compile(r"\d+\.\d+")
_JOINED = regex.compile(r"\s(?:and|or|&)\s|,\s", regex.I)
_HOW_MUCH = regex.compile(
    r"""
      \bhow\ (?:many|much|long|old|far|high|deep|wide|tall|heavy|often)\b
    | \b(?:when|what\ year|which\ year|what\ (?:is|was)\ the\ (?:price|number))\b
    | \bwhat\ (?:do|does|did)\ [^?]*\ (?:cost|pay|earn|weigh|measure)\b
    """,
    regex.I | regex.VERBOSE,
)
"""Questions for one value."""
_COUNT_ASKED = regex.compile(
    r"""\bhow\s(?:many|much)\s(?:of\s)?(?:the\s|its\s|their\s)?(?P<what>(?:\p{L}+\s){0,2}?\p{L}+)
    (?=\s(?:is|are|was|were|do|does|did|has|have|had|can|may|must|in|of|on)\b | \s\p{L}+ed\b)""",
    regex.I | regex.VERBOSE,
)
_END_ASKED = regex.compile(r"\b(?:until|till|ends?|ended|stop|stopped|clos\w*|finish\w*)\b", regex.I)
_BEGIN_ASKED = regex.compile(r"\b(?:since|from|begins?|began|start\w*|opens?|opened)\b", regex.I)
_BREAKS = regex.compile(r"[,;:(](?:\s|$)|\band\b")
_OF_THESE = regex.compile(r"\bof (?:whom|which|them|these|those)\b", regex.I)
_OF_WHOLE = regex.compile(r"\bof (?:the|its|his|her|their) [\w ]{3,40}, [\w]+ ", regex.I)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: its value as digits, its unit ("" for none), the word behind it and where it stands."""

    value: str
    unit: str
    behind: str
    start: int


@lru_cache(maxsize=2048)
def numbers_of(text: str) -> tuple[Number, ...]:
    """The numbers of a text, in digits or in words, in order."""
    found: list[Number] = []
    tokens = [(match[0], match.start()) for match in _TOKEN.finditer(text)]
    for place, (token, start) in enumerate(tokens):
        value = SPELT.get(token.lower()) if not token[0].isdigit() else _plain(token)
        if value is None:
            continue
        behind = tokens[place + 1][0].lower() if place + 1 < len(tokens) else ""
        before = tokens[place - 1][0].lower() if place else ""
        if token.lower() == "one" and not _counts(before, behind):
            continue
        unit = UNITS.get(behind, "") or (UNITS[before] if before in "£€$" and before else "")
        found.append(Number(value, unit, behind, start))
    return tuple(found)


@lru_cache(maxsize=256)
def values_of(text: str) -> frozenset[str]:
    """The values of `numbers_of(text)`, several times as fast: of evidence nothing else is asked."""
    tokens = _TOKEN.findall(text.lower())
    found = {_plain(token) for token in tokens if token[0].isdigit()}
    found |= {SPELT[word] for word in SPELT.keys() & set(tokens) if word != "one"}
    if "one" in tokens and any(
        word == "one" and _counts(before, behind)
        for before, word, behind in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)
    ):
        found.add(SPELT["one"])
    return frozenset(found)


_ABOUT = frozenset("about almost barely exactly just nearly only than under over".split())


def _counts(before: str, behind: str) -> bool:
    """Whether "one" is a number here, by the words round it: "one month", not "the southern one"."""
    return behind in UNITS or before in _ABOUT


def _plain(token: str) -> str:
    """The value of digits: without thousands separators and trailing zeros behind the point."""
    if _GROUPED.fullmatch(token):
        return token.replace(",", "").replace(" ", "")
    if _POINTED.fullmatch(token):
        return token.rstrip("0").rstrip(".")
    return token.lstrip("0") or "0"


_SPELT_OR_DIGITS = rf"(?:\d[\d.,]*|{'|'.join(word for word in SPELT if word.isalpha())})"
_PART_OF = regex.compile(rf"\b{_SPELT_OR_DIGITS} of (?:the|its|his|her|their) (?P<whole>{_SPELT_OR_DIGITS})\b", regex.I)
_ALL_ASKED = regex.compile(
    r"\b(?:in all|altogether|total|(?:were|are|was|is) there|have|has|had|own\w*)\b\W*$", regex.I
)


def wrong_number(answer: str, question: str, target: str, evidence: str) -> str | None:
    """Whether a number of the answer is not the target's, or has another unit there."""
    said, told = numbers_of(answer), numbers_of(target)
    asked, values = values_of(question), {number.value for number in told}
    if not values and not said:
        return None
    unheard = {number.value for number in said} - values - asked
    if unheard and not unheard <= values_of(evidence):
        return "wrong-number"
    new = [number for number in said if number.value not in asked]
    if new and values and not any(number.value in values for number in new):
        return "wrong-number"
    measured = bool(_HOW_MUCH.search(question)) and not asks_choice(question) and not asks_yes_no(question)
    if measured and said and not new and len(words(answer)) <= 6 and values - asked:
        return "wrong-number"  # it only says the number of the question again
    for number in new:
        same = [other for other in told if other.value == number.value]
        if not same:
            continue
        units = {other.unit for other in same}
        if number.unit and number.unit not in units:
            if any(other.unit for other in same) or not _unit_near(number.unit, target):
                return "wrong-unit"
            if _elided(number, same, told, target):
                continue
            if not _follows(number, same, target):
                return "wrong-unit"
    return None


def _unit_near(unit: str, target: str) -> bool:
    return any(UNITS.get(token.lower()) == unit for token in _TOKEN.findall(target))


def _elided(number: Number, same: list[Number], told: tuple[Number, ...], target: str) -> bool:
    """Whether the unit is left out because it was just told: "300 kilograms, the larger one 900"."""
    before = [other for other in told if other.unit == number.unit and other.start < same[0].start]
    ends = regex.match(r"[\w.,]*?(?=[.;]?\s*$)", target[same[0].start :])
    return len(same) == 1 and bool(before) and ends is not None and ":" not in target


def _follows(number: Number, same: Iterable[Number], target: str) -> bool:
    """Whether the unit stands within the next few words of the number in the target ("4 to 9 centimetres")."""
    for other in same:
        near = [token.lower() for token in _TOKEN.findall(target[other.start : other.start + 60])[1:5]]
        cut = target[other.start : other.start + 60].split(";")[0]
        if any(UNITS.get(token) == number.unit for token in near) and any(
            UNITS.get(token.lower()) == number.unit for token in _TOKEN.findall(cut)
        ):
            return True
    return False


def two_values(answer: str, question: str, target: str) -> str | None:
    """Whether several numbers answer a question for one."""
    if not _HOW_MUCH.search(question) or asks_choice(question):
        return None
    new = [number for number in numbers_of(answer) if number.value not in values_of(question)]
    if len({number.value for number in new}) < 2 or len(words(answer)) > 14:
        return None
    between = answer[new[0].start : new[1].start]
    if not _JOINED.search(between):
        return None
    told = numbers_of(target)
    for one, other in pairwise(told):
        if (one.value, other.value) == (new[0].value, new[1].value) and regex.fullmatch(
            r"[\w.,:]+\s*(?:and|or|to|&|,|-|–)\s*(?:in |on |about )?", target[one.start : other.start]
        ):
            return None  # the target joins them too: "in 1912 and 1913"
    if regex.search(r"\b(?:between|from)\b", question, regex.I) or "(" in answer:
        return None
    if any(regex.fullmatch(r"1\d{3}|20\d\d", number.value) for number in new) and regex.search(
        r"\p{Lu}\p{Ll}+ \d{1,2}, \d{4}|\d{1,2},? \p{Lu}\p{Ll}+,? \d{4}", answer
    ):
        return None
    return "two-values"


_SPAN = regex.compile(
    r"""\b(?:from|between)\s(?:\p{Ll}+\s)?(\d[\d:.,]*|\p{Lu}\p{Ll}+)
    \s(?:\p{Ll}+\s)?(?:to|until|till|and)\s(?:\p{Ll}+\s)?(\d[\d:.,]*|\p{Lu}\p{Ll}+)""",
    regex.VERBOSE,
)
_CHANGED = regex.compile(
    r"\b(?:rais\w+|rose|risen|fell|fallen|grew|grown|dropp\w+|chang\w+|increas\w+|decreas\w+|reduc\w+|cut|lower\w+)\b",
    regex.I,
)


def wrong_end(answer: str, question: str, target: str) -> str | None:
    """The wrong end of a span: "until when" answered with the year in which it began."""
    span = _SPAN.search(target)
    if span is None or span[1] == span[2]:
        return None
    if _CHANGED.search(target[: span.start()]):
        return _wrong_side_of_change(answer, question, span)
    said = [word for word in words(answer) if word in words(f"{span[1]} {span[2]}")]
    if len(said) != 1 or len({number.value for number in numbers_of(answer)}) > 1:
        return None
    ends, begins = _END_ASKED.search(question), _BEGIN_ASKED.search(question)
    if bool(ends) == bool(begins):
        return None
    return "wrong-number" if said == words(span[1] if ends else span[2]) else None


def _wrong_side_of_change(answer: str, question: str, span: regex.Match[str]) -> str | None:
    """The new value where the old one was asked for ("raised from 4 to 6 pounds in 2015": before it?), or the old."""
    old = regex.search(r"\b(?:before|until|originally|at first|previous(?:ly)?)\b", question, regex.I)
    new = regex.search(r"\b(?:since|after|now|today|afterwards)\b", question, regex.I)
    if bool(old) == bool(new):
        return None
    said = {number.value for number in numbers_of(answer)}
    right, wrong = (span[1], span[2]) if old else (span[2], span[1])
    values = [{number.value for number in numbers_of(side)} for side in (right, wrong)]
    return "wrong-number" if said & values[1] and not said & values[0] else None


def wrong_count(answer: str, question: str, target: str) -> str | None:
    """A count of other things: "48 passengers" where the target counts 48 cars and 300 passengers."""
    told = numbers_of(target)
    said = [n for n in numbers_of(answer) if any(m.value == n.value for m in told)]
    if len(told) < 2 or len(said) != 1:
        return None
    part = _PART_OF.search(target)
    if part and len(told) == 2 and _HOW_MUCH.search(question) and not _ALL_ASKED.search(question):
        # "Two of the five looms still work": how many still work?
        return "wrong-number" if said[0].value == numbers_of(part["whole"])[-1].value else None
    of_these = _OF_THESE.search(target) or _OF_WHOLE.search(target)
    if of_these and len(told) == 2:
        # "14 farmers, of whom three were women": how many were women?
        behind = {stem(word) for word in content_words(target[told[1].start :])}
        asked_of = {stem(word) for word in content_words(question)}
        before = {stem(word) for word in content_words(target[: told[1].start])}
        if asked_of & behind - before and _HOW_MUCH.search(question):
            return "wrong-number" if said[0].value == told[0].value else None
    if of_these:
        return None
    asked = _COUNT_ASKED.search(question)
    wanted = [stem(word) for word in content_words(asked["what"])] if asked else []
    if said[0].behind and said[0].behind not in UNITS and len(said[0].behind) > 3:
        wanted.append(stem(fold(said[0].behind)))
    if not wanted:
        return None
    nouns = {number: _nouns_behind(number, told, target) for number in told}
    mine = [number for number in told if number.value == said[0].value]
    for noun in reversed(wanted):
        holding = [number for number in told if noun in nouns[number]]
        if len(holding) == 1 and holding[0].value != said[0].value and not any(noun in nouns[n] for n in mine):
            return "wrong-number"
    return None


def _nouns_behind(number: Number, told: tuple[Number, ...], target: str) -> set[str]:
    """Stems of the next three words behind a number, up to the next number or mark."""
    end = min([other.start for other in told if other.start > number.start], default=len(target))
    near = _BREAKS.split(target[number.start : end])[0].split()[1:4]
    return {stem(word) for word in content_words(" ".join(near))}


def stem(word: str) -> str:
    """What a word and its inflected forms share: five letters, or the word without a plural s."""
    return word[:5] if len(word) > 5 else word.rstrip("s")
