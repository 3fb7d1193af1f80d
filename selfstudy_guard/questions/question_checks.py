"""The checks that a question must pass, each with a counted reason and feedback for the next try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import regex
from rapidfuzz import fuzz

from selfstudy_guard.attribution.terms import canonical, words
from selfstudy_guard.questions.anchor import Attributes, check_anchor
from selfstudy_guard.questions.answers import grounded
from selfstudy_guard.questions.duplicates import NearDuplicates
from selfstudy_guard.questions.gaps import ASKING as GAP_WORDS
from selfstudy_guard.questions.gaps import GAP
from selfstudy_guard.questions.numbers import stem
from selfstudy_guard.questions.prompts import Prompts
from selfstudy_guard.questions.styles import is_plain, style_named
from selfstudy_guard.questions.wording import (
    asks,
    asks_choice,
    asks_yes_no,
    content_words,
    markup_words,
    needs_passage,
    other_language,
    title_of,
)
from selfstudy_guard.records import Target, Verdict

_ASKING = (
    "what which who how many much long often number name kind type sort way mean means happens happened used use done "
    "made purpose reason example called part parts list table make sum up summarise give rule thumb write line slogan "
    "compare put follows know need must check explain describe year date day month time place person people country "
    "city age percentage share amount company material colour color distance event size edge " + GAP_WORDS
)
"""Words that ask; they bring nothing in."""
_ASKING_WORDS = frozenset(_ASKING.split())
_LONGEST = 600
"""Characters that a question may have at most."""
_COPY = 88.0
"""Similarity (rapidfuzz ratio, 0 to 100) from which a question is a copy of a prompt's example."""

REASONS = {
    "empty": "the reply held no question",
    "no-question": "no question, where the style wants one",
    "too-short": "too short to ask about anything",
    "too-long": "longer than any question",
    "oversized": "a reply far longer than any question",
    "needs-passage": "only makes sense with the passage in hand",
    "markup": "talks about markup instead of content",
    "language": "another language than the text",
    "contains-answer": "gives its own answer away",
    "twofold": "asks two things at once",
    "repeats": "says the same words again and again",
    "prompt-copy": "copies an example of the prompt",
    "invented": "brings in things that the text does not speak of",
    "vague": "names too little of what it asks about",
    "not-in-document": "not about this document",
    "off-target": "about another part of the document",
    "artefact": "about something that is not content",
    "misses-part": "does not need every part that it is tied to",
    "duplicate": "nearly the same as an accepted question",
}
"""Every reason for which a question is refused, in words."""
_WORD_SIGN = regex.compile(r"\w")
_BETWEEN = regex.compile(r"\b(?:between|among|which of)\b", regex.I)
_TWOFOLD = regex.compile(
    r"\w,? and (?:what|who|when|where|which|how|why) (?:is|are|was|were|do|does|did|has|have|had|can|many|much|long)\b",
    regex.I,
)
"""One of 1,190 human questions of XQuAD asks so."""
_HOW_MANY = regex.compile(r"\s*+how many (?:\w+ ){0,2}?(\w{3,})\b", regex.I)


def check_question(
    text: str,
    target: Target,
    index: Attributes,
    *,
    style: str = "factual",
    accepted: NearDuplicates | None = None,
    prompts: Prompts | None = None,
    answer: str | None = None,
    context: str = "",
    near: float | None = None,
) -> Verdict:
    """Whether `text` is a good question about `target`.

    Args:
        text: one candidate, as parsed.
        target: what it must ask about.
        index: attribution over all targets of the document.
        style: the style it was asked in.
        accepted: questions that were accepted before; a near-duplicate of one is refused.
        prompts: the prompts in use; copies of their examples are refused.
        answer: the answer where it is known already; the question must not contain it.
        context: text round the target, which settles what language and words the document uses.
        near: passed on to `check_anchor`; where None, the prompts decide for questions that they asked for.

    Returns:
        The verdict; refusals carry a reason of `REASONS` and feedback for the model.
    """
    refused = _check_form(text, target, style, context or target.text)
    if refused is None and answer is not None and contains_answer(text, answer):
        refused = _refused("contains-answer", "It gives its answer away: ask for the fact without stating it.")
    if refused is None and prompts is not None and copies_example(text, target, prompts):
        refused = _refused("prompt-copy", "It repeats an example of the instructions: ask about the quoted part.")
    if refused is None and prompts is not None and borrows(text, target, context, prompts):
        refused = _refused("prompt-copy", "It speaks of an example of the instructions: ask about the quoted part.")
    if refused is None and prompts is not None and is_vague(text, target, prompts.shared_words):
        refused = _refused("vague", "It is too general: name what the quoted part is about, in its own words.")
    if refused is None and prompts is not None and brings_in(text, target, context, prompts, style):
        refused = _refused("invented", "It brings in things that the text does not speak of: keep to the quoted part.")
    if refused is not None:
        return refused
    if near is None and prompts is not None:
        near = prompts.near
    verdict = check_anchor(text, target, index, answer=answer, near=near)
    if verdict.accepted and accepted is not None and accepted.find(text) is not None:
        return check_duplicate(text, accepted).model_copy(update={"footprint": verdict.footprint})
    return verdict


def check_duplicate(text: str, accepted: NearDuplicates) -> Verdict:
    """Whether `text` is new among the accepted questions."""
    if accepted.find(text) is None:
        return Verdict(accepted=True)
    return _refused("duplicate", "It nearly repeats an earlier question: ask about something else in the quoted part.")


def contains_answer(question: str, answer: str) -> bool:
    """Whether `question` states its own answer: all of it, word by word, and not as one of several to choose from."""
    said = content_words(answer)
    if not said:
        return False
    if len(said) == 1 and len(said[0]) < 4:
        return False
    if asks_yes_no(question) or asks_choice(question) or _BETWEEN.search(question):
        return False
    if len(said) == 1 and len(said[0]) > 5 and any(word[:5] == said[0][:5] for word in content_words(question)):
        return True  # "What was the achievement of Hansen?" is not answered with "achieved"
    stated, asked = canonical(answer).strip(), canonical(question)
    if f" {stated} " in asked:
        return True
    return f" {' '.join(map(stem, stated.split()))} " in f" {' '.join(map(stem, asked.split()))} "  # "1,500 watts"


def is_vague(question: str, target: Target, least: int) -> bool:
    """Whether `question` shares fewer than `least` content words with its target, where it could share more."""
    if not least:
        return False
    stems = {word[:5] for part in (target, *target.also) for word in content_words(f"{part.lead} {part.text}")}
    stems |= {word[:5] for heading in target.section for word in content_words(heading)}
    asked = {word[:5] for word in content_words(question)}
    shared = len(asked & stems)
    if shared >= least:
        return False
    # A definition is asked for with the one word that it defines, at the beginning of its sentence.
    first = content_words(target.text)[:2]
    return not (shared == len(asked) >= 1 and any(word[:5] in asked for word in first))


def brings_in(question: str, target: Target, context: str, prompts: Prompts, style: str) -> bool:
    """Whether too many content words of `question` stand neither in its target nor round it, as the style allows."""
    least = prompts.styles[style].question_grounding if style in prompts.styles else None
    if least is None:
        return False
    told = [title_of(target.document_id), context, target.text, target.lead, *target.section]
    known = " ".join([*told, *(part.text for part in target.also)])
    return grounded(question, _ASKING, known) < least


def copies_example(text: str, target: Target, prompts: Prompts) -> bool:
    """Whether `text` is nearly an example question of the prompts, and the target is not what the example was about."""
    folded = canonical(text)
    own = set(content_words(target.text))
    for example in prompts.example_questions:
        if fuzz.ratio(folded, canonical(example), score_cutoff=_COPY):
            said = set(content_words(example))
            if len(said & own) * 2 <= len(said):
                return True
    return False


def borrows(text: str, target: Target, context: str, prompts: Prompts) -> bool:
    """Whether `text` speaks of what an example of the prompts is about, and the document does not: "the choir"."""
    lent = (prompts.example_subjects - _ASKING_WORDS) & {word.removesuffix("s") for word in content_words(text)}
    if not lent:
        return False
    known = " ".join([title_of(target.document_id), context, target.text, target.lead, *target.section])
    return bool(lent - {word.removesuffix("s") for word in content_words(known)})


def _check_form(text: str, target: Target, style: str, context: str) -> Verdict | None:
    for check in _FORM:
        refused = check(text, target, style, context)
        if refused is not None:
            return refused
    return None


def _empty(text: str, target: Target, style: str, context: str) -> Verdict | None:
    if not _WORD_SIGN.search(text):
        return _refused("empty", "The reply held no question.")
    if not content_words(text):
        return _refused("too-short", "It is too short: name what you ask about.")
    if len(text) > _LONGEST:
        return _refused("too-long", "It is too long: write one question in one sentence.")
    return None


def _no_question(text: str, target: Target, style: str, context: str) -> Verdict | None:
    if style_named(style).question and not asks(text):
        return _refused("no-question", "It is not a question: write one question that ends with a question mark.")
    return None


def _passage(text: str, target: Target, style: str, context: str) -> Verdict | None:
    if needs_passage(text):
        feedback = "It only makes sense with the text in hand: name what you ask about, without words such as 'this'."
        return _refused("needs-passage", feedback)
    return None


def _markup(text: str, target: Target, style: str, context: str) -> Verdict | None:
    found = markup_words(text)
    if found and not found <= markup_words(f"{target.lead} {target.text} {' '.join(target.section)}"):
        return _refused("markup", "It talks about layout or markup: ask about what the text says.")
    return None


def _repeats(text: str, target: Target, style: str, context: str) -> Verdict | None:
    said = words(text)
    runs = Counter(zip(said, said[1:], said[2:], strict=False))
    twice = [one for one, other in pairwise(said) if one == other and not one.isdigit()]
    told = canonical(target.text)
    if max(runs.values(), default=0) > 1 or (twice and f" {twice[0]} {twice[0]} " not in told):
        return _refused("repeats", "It says the same words again and again: write one short question.")
    return None


def _twofold(text: str, target: Target, style: str, context: str) -> Verdict | None:
    if is_plain(style) and not target.also and _TWOFOLD.search(text):  # of two targets, two things are asked
        return _refused("twofold", "It asks two things at once: ask for one.")
    return None


def _counts_counted(text: str, target: Target, style: str, context: str) -> Verdict | None:
    asked = _HOW_MANY.match(text)
    if asked and regex.search(rf"\d[\d.,]*(?: \w+)? {regex.escape(asked[1])}", text, regex.I):
        return _refused("contains-answer", "It gives its answer away: ask for the number without stating it.")
    return None


def _language(text: str, target: Target, style: str, context: str) -> Verdict | None:
    if other_language(text, context):
        return _refused("language", "It is in another language: write it in the language of the quoted part.")
    return None


def _statement(text: str, target: Target, style: str, context: str) -> Verdict | None:
    said = content_words(target.text)
    if len(said) < 5 or GAP in text:  # a gap question is the quoted part but for what it asks for
        return None
    asked = set(content_words(text))
    kept = sum(word in asked for word in said)
    if kept >= 0.9 * len(said) and style_named(style).question:
        return _refused("contains-answer", "It repeats the quoted part whole: ask for one fact and leave it out.")
    return None


_FORM: tuple[Callable[[str, Target, str, str], Verdict | None], ...] = (
    _empty,
    _no_question,
    _passage,
    _markup,
    _language,
    _repeats,
    _twofold,
    _counts_counted,
    _statement,
)


def _refused(reason: str, feedback: str) -> Verdict:
    return Verdict(accepted=False, reason=reason, feedback=feedback)
