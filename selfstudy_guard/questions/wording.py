"""What a question's wording gives away: that it needs the passage in hand, talks about markup, or its language."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import PurePath

import regex

from selfstudy_guard.attribution.terms import words
from selfstudy_guard.files import shipped_patterns
from selfstudy_guard.languages import words as words_of
from selfstudy_guard.questions.references import dangles
from selfstudy_guard.records import Target

_CELL = regex.compile(r"\||\t|</?t[rdh]\b[^<>]{0,200}>|\n[ \t]*- ", regex.I)
"""What stands between the cells of a table row, in Markdown, tab-separated text, HTML and reStructuredText."""
_PATTERNS = shipped_patterns("selfstudy_guard.questions", "wording.toml")
_PASSAGE = regex.compile(_PATTERNS["passage"], regex.I)
_META = regex.compile(r"^what (?:is|was) the answer\b|\bthe (?:word|term) [\"“'‘]\w+[\"”'’] (?:mean|refer)", regex.I)
_PASSAGE_OTHER = regex.compile(_PATTERNS["passage_elsewhere"], regex.I)
_DANGLING_START = regex.compile(r"^(?:he|she|they|it|these|those|this)\b(?!\s+is (?:said|known|possible))", regex.I)
_DANGLING_PAIR = regex.compile(
    r"^(?:what|why|how|where|when)\s+(?:is|are|was|were|does|do|did)\s+(?:this|these|those|that)\s+\w+\s*\?$", regex.I
)
_MARKUP = regex.compile(_PATTERNS["markup"], regex.I)
_OPENING = regex.compile(_PATTERNS["openings"], regex.I)
_QUESTION_WORD = regex.compile(_PATTERNS["question_words"], regex.I)
_NAME_IT = regex.compile(_PATTERNS["requests"], regex.I)
_FURTHER = {
    "sv": "och är var vad vem hur när som den det en ett för med av på till inte",
    "ro": "este sunt și de la ce cine cum când unde care pentru cu din un o în",
}
"""Small words of languages that the project does not speak otherwise."""
_WORDS = {
    code: frozenset(_FURTHER[code].split() if code in _FURTHER else words_of("function_words")[code])
    for code in "en de es fr it pt nl sv pl tr vi ro".split()
}
_LANGUAGES = {
    word: [n for n, common in _WORDS.items() if word in common] for word in frozenset().union(*_WORDS.values())
}
"""The languages in which a word is a function word."""
_SCRIPTS = {
    "Latin": regex.compile(r"\p{Latin}"),
    "Han": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
    "Cyrillic": regex.compile(r"\p{Cyrillic}"),
    "Greek": regex.compile(r"\p{Greek}"),
    "Arabic": regex.compile(r"\p{Arabic}"),
    "Hebrew": regex.compile(r"\p{Hebrew}"),
    "Devanagari": regex.compile(r"\p{Devanagari}"),
    "Thai": regex.compile(r"\p{Thai}"),
    "Hangul": regex.compile(r"\p{Hangul}"),
}


_ENOUGH = 2000
"""Characters that settle what language a text is in."""
_CONDITION = regex.compile(r"(?:if|when|may)\b", regex.I)
_LETTER = regex.compile(r"[a-zA-Z]")
_PLAIN_WORD = regex.compile(r"(?<!\S)[¿¡]?\K\p{L}+")


def needs_passage(text: str) -> bool:
    """Whether `text` only makes sense with the passage in hand: points at it, or holds a pronoun without its noun."""
    return bool(
        _PASSAGE.search(text)
        or _META.search(text)
        or _PASSAGE_OTHER.search(text)
        or _DANGLING_START.match(text)
        or _DANGLING_PAIR.match(text)
        or dangles(text)
    )


def asks(text: str) -> bool:
    """Whether `text` asks for something: by its question mark, a question word, or a request to name or explain."""
    stripped = text.rstrip(" \"'”’)*_")
    if stripped.endswith(("?", "？", "؟", ";")):
        return True
    if _NAME_IT.match(text):
        return True
    if stripped.endswith((".", "。", "!", "！", ":")):
        return bool(_OPENING.match(text) and not _CONDITION.match(text))
    return bool(_OPENING.match(text) or _QUESTION_WORD.search(text))


def markup_words(text: str) -> frozenset[str]:
    """Words and signs of markup in `text`, lower case."""
    return frozenset(match[0].lower() for match in _MARKUP.finditer(text))


def script(text: str) -> str | None:
    """The script that most letters of `text` are written in; None without letters or of an unlisted script."""
    if text.isascii():
        return "Latin" if _LETTER.search(text) else None
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def other_language(question: str, text: str) -> bool:
    """Whether `question` is surely written in another language than `text` (which may be long).

    By script, and in Latin script by function words of a dozen languages. Names are capitalised in most of them, so
    only words in lower case count; a question with several function words of the text's language passes.
    """
    text = text[:_ENOUGH]
    asked, (told, counts) = script(question), _told(text)
    if asked is None or told is None:
        return False
    if asked != told:
        # Names and code keep their letters in every language.
        mine, theirs = _letters(asked, question), _letters(told, question)
        return theirs * 10 < mine and _letters(asked, text) * 10 < _letters(told, text)
    if asked != "Latin":
        return False
    known = max(counts, key=lambda name: counts[name])
    rivals = sorted(counts.values())[-2:]
    if rivals[1] < rivals[0] + 2:
        return False
    found = _function_words(question)
    most = max(found.values())
    return most >= 2 and (found[known] == 0 or (most >= 4 and found[known] * 4 <= most))


@lru_cache(maxsize=256)
def _told(text: str) -> tuple[str | None, dict[str, int]]:
    """Script and function words of a text; remembered, since many questions are asked about one text."""
    return script(text), _function_words(text)


def _letters(name: str, text: str) -> int:
    return len(_SCRIPTS[name].findall(text))


def _function_words(text: str) -> dict[str, int]:
    counts = Counter(_PLAIN_WORD.findall(text[:1].lower() + text[1:]))
    found = dict.fromkeys(_WORDS, 0)
    for word, count in counts.items():
        for name in _LANGUAGES.get(word, ()):
            found[name] += count
    return found


def asks_yes_no(question: str) -> bool:
    """Whether the question opens with a verb, so that its answer begins with yes or no."""
    return question.split(" ", 1)[0].lower() in _VERBS


def asks_choice(question: str) -> bool:
    """Whether the question offers its answers to choose from."""
    return " or " in question


def in_words(target: Target) -> str:
    """The text of a target; a table row with the name of its column before each cell, where header and cells agree."""
    text = target.text.strip()
    if target.kind != "table_row" or not target.lead:
        return text
    names, cells = ([cell.strip() for cell in _CELL.split(part) if cell.strip()] for part in (target.lead, text))
    if len(names) != len(cells) or len(names) < 2:
        return text
    return "; ".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True))


def content_words(text: str) -> list[str]:
    """The words of `text`, folded, without function words of the listed languages and words of one letter."""
    return [word for word in words(text) if len(word) > 1 and word not in _FUNCTION]


_VERBS = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would", "should")
)
_FUNCTION = frozenset(word for common in _WORDS.values() for word in words(" ".join(common)))


def title_of(document_id: str) -> str:
    """What a document may be called: the words of its name, where they say anything; else empty."""
    found = [word for word in regex.split(r"[\W_]+", PurePath(document_id).stem) if regex.fullmatch(r"\p{L}{2,}", word)]
    return " ".join(found) if any(len(word) > 3 for word in found) else ""
