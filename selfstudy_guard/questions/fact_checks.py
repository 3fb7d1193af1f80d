"""Whether an answer says what its target says: numbers, units, names, negation, quantity, and the right clause.

Word grounding passes "10.00 to 15.00 pounds" and "they had different birds", since every word stands in the text. Here
the answer is held against the target: its numbers and names must stand there, a number keeps its unit, a negation
stays one, a word of a scale ("most", "last", "northern") is not swapped for another, and what is answered stands in
the clause or the cell that the question asks about. Only what is sure is refused; English word lists, numbers in every
language. Measured on 170 answers labelled by hand (half of them were not looked at) and on the human answers of XQuAD.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import regex

from selfstudy_guard.attribution.terms import fold, words
from selfstudy_guard.questions.clauses import another_did, clause_of
from selfstudy_guard.questions.english import grouped, listed
from selfstudy_guard.questions.numbers import (
    SPELT,
    UNITS,
    Number,
    numbers_of,
    stem,
    two_values,
    wrong_count,
    wrong_end,
    wrong_number,
)
from selfstudy_guard.questions.wording import asks_choice, asks_yes_no, content_words

FACT_REASONS = {
    "wrong-number": "a number that the target does not tell, or tells of something else",
    "wrong-unit": "a number with another unit than the target's",
    "two-values": "several values for one that was asked for",
    "wrong-name": "a name that the text does not hold",
    "wrong-polarity": "says yes where the target says no, or the other way round",
    "wrong-quantity": "another quantity, order or side than the target's",
    "wrong-kind": "no number or time where one was asked for",
    "wrong-part": "answers from another clause or cell than the one that was asked about",
}
"""Every reason for which an answer is held false, in words."""

_NEGATION = listed("negation", "facts")
_NEGATED = regex.compile(r"\b(?:not|never|neither|nor|cannot|no|none|nobody|nothing)\b|n['’]t\b", regex.I)
_SCALES = grouped("scales")
"""Words of one scale; what one side says is false where the text says another."""
_IN_SCALES = frozenset(word for scale in _SCALES for side in scale for word in side)
_BOUNDS = regex.compile(
    r"\b(?:(at least|no less than|not less than|more than|over|above|minimum of)"
    r"|(at most|up to|no more than|not more than|fewer than|less than|under|below|maximum of))\b",
    regex.I,
)
_CLAUSES = regex.compile(
    r";|,?\s(?:and|but|while|whereas|since|because|although|though)\s|,\s(?=the\b|on\b|with\b)", regex.I
)
_VERB = regex.compile(
    r"\b(?:is|are|was|were|has|have|had|do|does|did|can|could|may|must|will|would|\p{Ll}{2,}ed|it|they|he|she)\b",
    regex.I,
)
_NO_SUCH = regex.compile(r"\bno (?:\w+ )?(\p{L}{4,})")
_FLATLY = regex.compile(r"\b(?:not|never|cannot|\w+n['’]t)\b", regex.I)
_LACKING = regex.compile(r"\b(?:un|in|im|dis)\p{Ll}{4,}|\p{Ll}less\b|\bonly\b|\btoo\b", regex.I)
_DENYING = regex.compile(
    r"\b(?:forb[ia]d\w*|against|refus\w*|prevent\w*|unable|bann?\w*|prohibit\w*|except|lack\w*|fail\w*|avoid\w*|without)\b",
    regex.I,
)
_COMPARED = regex.compile(r"\b(?P<comp>\p{Ll}{2,}er|(?:more|less) \p{Ll}+) than\b", regex.I)
_CELL = regex.compile(r"\s*;?\s*[^:;()]{1,40}: ")
_NAMED = regex.compile(r"\p{Lu}[\p{L}'’-]+")
_LONG_NAME = regex.compile(r"\p{Lu}[\p{L}'’-]{2,}")
_PRONOUN = regex.compile(r"\b(?:it|he|she|they|its|his|her|their|him|them|this|these)\b", regex.I)
_MANY_ASKED = regex.compile(r"\s*how many\b", regex.I)
_WHEN_ASKED = regex.compile(
    r"\s*(?:when (?:did|does|do|was|were|is|are|will|has|have)|(?:in )?(?:what|which) year)\b", regex.I
)
_YES = regex.compile(r"^\W*yes\b", regex.I)
_NO = regex.compile(r"^\W*no\b[,.]", regex.I)
_WHO_ASKED = regex.compile(r"\s*(?:to |from |of )?(?:who|whom|which|what (?:person|country|city))\b", regex.I)


def false_fact(answer: str, question: str, target: str, evidence: str, language: str = "en") -> str | None:
    """Why `answer` is held false, as a key of `FACT_REASONS`; None where nothing speaks against it.

    Args:
        answer: the parsed answer.
        question: what was asked.
        target: the text of the target, with what names it (header, section, further parts).
        evidence: all that the answering model was shown.
        language: ISO 639-1 code; of other languages than English only the numbers are looked at.
    """
    if language != "en":
        return wrong_number(answer, question, target, evidence) or two_values(answer, question, target)
    clauses = _parts(target)
    told = _around(question, target, clauses)
    checks = (
        _kind_asked(answer, question),
        wrong_number(answer, question, target, evidence),
        wrong_count(answer, question, target),
        two_values(answer, question, target),
        _names(answer, question, target, evidence),
        _polarity(answer, question, target, told),
        _scale(answer, question, target, told),
        wrong_end(answer, question, target),
        _compared(answer, question, target),
        _part(answer, question, clauses),
    )
    return next((reason for reason in checks if reason is not None), None)


def _names(answer: str, question: str, target: str, evidence: str) -> str | None:
    near = {word[:5] for word in words(f"{question} {target}")}

    def known(found: Iterable[str]) -> bool:
        """Whether all words are told; the evidence is long, and only read for what stands nowhere near."""
        far = {word[:5] for word in found} - near
        return not far or far <= {word[:5] for word in words(evidence)}

    for match in _NAMED.finditer(answer):
        folded = words(match[0])
        if not folded or known(folded):
            continue
        if match.start() == 0 and (folded[0] in SPELT or not _named_like(match[0], answer)):
            continue
        if folded[0] in SPELT or folded[0] in _ALLOWED:
            continue
        return "wrong-name"
    asked = {word[:5] for word in words(question)}
    said = [word for word in content_words(answer) if word[:5] not in asked]
    if not said or len(said) > 3 or numbers_of(answer) or set(words(answer)) & _ALLOWED or asks_yes_no(question):
        return None
    last = said[-1]
    if last not in _ALLOWED and len(last) > 3 and not _VERB.search(answer) and not known([last]):
        return "wrong-name"  # a short answer is the fact itself: what it ends with must be told
    names = [w for m in _NAMED.finditer(answer) for w in words(m[0])]
    own = {word[:5] for word in words(target)}
    new = [word for word in names if word[:5] not in asked and word not in _NAME_TITLES]
    theirs = _LONG_NAME.search(target)
    elsewhere = new and theirs and not _PRONOUN.search(target) and not any(word[:5] in own for word in new)
    if elsewhere and _WHO_ASKED.match(question):
        return "wrong-name"  # told elsewhere, while the target names another
    return None


_NAME_TITLES = listed("titles", "facts")
_ALLOWED = listed("allowed", "facts")
"""Words that a short answer may hold though no text does."""


def _named_like(word: str, answer: str) -> bool:
    return len(answer.split()) <= 2


def _kind_asked(answer: str, question: str) -> str | None:
    """Whether "how many" is answered without a quantity, or "when" without a time."""
    if _MANY_ASKED.match(question):
        told = numbers_of(answer) or listed("quantities", "facts") & set(words(answer))
        return None if told else "wrong-kind"
    if _WHEN_ASKED.match(question):
        told = numbers_of(answer) or listed("times", "facts") & set(words(answer))
        return None if told else "wrong-kind"
    return None


def _polarity(answer: str, question: str, target: str, told: str) -> str | None:
    denied = bool(_NEGATED.search(question) or _DENYING.search(question))
    if asks_yes_no(question) and not asks_choice(question):
        return _yes_or_no(answer, question, told, denied=denied)
    if _NO.match(answer):
        return None
    none = _NO_SUCH.search(told)
    if (
        none
        and not denied
        and not _negated(answer)
        and not _lacking(answer)
        and stem(none[1].lower()) in _stems(answer)
    ):
        return "wrong-polarity"
    if not _VERB.search(answer):
        return None
    if _negated(told) and not _negated(answer) and not denied and _shares_negated(answer, told):
        return "wrong-polarity"
    flat = _FLATLY.search(answer)
    if flat and len(words(answer)) > 2 and not _negated(f"{target} {question}") and not _lacking(target):
        return "wrong-polarity"
    return None


def _yes_or_no(answer: str, question: str, told: str, *, denied: bool) -> str | None:
    yes, asked, known = _YES.match(answer), set(words(question)), set(words(told))
    if yes:
        if denied or _NEGATED.search(answer[yes.end() :]):
            return None
        if "only" in known and asked & {"every", "all", "always", "everywhere", "any"}:
            return "wrong-polarity"
        if known & _DENIALS - asked:
            return "wrong-polarity"
        opposite = "only" in known and any(
            side & asked and not side & known and any(other & known for other in scale)
            for scale in _SCALES
            for side in scale
        )
        return "wrong-polarity" if _negated(told) or opposite else None
    if not _NO.match(answer) and _negated(told) and not denied and not _negated(answer):
        return "wrong-polarity" if len(words(answer)) > 3 and _shares_negated(answer, told) else None
    return None


_DENIALS = listed("denials", "facts")


def _compared(answer: str, question: str, target: str) -> str | None:
    """ "The females are larger than the males" -> not "The males are larger"."""
    told = _COMPARED.search(target)
    if told is None:
        return None
    before, behind = _stems(target[: told.start()]), _stems(target[told.end() :])
    one, other = before - behind, behind - before
    said = _COMPARED.search(answer)
    comp = told["comp"].lower()
    if said and said["comp"].lower() == comp:
        ahead, after = _stems(answer[: said.start()]), _stems(answer[said.end() :])
        return "wrong-quantity" if (ahead & other and not ahead & one) or (after & one and not after & other) else None
    short = regex.search(rf"\b{regex.escape(comp)}\b", answer, regex.I)
    if not short and not regex.search(rf"\b{regex.escape(comp)}\b", question, regex.I):
        return None
    mine = _stems(answer[: short.start()] if short else answer)
    return "wrong-quantity" if mine & other and not mine & one else None


def _negated(text: str) -> bool:
    return bool(_NEGATED.search(text))


def _lacking(text: str) -> bool:
    return bool(_NEGATION & set(words(text))) or bool(_LACKING.search(text))


def _shares_negated(answer: str, told: str) -> bool:
    """Whether `answer` says, without the negation, what `told` denies: the word behind the negation or its stem."""
    stems = {stem(word) for word in content_words(answer)}
    for match in _NEGATED.finditer(told):
        behind = content_words(told[match.end() : match.end() + 60])[:2]
        if behind and match[0].lower() in ("no", "neither", "none"):
            behind = content_words(told[match.end() :])[:3]
        if any(stem(word) in stems for word in behind):
            return True
    return False


def _scale(answer: str, question: str, target: str, told: str) -> str | None:
    said, known = set(words(answer)), set(words(target))
    asked = set(words(question))
    for scale in _SCALES if said & _IN_SCALES and known & _IN_SCALES else ():
        mine = [i for i, side in enumerate(scale) if side & said]
        theirs = [i for i, side in enumerate(scale) if side & known]
        if len(mine) != 1 or not theirs or mine[0] in theirs:
            continue
        if "than" in known and any(word.endswith("er") for word in scale[mine[0]]):
            continue  # "They are smaller" may turn a comparison round; `_compared` looks at those
        if scale[mine[0]] & asked and not (asks_choice(question) and any(scale[i] & asked for i in theirs)):
            continue
        if _NO.match(answer) and scale[mine[0]] & {"no", "none"}:
            continue
        if scale[mine[0]] & {"none", "no"} and (_negated(told) or (asks_yes_no(question) and said & {"no"})):
            continue
        return "wrong-quantity"
    if said & {"none", "nobody", "nothing"} and len(said) < 4 and not _negated(told) and numbers_of(told):
        return "wrong-quantity"
    mine_bound = {bool(match[1]) for match in _BOUNDS.finditer(answer)}
    told_bound = {bool(match[1]) for match in _BOUNDS.finditer(told)} or {bool(m[1]) for m in _BOUNDS.finditer(target)}
    if len(mine_bound) == 1 and len(told_bound) == 1 and mine_bound != told_bound:
        return "wrong-quantity"
    return None


@lru_cache(maxsize=1024)
def _parts(target: str) -> tuple[str, ...]:
    """The clauses of a target, the cells of a row."""
    cut: list[str] = []
    place = 0
    for match in _CLAUSES.finditer(target):
        if match.start() <= place:
            continue
        cut.append(target[place : match.start()])
        place = match.start()
    cut.append(target[place:])
    return tuple(part for part in cut if words(part))


def _around(question: str, target: str, clauses: tuple[str, ...]) -> str:
    """The clause that the question asks about; the whole target where several fit as well."""
    fits = [len(_unique(part, clauses) & _stems(question)) for part in clauses]
    best = max(fits, default=0)
    if best and fits.count(best) == 1:
        return clauses[fits.index(best)]
    return target


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}


def _unique(part: str, clauses: tuple[str, ...]) -> set[str]:
    """Stems that stand in this clause alone."""
    others = {stem for other in clauses if other is not part for stem in _stems(other)}
    return _stems(part) - others


def _part(answer: str, question: str, clauses: tuple[str, ...]) -> str | None:
    """Whether the answer stands only in clauses that the question does not ask about, and another one it does.

    Cells of a row are told apart by their column. Of prose, only two parallel clauses are ("built of limestone in
    1240, the west gate of brick about 1390"): in longer sentences, commas do not show what belongs together.
    """
    row = len(clauses) > 1 and sum(_CELL.match(part) is not None for part in clauses) * 2 > len(clauses)
    if len(clauses) < 2 or (not row and len(clauses) > 2):
        return None
    asked = _stems(question)
    said = _facts(answer, asked)
    if not said:
        return None
    held = [said <= _facts_of(part) for part in clauses]
    if not any(held) or all(held):
        return None
    if _swapped(set(words(question)), held, clauses) or another_did(question, held, clauses):
        return "wrong-part"
    shared = set() if row else _subject(clauses)
    fits = [len((_titled(part, clauses) if row else _unique(part, clauses) - shared) & asked) for part in clauses]
    if row and not held[0]:
        fits[0] = 0  # the first cell names the row, whatever is asked of it
    mine = max(fit for fit, has in zip(fits, held, strict=True) if has)
    best = max((fit for fit, has in zip(fits, held, strict=True) if not has), default=0)
    if mine or not best:
        return None
    rival = clauses[next(i for i, (fit, has) in enumerate(zip(fits, held, strict=True)) if fit == best and not has)]
    own = clauses[held.index(True)]
    return "wrong-part" if row or _parallel(said, own, rival, question) else None


def _swapped(asked: set[str], held: list[bool], clauses: tuple[str, ...]) -> bool:
    """Whether the question names one side of a scale ("the last"), and the answer stands in the clause of the other."""
    told = [set(words(part)) for part in clauses]
    for scale in _SCALES:
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
    return _stems(first.subject)


def _titled(cell: str, clauses: tuple[str, ...]) -> set[str]:
    """Stems of a cell's column; those of the cell alone where it has none."""
    return _stems(cell.split(": ", 1)[0]) if ": " in cell else _unique(cell, clauses)


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
    stems = {stem for stem in _stems(text) if stem not in asked and not stem[:1].isdigit() and fold(stem) not in SPELT}
    return numbers | {stem for stem in stems if stem not in UNITS}


def _facts_of(clause: str) -> set[str]:
    return {number.value for number in numbers_of(clause)} | _stems(clause)
