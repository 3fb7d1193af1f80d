"""Gap questions: what belongs in the gap of a clause of the target; the last resort when a model writes no good one.

A gap question is made by rule, in the words of the target, so it is understood without the text, has one answer, and
asks about its target alone. Records say of it `question.origin == "gap"`: it can be told from what a model wrote.
"""

from __future__ import annotations

import re

from selfstudy_guard.attribution.terms import canonical, is_unspaced, words
from selfstudy_guard.questions.english import listed
from selfstudy_guard.questions.numbers import SPELT
from selfstudy_guard.questions.wording import content_words, in_words
from selfstudy_guard.records import Target

GAP = "____"
_ASKED = {
    "en": "What belongs in the gap: “{}”?",
    "de": "Was gehört in die Lücke: „{}“?",
    "es": "¿Qué falta en el hueco: «{}»?",
    "fr": "Que faut-il mettre dans le trou : « {} » ?",
    "it": "Che cosa manca nello spazio vuoto: «{}»?",
    "pt": "O que falta na lacuna: «{}»?",
    "nl": "Wat hoort in de open plek: “{}”?",
    "pl": "Co należy wpisać w lukę: „{}”?",
    "ru": "Что пропущено: «{}»?",
    "zh": "空白处应填什么：“{}”？",
    "ja": "空欄に入るのは何ですか：「{}」？",
    "ko": "빈칸에 들어갈 말은 무엇입니까: “{}”?",
    "ar": "ما الكلمة الناقصة: «{}»؟",
    "hi": "रिक्त स्थान में क्या आएगा: “{}”?",
    "tr": "Boşluğa ne gelmelidir: “{}”?",
    "vi": "Từ nào còn thiếu: “{}”?",
}
ASKING = " ".join(template.format("") for template in _ASKED.values())
"""What gap questions say besides the words of their target."""
_QUOTE_MARKS = re.compile("[\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d]")
_DANGLING = re.compile(
    r"(?:it|its|they|their|he|his|she|her|this|these|those|such|er|sie|es|il|elle|ils|él|ella)\b", re.IGNORECASE
)
_KINDS = ("sentence", "list_item", "table_row", "definition", "caption")
_TOKEN = re.compile(r"[^\W_]+(?:[.,:/'’-][^\W_]+)*")
_BEFORE_NOUN = re.compile(
    r"\b(?:the|an?|its|his|her|their|of|in|on|at|from|with|by|for|to|into|der|die|das|le|la|les|el|los)\s(?:[^\W\d_]+\s){0,2}$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s(?!(?:the|an?|of|in|on|at|from|with|by|for|to|into|and|or|that|which|who|is|are|was|were|has)\b)[^\W\d_]+"
)
_NUMBER = re.compile(r"\d")
_QUOTES = re.compile(r"[\"“”„«»「」]")
_RESIDUE = re.compile(
    r"&(?:\w{2,8}|#\d{1,6});|</?\w{1,12}[^<>]{0,40}/?>|\[\[|\]\]|\{\{|\}\}|\|\||={2,}|'{2,}|:\d{1,4}(?:,\d+)+|^\W*:\d"
)
"""Markup that cleaning has left in a text, references in the manner of ":121,154" too."""
_BREAK = re.compile(r"[;:,()–—。，；：、]\s?")
_LEAST, _MOST, _WHOLE = 3, 14, 28
"""Content words that the clause must keep, words that a piece of a sentence may have, and those of a whole one."""
_VERB = re.compile(
    r"""
      \b(?:is|are|was|were|has|have|had|can|could|may|must|will|would|does|do|did|[a-z]{2,}ed)\b
    | \w\ \w+[^s\W]s\ (?:the|an?|its)\b
    """,
    re.VERBOSE,
)
_HANGS_ON = re.compile(
    r"""
    (?:and|or|but|nor|while|whereas|because|either|which|that|who|whose|of|in|on|at|by|for|from|to|with|as|than
            |\w+ing|mostly|\w+ly)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What a piece begins with that hangs on the words before it."""
_BEFORE, _AFTER = 9, 5
"""Words that are kept where a clause is longer."""


def fills_gap(question: str, answer: str, text: str) -> bool:
    """Whether a question asks for a gap, and the answer makes a clause of `text` of what stands round it."""
    if GAP not in question:
        return False
    before, _, behind = question.partition(GAP)
    clause = f"{_QUOTE_MARKS.split(before)[-1]} {answer} {_QUOTE_MARKS.split(behind)[0]}".replace("\u2026", " ")
    filled = canonical(clause).strip()
    return bool(canonical(answer).strip()) and f" {filled} " in f" {canonical(text).strip()} "


def gap_pair(target: Target, language: str = "en") -> tuple[str, str] | None:
    """A gap question with the words that belong in the gap; None as `gap_question`."""
    return _made(target, language)


def gap_question(target: Target, language: str = "en") -> str | None:
    """A question for what belongs in a gap of `target`; None where it is no prose, too short, or begins with a pronoun.

    Args:
        target: a sentence, list item, definition, caption or table row.
        language: ISO 639-1 code; English wording where there is none of that language.
    """
    made = _made(target, language)
    return made[0] if made is not None else None


def _made(target: Target, language: str) -> tuple[str, str] | None:
    if target.kind not in _KINDS or target.also:
        return None
    if _DANGLING.match(target.text.strip()):
        return None  # nobody could tell what is meant without the text
    text = _QUOTES.sub("", " ".join(in_words(target).split())).rstrip(".。!;, ")
    if _RESIDUE.search(text):
        return None  # a question that shows markup teaches markup
    gaps = _gaps(text, row=target.kind == "table_row")
    for near_too in (False, True):  # a whole clause with another word left out is better than a torn one
        for start, end in gaps:
            clause = _clause(text, start, end, near_too=near_too, english=language == "en")
            if clause is not None:
                return _ASKED.get(language, _ASKED["en"]).format(clause), text[start:end].strip()
    return None


def _gaps(text: str, *, row: bool) -> list[tuple[int, int]]:
    """Spans that could be left out, the most telling first: numbers, names, then long words; each said only once."""
    if row:
        cells = [match.span(1) for match in re.finditer(r": ([^:;]+)(?:;|$)", text)]
        return cells[1:]  # the first cell says what the row is about
    tokens = [match for match in _TOKEN.finditer(text) if not is_unspaced(match[0][0])]
    tokens += [
        match for match in re.finditer(r"\d+(?:[.,]\d+)*", text) if is_unspaced(text[match.end() : match.end() + 1])
    ]
    stems = [word[:5] for word in words(text)]
    once = [
        m
        for m in tokens
        if m.start() > 0 and all(stems.count(word[:5]) == 1 for word in words(m[0])) and content_words(m[0])
    ]

    def rank(match: re.Match[str]) -> tuple[int, int]:
        word = match[0]
        kind = 0 if _number(word) else 1 if word[0].isupper() else 3 if _says_little(word) else 2
        # "of flour" and "a suitable tide" ask for a noun, which tells more than "makes" or "suitable".
        noun = bool(_BEFORE_NOUN.search(text[: match.start()])) and not _GOES_ON.match(text, match.end())
        return kind, -len(word) if noun else 0

    return [m.span() for m in sorted(once, key=rank) if _number(m[0]) or len(m[0]) >= 4]


def _number(word: str) -> bool:
    return _NUMBER.search(word) is not None or (word in SPELT and word not in ("one", "second"))


def _says_little(word: str) -> bool:
    """Whether a word is poor to ask for: an adverb, a preposition, a conjunction."""
    folded = word.lower()
    poor = listed("prepositions") | listed("clause_words") | listed("pronouns") | listed("little")
    return folded in poor or folded.endswith("ly")


def _clause(text: str, start: int, end: int, *, near_too: bool, english: bool) -> str | None:
    """The words round a gap: between clause marks where that is short enough, else the nearest ones if `near_too`."""
    before, after = text[:start], text[end:]
    for left in [0, *(match.end() for match in _BREAK.finditer(before))]:
        for right in [len(after), *reversed([match.start() for match in _BREAK.finditer(after)])]:
            clause = f"{before[left:]}{GAP}{after[:right]}".strip()
            if left and english and (_HANGS_ON.match(clause) or not _VERB.search(clause)):
                continue
            most = _MOST if left else _WHOLE
            paired = clause.count("(") == clause.count(")")
            if paired and _tells(clause) and _stands_alone(clause) and len(clause.split()) <= most:
                return clause
    if not near_too:
        return None
    left_words, right_words = before.split(" "), after.split(" ")
    near = f"{' '.join(left_words[-_BEFORE:])}{GAP}{' '.join(right_words[:_AFTER])}".strip(" ,;:")
    if not _tells(near) or not _stands_alone(near):
        return None
    return f"{'… ' if len(left_words) > _BEFORE else ''}{near}{' …' if len(right_words) > _AFTER else ''}"


def _stands_alone(clause: str) -> bool:
    """Whether no piece of a clause begins with a pronoun, which stands for something that the question leaves out."""
    return not any(_DANGLING.match(piece.strip()) for piece in re.split(r"[,;:]", clause))


def _tells(clause: str) -> bool:
    return len(content_words(clause.replace(GAP, " "))) >= _LEAST
