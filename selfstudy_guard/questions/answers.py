"""The checks that an answer must pass: something is there, it is whole, and nothing that was filtered out is back."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import regex
from rapidfuzz import fuzz

from selfstudy_guard.attribution.terms import canonical, is_unspaced, words
from selfstudy_guard.documents.language import guess_language
from selfstudy_guard.files import shipped_patterns
from selfstudy_guard.questions.answer_forms import FORM_REASONS, wrong_form
from selfstudy_guard.questions.english import listed
from selfstudy_guard.questions.fact_checks import FACT_REASONS, false_fact
from selfstudy_guard.questions.gaps import fills_gap
from selfstudy_guard.questions.numbers import SPELT, UNITS, values_of
from selfstudy_guard.questions.parsing import parse_answer
from selfstudy_guard.questions.prompts import Prompts
from selfstudy_guard.questions.reply_cleanup import names_passage
from selfstudy_guard.questions.styles import is_plain
from selfstudy_guard.questions.wording import asks_choice, asks_yes_no, content_words, in_words
from selfstudy_guard.records import AnswerForm, Evidence, Question, Reply, Target, Verdict

ANSWER_REASONS = {
    "empty": "no answer",
    "refused": "the model declined to answer",
    "unanswerable": "the model says that the evidence does not tell",
    "truncated": "cut off by the token limit: raise max_tokens (--model-option max_tokens=N)",
    "oversized": "far longer than any answer",
    "content-filter": "held back by the provider's content filter",
    "leak": "repeats text that the filter took out",
    "garbled": "holds replacement characters or control tokens of a chat template",
    "echo": "repeats the prompt or the question instead of answering",
    "needs-passage": "points at the passage, which its reader does not have",
    "ungrounded": "says what the evidence does not say",
    "off-target": "with its answer, the pair is about another part of the document",
    **FACT_REASONS,
    **FORM_REASONS,
}
"""Every reason for which an answer is refused, in words."""

_PATTERNS = shipped_patterns("selfstudy_guard.questions", "answers.toml")
_REFUSED = regex.compile(_PATTERNS["refused"], regex.I)
_UNANSWERABLE = regex.compile(_PATTERNS["unanswerable"], regex.I)
_SHOUT = regex.compile(r"https?://[^\s\"'<>()]+|\b(?=\w*\d)(?=\w*\p{L})\w{4,}\b|\b\p{Lu}[\p{Lu}\d_-]{3,}\b")
_IGNORED = frozenset(SPELT) | frozenset(UNITS) | listed("allowed", "facts") | listed("negation", "facts")
"""Words that need not stand in the evidence: numbers are compared by value, and "no" may say what "not" says."""
_HAVING = listed("having", "facts")
"""An answer in a sentence says "has" where the evidence says "of" or "with"."""
_RUN = 6
"""Words in a row from a removed passage that make a leak."""
_WORD_SIGN = regex.compile(r"\w")
_GARBLED = regex.compile(
    r"\ufffd|<\|[a-z][a-z0-9_]{0,40}\|>|</?(?:start_of_turn|end_of_turn)>|\[/?INST\]|<</?SYS>>", regex.I
)
"""What a broken decoder or a wrong chat template leaves in a reply: trained on, it would teach them."""
_LABEL_FIRST = regex.compile(r"^\W*+(?:question|passage|text|evidence|context|document)\s*+:", regex.I)


def check_answer(
    reply: Reply | str,
    question: Question | str,
    evidence: Evidence | str,
    *,
    text: str | None = None,
    prompts: Prompts | None = None,
    style: str = "factual",
    grounding: float | None = None,
    target: Target | None = None,
    form: AnswerForm | None = None,
) -> Verdict:
    """Whether a reply answers the question from the evidence.

    Args:
        reply: what the model said; a string counts as finished.
        question: the accepted question.
        evidence: what the model was shown, with what the filter took out.
        text: the parsed answer, where the caller has it; parsed from the reply otherwise.
        prompts: the prompts in use; a repeated example answer is refused.
        style: the style that the question was asked in.
        grounding: share (0 to 1) of the answer's content words that evidence and question must hold; where None, the
            prompts decide.
        target: what the question is tied to; numbers, names, negation and quantity of an answer in a plain style must
            be those that it tells. None does not look.
        form: the form that was asked for; None takes any.

    Returns:
        The verdict; refusals carry a reason of `ANSWER_REASONS` and feedback for the model.
    """
    raw = reply.text if isinstance(reply, Reply) else reply
    finish = reply.finish_reason if isinstance(reply, Reply) else "stop"
    asked = question.text if isinstance(question, Question) else question
    shown = evidence.text if isinstance(evidence, Evidence) else evidence
    answer = parse_answer(raw) if text is None else text
    if finish == "content_filter":
        return _refused("content-filter", "")
    if finish == "length":
        return _refused("truncated", "The answer was cut off: answer in fewer words.")
    if not _WORD_SIGN.search(answer):
        return _refused("empty", "The reply held no answer: answer the question in one or two sentences.")
    if isinstance(evidence, Evidence) and leaks(answer, evidence, asked):
        return _refused("leak", "It holds text that is not part of the passage: answer from the passage only.")
    if any(match[0] not in shown for match in _GARBLED.finditer(answer)):
        return _refused("garbled", "It holds characters that are not text: answer in plain words.")
    if _REFUSED.match(answer):
        return _refused("refused", "The question is harmless and the passage answers it: give the answer.")
    if _UNANSWERABLE.match(answer) and not _UNANSWERABLE.search(shown):
        return _refused("unanswerable", "The passage does answer it: look again, and answer from the passage.")
    if names_passage(answer, shown):
        return _refused("needs-passage", "It speaks of the passage or text: state the fact itself, without naming it.")
    if echoes(answer, asked, shown, prompts):
        return _refused("echo", "It repeats the question or the instructions: give only the answer.")
    if grounding is None and prompts is not None and style in prompts.styles:
        grounding = prompts.styles[style].grounding
    if grounding is not None and grounded(answer, asked, shown) < grounding:
        return _refused("ungrounded", "It says what the passage does not say: use the words of the passage.")
    if is_plain(style) and form is not None and (refused := wrong_form(answer, asked, shown, form)):
        return refused
    return refused_fact(answer, asked, target, shown, style) or Verdict(accepted=True)


def refused_fact(answer: str, question: str, target: Target | None, shown: str, style: str) -> Verdict | None:
    """The refusal of an answer to a plain question that is false of its target; None where nothing speaks against it.

    Of several targets together nothing is sure, and styles that ask for more than a fact say it in other words.
    """
    if target is None or target.also or not is_plain(style):
        return None
    told = in_words(target) if target.kind == "table_row" else f"{target.lead} {target.text}".strip()
    if fills_gap(question, answer, target.text):
        return (
            None  # the rules read the clause for what it says elsewhere: "less active than ____" compares nothing new
        )
    reason = false_fact(answer, question, told, f"{shown} {' '.join(target.section)}", guess_language(shown[:2000]))
    return None if reason is None else _refused(reason, _FALSE[reason])


_FALSE = {
    "wrong-number": "Its number is not what the passage tells of this: look for the number that was asked for.",
    "wrong-unit": "Its number has another unit than the passage: copy number and unit together.",
    "two-values": "One value was asked for: give only that one.",
    "wrong-name": "It names what the passage does not name: use the words of the passage.",
    "wrong-polarity": "The passage says the opposite: look for 'not', 'no' or 'never'.",
    "wrong-quantity": "The passage gives another quantity or order: copy its words.",
    "wrong-kind": "It gives no number or time, which was asked for.",
    "wrong-part": "It answers from another part of the sentence than the one that was asked about.",
}


def leaks(answer: str, evidence: Evidence, question: str = "") -> bool:
    """Whether `answer` repeats what the filter took out of `evidence` and what stands nowhere else in it.

    A run of six words (twelve characters in scripts without spaces) counts, a whole shorter passage of at least two
    words, and a single token that no prose has (a link, letters with digits, capitals), since that is how planted
    canaries look.
    """
    if not evidence.findings:
        return False
    said, kept = _units(answer), _units(f"{evidence.text}\n{question}")
    for finding in evidence.findings:
        if finding.action == "flagged":
            continue
        for passage in filter(None, (finding.quote, finding.decoded)):
            if _shares_run(_units(passage), said, kept) or _token_of(passage, answer, f"{evidence.text}\n{question}"):
                return True
    return False


def _units(text: str) -> list[str]:
    """The folded words of `text`; single characters in scripts without spaces."""
    return [unit for word in words(text) for unit in (word if is_unspaced(word) else (word,))]


def _shares_run(passage: list[str], said: list[str], kept: list[str]) -> bool:
    """Whether `said` repeats a run of `passage` that `kept` does not hold."""
    characters = sum(is_unspaced(unit) for unit in passage) * 2 > len(passage)
    least, usual = (6, 2 * _RUN) if characters else (2, _RUN)
    if len(passage) < least:
        return False
    length = min(usual, len(passage))
    return bool(_runs(passage, length) & _runs(said, length) - _runs(kept, length))


def _runs(units: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(units[start : start + length]) for start in range(len(units) - length + 1)}


def _token_of(passage: str, answer: str, kept: str) -> bool:
    return any(token in answer and token not in kept for token in set(_SHOUT.findall(passage)))


def echoes(answer: str, question: str, evidence: str, prompts: Prompts | None = None) -> bool:
    """Whether `answer` only repeats the question, a template's labels or an example of the prompts."""
    said = canonical(answer)
    if fuzz.ratio(said, canonical(question)) >= 90 and not _tells(answer, question, evidence):
        return True
    if _LABEL_FIRST.match(answer):
        return True
    if answer.rstrip().endswith("?") and len(words(answer)) > 3 and answer.strip() not in evidence:
        return True
    if says_nothing_new(answer, question):
        return True
    if prompts is None:
        return False
    templates = (prompts.answer.system, prompts.answer.user)
    if any(line in said for text in templates for line in _long_lines(text, 5)):
        return True
    return any(
        known in said and known not in canonical(evidence)
        for example in prompts.example_answers
        for known in _long_lines(" ".join(example.split()), 3)
    )


def _tells(answer: str, question: str, evidence: str) -> bool:
    """Whether a statement holds a content word or number of the evidence that the question did not say: its answer."""
    told, asked = _told(evidence), _told(question)
    new = {word for word in content_words(answer) if word in told.words and not _held(word, asked)}
    found = new or (values_of(answer) - values_of(question)) & values_of(evidence)
    return bool(found) and not answer.rstrip().endswith("?")


@lru_cache(maxsize=1024)
def _long_lines(text: str, more_than: int) -> tuple[str, ...]:
    """Canonical forms of the lines of a prompt with more words than that; prompts are few and asked about often."""
    return tuple(canonical(line) for line in text.splitlines() if len(words(line)) > more_than)


def says_nothing_new(answer: str, question: str) -> bool:
    """Whether a whole-sentence answer holds no content word that the question did not say (and none to choose from)."""
    if asks_yes_no(question) or asks_choice(question):
        return False
    said = content_words(answer)
    return len(said) >= 3 and {word[:5] for word in said} <= {word[:5] for word in content_words(question)}


def grounded(answer: str, question: str, evidence: str) -> float:
    """Share of the content words of `answer` that `evidence` or `question` hold, by word or by first five letters.

    A number that neither holds, in digits or in words, makes it 0.
    """
    if not values_of(answer) <= values_of(evidence) | values_of(question):
        return 0.0
    said = [word for word in content_words(answer) if not word[0].isdigit() and word not in _IGNORED]
    if not said:
        return 1.0
    told = _told(evidence), _told(question)

    return sum(word in _HAVING or any(_held(word, one) for one in told) for word in said) / len(said)


class _Told(NamedTuple):
    """The content words of a text, their first five letters, and those without their endings."""

    words: frozenset[str]
    stems: frozenset[str]
    bases: frozenset[str]


@lru_cache(maxsize=64)
def _told(text: str) -> _Told:
    """Remembered, since many tries are held against one evidence."""
    found = frozenset(content_words(text))
    return _Told(found, frozenset(word[:5] for word in found), frozenset(map(_base, found)))


def _held(word: str, told: _Told) -> bool:
    return word in told.words or word[:5] in told.stems or _base(word) in told.bases


def _base(word: str) -> str:
    """A short word without its ending: "die" and "died" are one. Long ones are compared by their first letters."""
    if len(word) > 6:
        return word
    return next((word[: -len(end)] for end in ("ing", "ed", "es", "s", "e") if word.endswith(end)), word)


def _refused(reason: str, feedback: str) -> Verdict:
    return Verdict(accepted=False, reason=reason, feedback=feedback)
