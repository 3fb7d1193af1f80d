"""Sentences whose later clauses leave out their verb or subject ("The coopers met on Monday, the tanners on Friday").

Every word of a swapped answer stands in the sentence, and the verb that the question asks with stands in the first
clause alone, so words do not tell which half is meant. What does is the contrast: each half begins with what it is
about and ends like the others. So it is with two measures that "and" joins, and with ranks. English only; a noun
phrase that merely explains ("Leeds, a town in Yorkshire") is no half, and where it is not sure nothing is said.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from selfstudy_guard.questions.clause_facts import stems_of
from selfstudy_guard.questions.clauses import clause_of
from selfstudy_guard.questions.english import listed
from selfstudy_guard.questions.numbers import numbers_of, stem
from selfstudy_guard.questions.wording import content_words

_PREPOSITIONS = frozenset("in on at by from with to into under of for through about until since every".split())
_CUT = regex.compile(r"(?:,|;|(?<=\w\w)(?= and the )),?\s*(?:and\s+|but\s+|while\s+|whereas\s+)?", regex.I)
_FIRST = regex.compile(r"(?:the|his|her|its|their|our)\s\p{Ll}|\p{Lu}\p{Ll}+\s", regex.I)
_DETERMINER = regex.compile(r"\b(?:the|an?|his|her|its|their)\b", regex.I)
_PRONOUN = regex.compile(r"(?:he|she|it|they|we|you|i|this|these|there|in|on|at|by|for|after|before|when)\b", regex.I)
_OUTSTANDING = regex.compile(r"the (?:(?!west\b)\w+est|most|only|first|last|second|third|same|other)\b", regex.I)
_OF_ITS_OWN = regex.compile(r"\b(?:who|whose|which|that|when|where|\w{2,}(?:ed|ing))\b", regex.I)
_ORDINALS = ("first", "second", "third", "fourth", "last")
_RANKED = regex.compile(
    rf"""(?P<who>\p{{Lu}}[\p{{L}}'’-]+(?:\ \p{{Lu}}[\p{{L}}'’-]+)*|\bthe\ \p{{Ll}}+)
    (?:\ (?:came|was|ranked|finished|placed|in|ended))?(?:\ in)?
    \ (?P<rank>{"|".join(_ORDINALS)})\b(?!\ \p{{Ll}}{{4,}})""",
    regex.X,
)
_RANK_ASKED = regex.compile(
    rf"\b(?:came|come|ranked?|finish(?:ed)?|was|placed|ended)(?: in)? ({'|'.join(_ORDINALS)})\b|\b(?:won|winner)\b",
    regex.I,
)
_LONGEST = 8
"""Words of a half that has no verb."""


@lru_cache(maxsize=1024)
def halves(target: str) -> tuple[str, ...]:
    """The clauses of a sentence that share the verb of the first; empty for any other sentence."""
    parts = [part.strip(" .") for part in _CUT.split(target)]
    if not 2 <= len(parts) <= 4 or not all(parts) or _PRONOUN.match(parts[0]) or not _FIRST.match(parts[0]):
        return ()
    ordered = bool(_OUTSTANDING.match(parts[0]))
    return tuple(parts) if all(_shares(part, parts[0], ordered=ordered) for part in parts[1:]) else ()


def _shares(part: str, head: str, *, ordered: bool) -> bool:
    said, told = part.split(), head.split()
    if not 2 <= len(said) <= _LONGEST or _OF_ITS_OWN.search(part) or (not ordered and _OUTSTANDING.match(part)):
        return False
    if {word.lower() for word in said} & (listed("helpers") | listed("past")) or said[0].lower() in {"a", "an"}:
        return False
    if said[0].lower() in _PREPOSITIONS:
        return False
    if numbers_of(part) and numbers_of(head):
        return True
    behind = [word.lower() for word in said[1:] if word.lower() in _PREPOSITIONS]
    if behind:
        return behind[0] in {word.lower() for word in told[-5:]} and behind[0] != "of"
    return len(_DETERMINER.findall(part)) == 2 == len(_DETERMINER.findall(head))


def wrong_half(answer: str, question: str, target: str) -> bool | None:
    """Whether the answer stands in another half than the one that the question names; None where it cannot be told."""
    parts = halves(target)
    if not parts:
        return None
    asked = stems_of(question)
    held = [_new(answer, asked) <= _new(part, set()) for part in parts]
    if not _new(answer, asked) or held.count(True) != 1:
        return None
    # What a half is about comes first; the verb and what belongs to it are said in the first half alone.
    about = [{stem(word) for word in content_words(part)[:1]} for part in parts]
    for place in range(1, len(parts)):
        about[place] |= stems_of(parts[place]) - stems_of(parts[0])
    named = [bool(one & asked) for one in about]
    if named.count(True) != 1:
        return None
    return named.index(True) != held.index(True)


def wrong_measure(answer: str, question: str, target: str) -> bool:
    """Whether the number is that of the other of two things that "and" joins ("8 metres long and 5 metres wide").

    Each side has one number, and the question names what only one of them is about, the shared subject aside.
    """
    said = {number.value for number in numbers_of(answer)}
    sides = target.split(" and ")
    if len(said) != 1 or len(sides) != 2 or regex.search(r"[,;:(]", target):
        return False
    values = [{number.value for number in numbers_of(side)} for side in sides]
    if [len(one) for one in values] != [1, 1] or values[0] == values[1] or said not in values:
        return False
    head = clause_of(f"{sides[0].strip()}.")
    if head is None:
        return False
    asked = stems_of(question) - stems_of(head.subject)
    about = [_new(side, set()) - values[place] for place, side in enumerate(sides)]
    named = [bool((one - other) & asked) for one, other in (about, about[::-1])]
    return named.count(True) == 1 and values[named.index(True)] != said


def wrong_rank(answer: str, question: str, target: str) -> bool:
    """Whether the answer is who came in another place than the one asked for ("Finland, with Latvia second")."""
    asked = _RANK_ASKED.search(question)
    ranked = {match["rank"]: stems_of(match["who"]) for match in _RANKED.finditer(target)} if asked else {}
    wanted = (asked[1] or "first").lower() if asked else ""
    mine = stems_of(answer) - stems_of(question)
    if not ranked or not mine or ranked.get(wanted, set()) & mine:
        return False
    others = [who for rank, who in ranked.items() if rank != wanted]
    return any(who & mine for who in others) or (wanted in ranked and mine <= stems_of(target))


def _new(text: str, asked: set[str]) -> set[str]:
    """Values and content stems of `text` beyond those of the question."""
    values = {number.value for number in numbers_of(text)}
    return values | {one for one in stems_of(text) - asked if not one[:1].isdigit()}
