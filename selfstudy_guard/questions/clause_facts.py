"""Answers from another clause, or another cell of a row, than the one that the question asks about."""

from __future__ import annotations

from functools import lru_cache

import regex

from selfstudy_guard.attribution.terms import fold, words
from selfstudy_guard.questions.clauses import another_did, clause_of
from selfstudy_guard.questions.english import grouped, listed
from selfstudy_guard.questions.numbers import SPELT, UNITS, Number, numbers_of, stem
from selfstudy_guard.questions.wording import content_words

SCALES = grouped("scales")
"""Words of one scale; what one side says is false where the text says another."""
_FOREIGN = 2
"""Words of a question that its target lacks: the more it says in words of its own, the less is sure."""
_ASKED_FOR = frozenset(map(stem, "many much year kind share number person happen place time people percentage".split()))
_CELL = regex.compile(r"\s*;?\s*[^:;()]{1,40}: ")
_CLAUSES = regex.compile(
    r";|,?\s(?:and|but|while|whereas|since|because|although|though)\s|,\s(?=the\b|on\b|with\b)", regex.I
)

_APPOSED = regex.compile(r", \p{Lu}[\p{L}'’.-]*+(?: (?:of|de|von|van|the|\p{Lu}[\p{L}'’.-]*+))*+$")
"""A name between commas: the next comma closes it, and what follows belongs to the clause before it."""


def around(question: str, target: str, clauses: tuple[str, ...]) -> str:
    """The clause that the question asks about; the whole target where several fit as well."""
    fits = [len(unique_to(part, clauses) & stems_of(question)) for part in clauses]
    best = max(fits, default=0)
    if best and fits.count(best) == 1:
        return clauses[fits.index(best)]
    return target


@lru_cache(maxsize=1024)
def parts_of(target: str) -> tuple[str, ...]:
    """The clauses of a target, the cells of a row."""
    cut: list[str] = []
    place = 0
    for match in _CLAUSES.finditer(target):
        if match.start() <= place or (match[0] in (", ", ",\n") and _APPOSED.search(target, 0, match.start())):
            continue
        cut.append(target[place : match.start()])
        place = match.start()
    cut.append(target[place:])
    return tuple(part for part in cut if words(part))


def stems_of(text: str) -> set[str]:
    """Stems of the content words of `text`."""
    return {stem(word) for word in content_words(text)}


def unique_to(part: str, clauses: tuple[str, ...]) -> set[str]:
    """Stems that stand in this clause alone."""
    others = {stem for other in clauses if other is not part for stem in stems_of(other)}
    return stems_of(part) - others


def wrong_part(answer: str, question: str, target: str, clauses: tuple[str, ...]) -> str | None:
    """Whether the answer stands only in clauses or halves that the question does not ask about, and others it does.

    Cells of a row are told apart by their column. Of prose, only two parallel clauses are ("built of limestone in
    1240, the west gate of brick about 1390"): in longer sentences, commas do not show what belongs together.
    """
    row = len(clauses) > 1 and sum(_CELL.match(part) is not None for part in clauses) * 2 > len(clauses)
    if len(clauses) < 2 or (not row and (len(clauses) > 2 or _in_other_words(question, target))):
        return None
    asked = stems_of(question)
    said = _facts(answer, asked)
    if not said:
        return None
    held = [said <= _facts_of(part) for part in clauses]
    if not any(held) or all(held):
        return None
    if _swapped(set(words(question)), held, clauses) or another_did(question, held, clauses):
        return "wrong-part"
    shared = set() if row else _subject(clauses)
    fits = [len((_titled(part, clauses) if row else unique_to(part, clauses) - shared) & asked) for part in clauses]
    if row and not held[0]:
        fits[0] = 0  # the first cell names the row, whatever is asked of it
    mine = max(fit for fit, has in zip(fits, held, strict=True) if has)
    best = max((fit for fit, has in zip(fits, held, strict=True) if not has), default=0)
    if mine or not best:
        return None
    rival = clauses[next(i for i, (fit, has) in enumerate(zip(fits, held, strict=True)) if fit == best and not has)]
    own = clauses[held.index(True)]
    return "wrong-part" if row or _parallel(said, own, rival, question) else None


def _in_other_words(question: str, target: str) -> bool:
    """Whether a question says too little in the words of its target to tell which part it asks about."""
    return len(stems_of(question) - stems_of(target) - _ASKED_FOR) > _FOREIGN


def _swapped(asked: set[str], held: list[bool], clauses: tuple[str, ...]) -> bool:
    """Whether the question names one side of a scale ("the last"), and the answer stands in the clause of the other."""
    told = [set(words(part)) for part in clauses]
    for scale in SCALES:
        named = [side for side in scale if side & asked]
        if len(named) != 1:
            continue
        own = [any(side & known for side in scale if side is not named[0]) and not named[0] & known for known in told]
        with_side = any(named[0] & known and not has for known, has in zip(told, held, strict=True))
        if with_side and all(other for other, has in zip(own, held, strict=True) if has):
            return True
    return False


def _subject(clauses: tuple[str, ...]) -> set[str]:
    """Stems of the subject of the first clause, where the next one has none of its own ("... and arrives at 07:15")."""
    nxt = [word.lower() for word in clauses[1].strip(" ,;").split()[1:2]]
    first = clause_of(f"{clauses[0].strip(' ,;')}.")
    if first is None or not nxt or not (nxt[0].endswith(("s", "ed")) or nxt[0] in listed("past") | listed("helpers")):
        return set()
    return stems_of(first.subject)


def _titled(cell: str, clauses: tuple[str, ...]) -> set[str]:
    """Stems of a cell's column; those of the cell alone where it has none."""
    return stems_of(cell.split(": ", 1)[0]) if ": " in cell else unique_to(cell, clauses)


def _parallel(said: set[str], own: str, rival: str, question: str) -> bool:
    """Whether two clauses tell the same kind of thing, so that a fact of one is false of the other."""
    if any(item[:1].isdigit() for item in said):
        mine = [n for n in numbers_of(own) if n.value in said]
        return any(_kind(n) == _kind(m) for n in numbers_of(rival) for m in mine)
    if len(content_words(own)) > 9 or len(content_words(rival)) > 9:
        return False
    named = [
        bool(regex.search(r"(?<=\w )\p{Lu}|^\p{Lu}\p{Ll}+ (?:\p{Lu}|[a-z]+ed\b|wrote)", part.strip()))
        for part in (own, rival)
    ]
    asking = regex.match(r"(?:who|whom|whose|which|what)\b", question, regex.I)
    return bool(asking) and (all(named) or not any(named))


def _kind(number: Number) -> str:
    if regex.fullmatch(r"1\d{3}|20\d\d", number.value):
        return "year"
    return number.unit or "count"


def _facts(text: str, asked: set[str]) -> set[str]:
    """What an answer brings: its numbers and content stems that the question does not hold."""
    numbers = {number.value for number in numbers_of(text)}
    stems = {
        stem for stem in stems_of(text) if stem not in asked and not stem[:1].isdigit() and fold(stem) not in SPELT
    }
    return numbers | {stem for stem in stems if stem not in UNITS}


def _facts_of(clause: str) -> set[str]:
    return {number.value for number in numbers_of(clause)} | stems_of(clause)
