"""A few words of a sentence that a question could ask for, chosen before the question is written.

A small model that is asked for a question and then for its answer asks for what the sentence is about ("What was his
work?"). Given the answer first, it asks for that. The words are chosen by rule, the surest kinds first: what stands
behind "because", a date, a number with what it counts, a name, a noun phrase. For English; nothing elsewhere.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from selfstudy_guard.questions.clauses import is_participle
from selfstudy_guard.questions.english import listed

_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_DATE = regex.compile(
    rf"(?<![–-]|\b[Bb]etween |\d and )\b(?:(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}})?,? )?{_YEAR}s?\b(?![–-]| \p{{Ll}}+s\b)"
)
_NUMBER = regex.compile(
    rf"""
    (?<![\p{{L}}\d.,/:–-])(?!{_YEAR}\b(?!\ (?:[a-z]{{3,}}s|%)))(?:[£$€]\ ?)?\d[\d.,]*\d?
        (?:\ (?:million|billion|thousand|hundred))?
        (?:\ ?(?:%|°C|°F|km|cm|mm|kg|kW|MW|(?!and\b|or\b|when\b|nobody\b)[a-z][a-z-]{{2,}}))?(?![\p{{L}}\d])
    """,
    regex.X,
)
_NAME = regex.compile(
    r"""
    (?<=\b(?:by|in|at|to|from|with|near|after|under|of|until|when)\ (?:the\ )?)\p{Lu}[\p{L}’.-]++
        (?:(?:\ (?:of|de|von|van|the))?\ \p{Lu}[\p{L}’-]+)*+(?!['’])
    """,
    regex.X,
)
_REASON = regex.compile(r"\bbecause [^.;:()]{8,70}(?=[.;]|$)")
_PHRASE = regex.compile(
    r"""
    (?<=\b(?:in|on|at|by|from|with|of|to|into|through|behind|under|for)\ |\p{Ll}ed\ )(?:a|an|the)
        (?:\ (?!(?:in|on|at|by|for|from|to|with|and|or|as|that|which|is|are|was|were)\b)\p{Ll}[\p{Ll}-]+){2,4}
        (?=[,.;:]|$|\ (?:in|on|at|by|for|from|with)\b)
    """,
    regex.X,
)
_ONE_OF = regex.compile(r"(?:,| and| or)(?: the)? \p{Lu}")
"""What follows one name of several, which alone would be half an answer."""
_CLAUSE = regex.compile(r"[,;:] | (?:and|but|when|while|which|that|who|because|until|since) ")
_LISTED = regex.compile(r"(?:, [\p{Ll} ]{3,40})*,? (?:and|or) ")
_LAST_OF = regex.compile(r"\p{Lu}[\p{L}'’-]*,? (?:and|or)(?: the| possibly)? $")
_MONTHS = regex.compile(rf"{_MONTH}\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
_LONGEST = 60
"""Characters of an answer."""

_WHEN = "(When|In what year|In which year|On what date|Until when|Since when)"
_COUNT = "(How many|How much|How long|How far|How old|How high|How large|At what|What percentage|What)"
_WHO = "(Who|What|Which|Where)"
_WHAT = "(What|Which)"
_BEHIND = regex.compile(r"\b(in|on|at|by|from|with|to|into|through|near|under|behind|for|after) (?:the )?$")
_PLACES = ("in", "on", "at", "near", "under", "behind", "through", "into", "to", "from")
_WHY = "Why"


@lru_cache(maxsize=4096)
def answer_first(text: str) -> tuple[str, str] | None:
    """An answer that a question about `text` could ask for, and a pattern of the question's first words.

    Args:
        text: a sentence, list item or caption.

    Returns:
        The answer as it stands in `text`, and the pattern; None where no kind of answer is sure.
    """
    said = " ".join(text.split()).rstrip(".")
    kinds = ((_REASON, _WHY), (_DATE, _WHEN), (_NUMBER, _COUNT), (_NAME, _WHO), (_PHRASE, _WHAT))
    for pattern, begin in kinds:
        found = list(pattern.finditer(said))
        if pattern in (_NAME, _PHRASE):
            found.reverse()  # what a sentence is about stands first, what it tells of that last
        for match in found:
            answer = match[0].strip(" ,.")
            before, behind = said[: match.start()], said[match.end() :]
            several = _ONE_OF.match(behind) or _LAST_OF.search(before)
            if pattern is _NAME and (several or _MONTHS.match(answer) or _noun_behind(behind)):
                continue
            if pattern is _PHRASE and (any(map(_is_verb, answer.split())) or _LISTED.match(said, match.end())):
                continue
            if _asked_once(answer, said, match.start()):
                if pattern is _DATE:
                    begin = _asking_when(said, match)
                elif pattern in (_NAME, _PHRASE):
                    begin = _asking_behind(before, begin, named=pattern is _NAME)
                return answer, begin
    return None


def _asking_when(said: str, date: regex.Match[str]) -> str:
    """A pattern for a date, with the auxiliary where the words round the date show the only verb of their clause."""
    before, behind = said[: date.start()], said[date.end() :]
    leads = len(before.split()) <= 1  # "In 1924 the lamp was": its clause follows
    clause = _CLAUSE.split(behind.lstrip(" ,"))[0].split() if leads else _CLAUSE.split(before)[-1].split()
    helpers = [word for word in clause if word in listed("helpers")]
    if len(helpers) == 1 and helpers[0] in ("was", "were") and any(map(is_participle, clause)):
        return f"(When|In what year|In which year) {helpers[0]}"
    if not helpers and sum(map(_is_verb, clause)) == 1:
        return "(When|In what year|In which year) did"
    return _WHEN


def _asking_behind(before: str, begin: str, *, named: bool) -> str:
    """A pattern that asks for what stands behind the preposition: "In what", "By whom", "Where"; else `begin`."""
    found = _BEHIND.search(before)
    if found is None:
        return begin
    word = found[1]
    asks = [f"{word.capitalize()} which", f"{word.capitalize()} what"]
    if named:
        asks = [f"{word.capitalize()} which", f"{word.capitalize()} whom"] + ["Who"] * (word == "by")
    return f"({'|'.join(['Where'] * (word in _PLACES) + asks)})"


def _noun_behind(rest: str) -> bool:
    """Whether a name only tells of a noun that follows: "the Baltic ports"."""
    match = regex.match(r" (\p{Ll}+)(?=[,.;]|$)", rest)
    return match is not None and not _is_verb(match[1])


def _is_verb(word: str) -> bool:
    return word in listed("helpers") or word in listed("past") or is_participle(word)


def _asked_once(answer: str, said: str, start: int) -> bool:
    """Whether the words say something and stand nowhere else, so that the rest does not give them away."""
    if start == 0 or not 2 <= len(answer) <= _LONGEST or said.count(answer) != 1:
        return False
    last = answer.split()[-1].lower()
    return last not in listed("prepositions") | listed("clause_words") | listed("helpers") | listed("determiners")
