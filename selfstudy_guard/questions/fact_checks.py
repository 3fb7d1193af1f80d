"""Whether an answer says what its target says: numbers, units, names, negation, quantity, and the right clause.

Word grounding passes "10.00 to 15.00 pounds" and "they had different birds", since every word stands in the text. Here
the answer is held against the target: its numbers and names must stand there, a number keeps its unit, a negation
stays one, a word of a scale ("most", "last", "northern") is not swapped for another, and what is answered stands in
the clause or the cell that the question asks about. Only what is sure is refused; English word lists, numbers in every
language. Measured on 170 answers labelled by hand (half of them were not looked at) and on the human answers of XQuAD.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from selfstudy_guard.attribution.terms import words
from selfstudy_guard.questions.clause_facts import SCALES, around, parts_of, stems_of, wrong_part
from selfstudy_guard.questions.english import listed
from selfstudy_guard.questions.numbers import (
    SPELT,
    numbers_of,
    stem,
    two_values,
    wrong_count,
    wrong_end,
    wrong_number,
)
from selfstudy_guard.questions.shared_verb import wrong_half, wrong_measure, wrong_rank
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
_EVERY = frozenset("every each all always everywhere everybody everyone any".split())
_AS_MUCH = regex.compile(r"\bas \p{Ll}+ as\b", regex.I)
_CONTRAST = regex.compile(
    r"(?:,? not|,? never|\brather than|\binstead of|\bunlike) "
    r"((?:by|in|on|at|for|from|to|with|the|an?)\b[^,.;:]{3,60})",
    regex.I,
)
"""What is denied of a part of a sentence: "by weight, not by the hour"."""
_IN_SCALES = frozenset(word for scale in SCALES for side in scale for word in side)
_BOUNDS = regex.compile(
    r"""
    \b(?:
            (at\ least|no\ less\ than|not\ less\ than|more\ than|over|above|minimum\ of)
          | (at\ most|up\ to|no\ more\ than|not\ more\ than|fewer\ than|less\ than|under|below|maximum\ of)
        )\b
    """,
    regex.I | regex.X,
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
    clauses = parts_of(target)
    told = around(question, target, clauses)
    half = wrong_half(answer, question, target)
    if half:
        return "wrong-part"
    if wrong_measure(answer, question, target):
        return "wrong-number"
    if wrong_rank(answer, question, target):
        return "wrong-quantity"
    right_half = half is False  # its numbers stand there, with a unit that the first half tells
    checks = (
        _kind_asked(answer, question),
        None if right_half else wrong_number(answer, question, target, evidence),
        None if right_half else wrong_count(answer, question, target),
        two_values(answer, question, target),
        _names(answer, question, target, evidence),
        _polarity(answer, question, target, told),
        _scale(answer, question, target, told),
        wrong_end(answer, question, target),
        _compared(answer, question, target),
        None if right_half else wrong_part(answer, question, target, clauses),
        _contrasted(answer, question, target),
    )
    return next((reason for reason in checks if reason is not None), None)


def _names(answer: str, question: str, target: str, evidence: str) -> str | None:
    near = {word[:5] for word in words(f"{question} {target}")}

    def known(found: Iterable[str]) -> bool:
        """Whether all words are told; the evidence is long, and only read for what stands nowhere near."""
        far = {word[:5] for word in found if len(word) > 1} - near  # "Stang's" is two words
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
        and stem(none[1].lower()) in stems_of(answer)
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
            for scale in SCALES
            for side in scale
        )
        return "wrong-polarity" if _negated(told) or opposite else None
    if not _NO.match(answer) and _negated(told) and not denied and not _negated(answer):
        return "wrong-polarity" if len(words(answer)) > 3 and _shares_negated(answer, told) else None
    return None


_DENIALS = listed("denials", "facts")


def _contrasted(answer: str, question: str, target: str) -> str | None:
    """ "paid by weight, not by the hour" -> not "by the hour"."""
    if _NEGATED.search(question) or _DENYING.search(question) or asks_yes_no(question) or _negated(answer):
        return None
    said = stems_of(answer) - stems_of(question)
    for match in _CONTRAST.finditer(target):
        if said and said <= stems_of(match[1]) - stems_of(target[: match.start()] + target[match.end() :]):
            return "wrong-polarity"
    return None


def _compared(answer: str, question: str, target: str) -> str | None:
    """ "The females are larger than the males" -> not "The males are larger"."""
    told = _COMPARED.search(target)
    if told is None:
        return None
    before, behind = stems_of(target[: told.start()]), stems_of(target[told.end() :])
    one, other = before - behind, behind - before
    said = _COMPARED.search(answer)
    comp = told["comp"].lower()
    if said and said["comp"].lower() == comp:
        ahead, after = stems_of(answer[: said.start()]), stems_of(answer[said.end() :])
        return "wrong-quantity" if (ahead & other and not ahead & one) or (after & one and not after & other) else None
    short = regex.search(rf"\b{regex.escape(comp)}\b", answer, regex.I)
    if not short and not regex.search(rf"\b{regex.escape(comp)}\b", question, regex.I):
        return None
    mine = stems_of(answer[: short.start()] if short else answer)
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
    for scale in SCALES if said & _IN_SCALES and known & _IN_SCALES else ():
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
    if (said & _EVERY and "only" in known and not known & _EVERY) or ("only" in said and set(words(told)) & _EVERY):
        return None if asks_yes_no(question) or ("only" in known and "only" in said) else "wrong-quantity"
    if _AS_MUCH.search(target) and regex.search(r"\bthan\b", answer) and not regex.search(r"\bthan\b", target):
        return "wrong-quantity"
    mine_bound = {bool(match[1]) for match in _BOUNDS.finditer(answer)}
    told_bound = {bool(match[1]) for match in _BOUNDS.finditer(told)} or {bool(m[1]) for m in _BOUNDS.finditer(target)}
    if len(mine_bound) == 1 and len(told_bound) == 1 and mine_bound != told_bound:
        return "wrong-quantity"
    return None
