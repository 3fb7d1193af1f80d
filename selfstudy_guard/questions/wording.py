"""What a question's wording gives away: that it needs the passage in hand, talks about markup, or is another language."""

from __future__ import annotations

import regex

from selfstudy_guard.coverage.terms import words

_PART = (
    r"(?:passages?|texts?|paragraphs?|sentences?|excerpts?|snippets?|contexts?|quotes?|quotations?|"
    r"statements?|articles?|extracts?|abstracts?|documents?|section|description|bullet points?|author)"
)
_SHOWN = (
    r"(?:quoted|given|provided|above|following|preceding|previous|underlined|highlighted|target|below|aforementioned)"
)
_PASSAGE = regex.compile(
    rf"\b(?:(?:according to|based on|as (?:stated|mentioned|described|defined|explained) (?:in|by)|from|in|by|of|does|do|is|what)"
    rf"\s+(?:the|this|that)\s+(?:(?:{_SHOWN})\s+)?{_PART}(?:\s+above)?(?=\s*[?,.]|\s+(?:says?|states?|mentions?|suggests?|"
    rf"implies|describes?|refers?|above|is about|tells?|talks?|provided|given|discuss\w*|explains?|means?|means|saying)\b)"
    rf"|(?:this|these) (?:passages?|paragraphs?|sentences?|excerpts?|snippets?|quotes?|extracts?|statements?)\b"
    rf"|{_SHOWN}\s+(?:passages?|texts?|paragraphs?|sentences?|excerpts?|snippets?|contexts?|quotes?|statements?|part|information)\b"
    rf"|(?:mentioned|described|stated|quoted|shown|listed|given|discussed|provided|explained) (?:above|below|here|"
    rf"in (?:the|this) (?:text|passage|paragraph|sentence|context|quote|excerpt|document|article|section))\b"
    rf"|the (?:author|writer|speaker|narrator|passage|excerpt)(?:'s)? (?:say|says|state|states|mention|mentions|mean|means|"
    rf"suggest|suggests|imply|implies|argue|argues|describe|describes|point|purpose|main))",
    regex.I,
)
_PASSAGE_OTHER = regex.compile(
    r"\b(?:(?:laut|gemäß|in|im) (?:dem|diesem|obigen) (?:Text|Absatz|Satz|Abschnitt)|(?:según|en) (?:el|este) "
    r"(?:texto|pasaje|párrafo|fragmento)|(?:selon|dans) (?:le|ce) (?:texte|passage|paragraphe))\b|根据(?:上|本|这段)?文|这(?:句话|段)",
    regex.I,
)
_DANGLING = regex.compile(
    r"^(?:(?:who|what|when|where|why|how|which|whose|whom)(?:\s+(?:many|much|long|often|old|far|else|kind|type|of|year|time|"
    r"year|month|day|way|reason)){0,2}\s+)?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may|might)"
    r"\s+(?:he|she|they|it|these|those|this|that)\b(?!\s+(?:possible|necessary|called|said|true|useful|better|safe|"
    r"important|easy|hard|best|recommended|required|allowed|mean|take|\w+s\b|\w+\s+(?:to|that|when|if)\b))",
    regex.I,
)
_DANGLING_START = regex.compile(r"^(?:he|she|they|it|these|those|this)\b(?!\s+is (?:said|known|possible))", regex.I)
_DANGLING_PAIR = regex.compile(
    r"^(?:what|why|how|where|when)\s+(?:is|are|was|were|does|do|did)\s+(?:this|these|those|that)\s+\w+\s*\?$", regex.I
)
_MARKUP = regex.compile(
    r"\b(?:html|css|markdown|wiki(?:text| ?markup)|mark-?up|javascript|hyperlinks?|href|div|span tag|tags?|"
    r"infobox(?:es)?|templates?|table of contents|navigation (?:bar|menu)|sidebar|footer|header (?:row|cell|tag)|headings?|bold(?:ed)?|"
    r"italics?|asterisks?|bullet points?|curly brac\w+|brackets?|backticks?|indentation|font|cookie (?:banner|notice)|"
    r"placeholders?|base64|url|line breaks?|footnotes?|formatting)\b|</?\w{1,12}>|\{\{|\}\}|\[\[|\]\]|\|\||={2,}|&\w{2,8};",
    regex.I,
)
_REQUEST = regex.compile(
    r"^(?:who|what|when|where|why|how|which|whose|whom|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|"
    r"must|may|might|in (?:what|which)|at (?:what|which)|on (?:what|which)|for (?:what|which|how)|by (?:what|which|whom)|"
    r"to (?:what|which|whom)|from (?:what|which|where)|under (?:what|which)|with (?:what|which|whom)|after (?:what|which)|"
    r"if|when)\b",
    regex.I,
)
_COMMON = {
    "en": "the of and to in is are was were what which who how when where why that for with on by from does did do be it as",
    "de": "der die das und ist sind war waren was wer wie wann wo warum welche welcher welches den dem ein eine für mit von im wurde nicht zu",
    "es": "el la los las de que y es son fue qué cuál cuáles quién cómo cuándo dónde por para con una un en del se cuántos",
    "fr": "le la les des et est sont qui que quoi quel quelle quels comment quand où pourquoi dans pour avec une un du au sur il",
    "it": "il lo la gli le di che è sono chi quale quali come quando dove perché per con una un del della nel si",
    "pt": "o a os as de que é são foi quem qual quais como quando onde por para com uma um do da no na em não",
    "nl": "de het een en is zijn was waren wat wie hoe wanneer waar waarom welke voor met van in op door niet te",
    "sv": "och är var vad vem hur när som den det en ett för med av på till inte",
    "pl": "i jest są był co kto jak kiedy gdzie dlaczego który która dla z na w do nie się",
    "tr": "ve bir bu ne kim nasıl zaman nerede neden hangi için ile olan olarak mi mı",
    "vi": "là của và các những gì ai như thế nào khi nào đâu tại sao được cho với trong một",
    "ro": "este sunt și de la ce cine cum când unde care pentru cu din un o în",
}
_WORDS = {language: frozenset(text.split()) for language, text in _COMMON.items()}
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


def needs_passage(text: str) -> bool:
    """Whether `text` only makes sense with the passage in hand: points at it, or opens with a dangling pronoun."""
    return bool(
        _PASSAGE.search(text)
        or _PASSAGE_OTHER.search(text)
        or _DANGLING.match(text)
        or _DANGLING_START.match(text)
        or _DANGLING_PAIR.match(text)
    )


def asks(text: str) -> bool:
    """Whether `text` is a question: a question mark at its end, or an opening that only questions have."""
    stripped = text.rstrip(" \"'”’)*_")
    return stripped.endswith(("?", "？", "؟", ";")) or bool(_REQUEST.match(text) and not stripped.endswith("."))


def markup_words(text: str) -> frozenset[str]:
    """Words and signs of markup in `text`, lower case."""
    return frozenset(match[0].lower() for match in _MARKUP.finditer(text))


def script(text: str) -> str | None:
    """The script that most letters of `text` are written in; None without letters or of an unlisted script."""
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def language(text: str) -> str | None:
    """ISO 639-1 code of the language of `text` by its function words; None where they do not decide.

    Decides between a dozen languages in Latin script; two function words more than any other language's are needed.
    """
    found = text.casefold()
    tokens = regex.findall(r"\p{L}+", found)
    counts = {name: sum(token in common for token in tokens) for name, common in _WORDS.items()}
    first, second = sorted(counts, key=lambda name: -counts[name])[:2]
    return first if counts[first] >= counts[second] + 2 else None


def other_language(question: str, text: str) -> bool:
    """Whether `question` is surely written in another language than `text` (which may be long)."""
    asked, told = script(question), script(text)
    if asked is None or told is None:
        return False
    if asked != told:
        # Names and code keep their letters in every language: most of the question must be in the other script.
        own = len(_SCRIPTS[told].findall(question))
        return own * 4 < len(_SCRIPTS[asked].findall(question))
    if asked != "Latin":
        return False
    mine, theirs = language(question), language(text)
    return mine is not None and theirs is not None and mine != theirs


def content_words(text: str) -> list[str]:
    """The words of `text`, folded, without function words of the listed languages and words of one letter."""
    return [word for word in words(text) if len(word) > 1 and word not in _FUNCTION]


_FUNCTION = frozenset(word for common in _WORDS.values() for word in words(" ".join(common)))
