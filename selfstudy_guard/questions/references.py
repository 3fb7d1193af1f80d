"""Pronouns without their noun: "In which two films did he star?" cannot be understood without the text.

English only, by the order of words. What a pronoun stands for must stand before it in the question: a name or a person
for "he" and "she", some noun for "it" and "they". In "Which ship lost its rudder?" the question word brings the noun;
in "Which prizes did it win?" it does not, since the noun of the question word is what is asked for.
"""

from __future__ import annotations

import regex

from selfstudy_guard.questions.english import listed

_ENGLISH = regex.compile(
    r"\b(?:who|whom|whose|what|when|where|why|how|which|the|is|are|was|were|does|did|name|list|explain)\b", regex.I
)
_POINTING = regex.compile(
    r"""
    \bthis\s(?!(?:is|was|mean|way\b)) | \b(?:these|those)\s(?!(?:who|that|which|with|of|in|at|on|from|is|are|days)\b)
    | \b(?:to|of|by|with|from|for|about|after|before|than|as|do|does|did|is|was|happen|mean)\sthis\b(?!\s\w)
    | \bthat\s(?:year|time|day|month|week|period|age|case|point|moment|event|decision|place|reign|war|century|season)\b
    | \b(?:the|all|both|any|none|each|which|one)\s(?:of\s)?the\s(?:above|below|following|latter|former)\b
    | \bthe\s(?:above|below|latter|former|aforementioned|following)\s?(?:\?|$|is\b|was\b|are\b|made\b|example)
    | \b(?:said|described|mentioned|given|listed|stated)\s(?:above|below|earlier|here|before)\b
    | \b(?:aforementioned|abovementioned|above-mentioned)\b
    | \b(?:called|known|meant|described|done|found|used)\shere\b | \bsuch\san?\s\w+\s(?:called|known|used|made|named)\b
    """,
    regex.I | regex.VERBOSE,
)
_OFFERED = regex.compile(
    r"\b(?:these|those|the following)\b[^?]*,[^?]* or |\b(?:these|those|the following):"
    r"|\bin this (?:century|country|world)\b",
    regex.I,
)
"""What a question points at and names itself: "Which of these is larger, a heron or a tern?"."""
_TOKEN = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}'’.-]*|[?,;:.]")
_HELPERS = frozenset("is are was were do does did has have had can could must may might should will would".split())
_PERSONAL = frozenset("he she him her his hers himself herself".split())
_THINGS = frozenset("it its they them their theirs itself themselves".split())
_MALE = frozenset("he him his himself".split())
_MEN = frozenset("king prince bishop priest monk abbot husband son brother pope duke earl man boy father".split())
_WOMEN = frozenset("queen princess nun wife widow daughter sister woman girl mother abbess duchess".split())
_POSSESSIVE = frozenset("his her its their".split())
_SUBCLAUSE = frozenset(
    "when while before after if because that who which until although since as than so where".split()
)
_SPEAKERS = frozenset("i we you us me your our my one".split())
_WHO = frozenset("who whom whose someone somebody anyone anybody everyone everybody nobody".split())
_QUESTION = frozenset("what which who whom whose when where why how".split())
_NOUN_ASKED = frozenset("what which whose many much".split())
_EMPTY = frozenset(
    """the a an of in on at by for from to with and or other two three four five six seven eight nine ten first last
    name names kind type sort of did do does is was were are be been has have had if when while as that not there
    year years time long old far often much many most more also still then ever""".split()
)
"""Words that no pronoun stands for."""
_EXPLETIVE = regex.compile(
    r"""\bit\s(?:(?:takes?|took|is|was|be|becomes?|seems?|appears?|mean|called|\w+ly)\s)*
    (?:to\s|that\s|if\s|when\s|rains?|snows?|possible|necessary|important|true|useful|better|best|safe|easy|hard|difficult
    |likely|common|said|known|forbidden|allowed|called|required|take\b|for\s|rain\b|snow\b|freez\w*)
    | \bit\s(?:is\s|was\s)?(?!used|made|cost|do|paid|sold|found|named)\p{L}+\s(?:that|to)\b
    | \b(?:makes?|made|find|found|finds)\sit\s(?:im)?possible | \btime\s(?:is|was)\sit\b
    | \bhow\sfar\sis\sit\sfrom\s\p{Lu}\p{L}+\sto\b""",
    regex.I | regex.VERBOSE,
)
_PRONOUN = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}])(?:{'|'.join(sorted(_PERSONAL | _THINGS))})(?![\p{{L}}\p{{N}}])", regex.I
)
_THERE = regex.compile(
    r"""
      \b(?:is|are|was|were|be|been|exists?|does|do|did|has|have|had|can|may)\sthere\b
    | \bthere\s(?:is|are|was|were|be|exists?)\b
    """,
    regex.I | regex.VERBOSE,
)
_POINTS = regex.compile(r"\bthere\b", regex.I)
_AT_PLACE = regex.compile(r"\b(?:in|at|to|on|from|near|of)\s(?:the|an?)\s\p{L}+")


def dangles(question: str) -> bool:
    """Whether an English question holds a pronoun or a pointing word whose noun it does not name."""
    if not _ENGLISH.search(question):
        return False
    if _POINTING.search(question) and not _OFFERED.search(question):
        return True
    if _place_missing(question):
        return True
    if not _PRONOUN.search(question):
        return False
    expletive = [match.span() for match in _EXPLETIVE.finditer(question)]
    tokens = [(match[0], match.start()) for match in _TOKEN.finditer(question)]
    for place, (token, start) in enumerate(tokens):
        word = token.lower().rstrip(".'’")
        if token.isupper() and len(token) > 1 and not question.isupper():
            continue  # "IT", the field of work
        if word not in _PERSONAL and word not in _THINGS:
            continue
        if word == "it" and any(a <= start < b for a, b in expletive):
            continue
        before = [one for one, _ in tokens[:place]]
        after = [one for one, _ in tokens[place + 1 :]]
        if not _bound(word, before, after):
            return True
    return False


def _bound(word: str, before: list[str], after: list[str]) -> bool:
    """Whether what stands before a pronoun (or a clause before its noun) names what it stands for."""
    told = _told(before, after)
    lower = [token.lower() for token in before]
    if word in _PERSONAL:
        rivals = _WOMEN if word in _MALE else _MEN
        persons = [token for place, token in told if _is_person(token, place) and token.lower() not in rivals]
        if persons and all(token.lower() in _WHO for token in persons):
            # "Who sold his boat to Jens?" tells of whom; "Who translated his works?" does not.
            return word in _POSSESSIVE and any(t[:1].isupper() for t in [*before[1:], *after])
        return bool(persons)
    nouns = [token for _, token in told if _is_noun(token)]
    if word in ("it", "them") and not _SUBCLAUSE & set(lower[1:]) and not _HELPERS & set(lower) and "," not in before:
        return False  # "Which river flows past it?": it cannot be the river
    if word in ("they", "them", "their"):
        nouns = [token for token in nouns if _may_be_plural(token)] or (nouns if "and" in lower else [])
    if nouns:
        return True
    asked_of = " ".join(lower[-3:])
    if word in _POSSESSIVE and asked_of.endswith(("many of", "much of", "which of")):
        helper = next((place for place, token in enumerate(after) if token.lower() in _HELPERS), None)
        return helper is not None and any(map(_is_noun, after[helper + 1 :]))
    # "If it is wet, what does the soil do?": the noun may follow in the main clause.
    return (
        (lower[:1] or [""])[0] in ("if", "when", "while", "after", "before", "because")
        and "," in after
        and any(_is_noun(token) and token.lower() not in _PERSONAL | _THINGS for token in after[after.index(",") + 3 :])
    )


def _may_be_plural(token: str) -> bool:
    lower = token.lower()
    return (
        token[:1].isupper()
        or lower.endswith("s")
        or lower in listed("plurals") | listed("collectives") | _WHO
        or lower in ("both", "many", "all", "anyone", "everyone", "group", "band", "couple", "pair")
    )


def _told(before: list[str], after: list[str]) -> list[tuple[int, str]]:
    """The words before a pronoun that may name something: not those of what the question asks for.

    Where an auxiliary stands between question word and pronoun ("Which prizes did it win"), the noun of the question
    word is another thing than the pronoun; without one ("Which ship lost its rudder") it is the same.
    """
    lower = [token.lower() for token in before]
    asking = next((place for place, token in enumerate(lower) if token in _QUESTION), None)
    if asking is None:
        return list(enumerate(before))
    helper = next((place for place in range(asking + 1, len(lower)) if lower[place] in _HELPERS), None)
    leading = list(enumerate(before))[:asking]
    if leading and len(leading) <= 2 and lower[asking - 1] != ",":
        leading = []  # "In which", "For how many"
    if helper is None or (lower[helper] in ("has", "have", "had") and helper == len(lower) - 1 and helper > asking + 1):
        return leading + list(enumerate(before))[asking:]
    asked = list(enumerate(before))[asking + 1 : helper]
    of = next((place for place, (_, token) in enumerate(asked) if token.lower() in ("of", "in", "by", "for")), None)
    within = asked[of:] if of is not None else [pair for pair in asked if pair[1][:1].isupper()]
    who = (
        [(asking, before[asking])]
        if helper == asking + 1 and lower[asking] == "who" and len(lower) > helper + 1
        else []
    )
    return leading + within + list(enumerate(before))[helper + 1 :] + who


def _is_person(token: str, place: int) -> bool:
    lower = token.lower()
    if lower in _WHO or lower in listed("persons") or lower in ("person", "man", "woman", "child", "boy", "girl"):
        return True
    if lower in _QUESTION or lower in _HELPERS or lower in _PERSONAL | _THINGS:
        return False
    if place and token[:1].isupper():
        return True
    ends = ("er", "or", "ist", "ian", "man", "woman", "ess")
    return len(lower) > 5 and lower.endswith(ends) and lower not in ("other", "number", "after", "under", "paper")


def _is_noun(token: str) -> bool:
    lower = token.lower()
    return (
        len(lower) > 1
        and lower[0].isalpha()
        and lower not in _EMPTY | _PERSONAL | _THINGS | _SPEAKERS | (_QUESTION - _WHO) | _HELPERS
        and not lower.endswith("ly")
    )


def _place_missing(question: str) -> bool:
    """Whether "there" points at a place that the question does not name."""
    if not _POINTS.search(question):
        return False
    left = _THERE.sub(" ", question)
    found = _POINTS.search(left)
    if not found:
        return False
    before = [match[0] for match in _TOKEN.finditer(left[: found.start()])]
    named = any(token[:1].isupper() for token in before[1:])
    at = _AT_PLACE.search(left[: found.start()])
    return not named and at is None
