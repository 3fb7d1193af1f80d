"""The surface grammar that openings need: the subject and the verb of an English main clause, or nothing.

There is no parser here, and none is wanted: a rule that is not sure says nothing, since an ungrammatical opening makes
an ungrammatical question, while a target without an opening is asked about freely. A clause is sure when its subject
is a plain noun phrase that agrees with its auxiliary, or when its verb can be nothing but a verb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import regex

from selfstudy_guard.attribution.terms import words
from selfstudy_guard.questions.english import listed
from selfstudy_guard.questions.numbers import stem
from selfstudy_guard.questions.wording import content_words

Shape = Literal["helper", "present", "plural", "past"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A main clause whose verb is known.

    Attributes:
        subject: its subject as it stands inside of a sentence.
        verb: the auxiliary, or the verb itself.
        shape: what `verb` is: an auxiliary, a verb in -s, the verb of a plural subject, or one in the past.
        rest: the words behind the verb, up to the end of the clause.
        whole: all text behind the verb, further clauses too.
        led: what stands before the subject ("in 1924"), with a small first letter; empty for nothing.
    """

    subject: str
    verb: str
    shape: Shape
    rest: tuple[str, ...]
    whole: str
    led: str = ""


_LED_IN = regex.compile(
    r"""(?:
    (?:In|On|At|By|For|During|After|Before|Since|Under|From|With|Among|According|To|Of|While|When|Because|Unlike|Like)
    \b[^,;:.?!"“]{2,60}
    | (?:Built|Founded|Born|Made|Written|Known|Named|Located|Situated|\p{Lu}\p{Ll}+(?:ed|ing))\b[^,;:.?!"“]{2,60}
    | However | Additionally | Moreover | Furthermore | Today | Also | Still | Then | Finally | Later | Instead | Thus
    ),\s""",
    regex.VERBOSE,
)
_APPOSED = regex.compile(r"^((?:[\w'’-]+ ){0,4}[\w'’-]+), (?:an?|the|who|which) [^,;.]{3,60}, ")
_CLAUSE_END = regex.compile(
    r",? (?:and|but|or|so|because|although|though|while|whereas|which|who|where|when|if|unless) |[,;:]\s|[.!?]$"
)
_UNSAFE = regex.compile(
    r"[\"“”„«»?!:|_<>{}\[\]=]|^\W|^(?:Not|Neither|Never|Nor|Only|Dear|See|Click|Photo)\b|\bwhat\b", regex.I
)
_TOKEN = regex.compile(r"[\w'’.-]*\w[\w'’-]*%?")
_NAME = regex.compile(r"\p{Lu}[\p{L}'’-]*\.?")
_LONGEST_SUBJECT = 7


def clause_of(text: str, names: frozenset[str] = frozenset(), common: frozenset[str] = frozenset()) -> Clause | None:
    """The main clause at the beginning of a sentence, or None where its subject and verb are not sure.

    Args:
        text: one sentence, spaces single.
        names: words that are surely names, as they are capitalised inside of other sentences.
        common: words that surely are none.
    """
    if _UNSAFE.search(text):
        return None
    led = _LED_IN.match(text)
    body = text[led.end() :] if led else text
    body = _APPOSED.sub(r"\1 ", body, count=1)
    tokens = body.split(" ")
    if len(tokens) < 3 or body[:1] in "“\"'(":
        return None
    bare = [token.rstrip(".") for token in tokens]
    end = _end_of(body)
    count = len(body[:end].split(" "))
    for place in range(1, min(count, _LONGEST_SUBJECT + 1)):
        word = bare[place]
        if not _TOKEN.fullmatch(bare[place - 1]):
            return None
        shape = _shape(bare, place, count)
        if shape is None:
            continue
        subject = subject_of(bare[:place], shape, word, inside=led is not None, names=names, common=common)
        if subject is None:
            return None
        rest = tuple(token.strip(",;.") for token in tokens[place + 1 : count])
        before = led[0][:1].lower() + led[0][1:].rstrip(", ") if led else ""
        return Clause(subject, word, shape, rest, " ".join(tokens[place + 1 :]), before)
    return None


def _end_of(body: str) -> int:
    """Where the first clause of `body` ends; an 'and' that joins words before the verb does not end it."""
    first = body.split(" ", 2)
    skip = len(" ".join(first[:2]))
    for match in _CLAUSE_END.finditer(body, skip):
        if match[0].strip() in ("and", "or") and not _has_verb(body[: match.start()]):
            continue
        return match.start()
    return len(body)


def _has_verb(text: str) -> bool:
    words = text.split(" ")
    return any(
        word in listed("helpers")
        or word in listed("past")
        or word in listed("past_or_participle")
        or _is_participle(word)
        or (word.endswith("s") and i and words[i - 1][-1:] != "s" and len(word) > 3)
        for i, word in enumerate(words)
        if i
    )


def _shape(words: list[str], place: int, count: int) -> Shape | None:
    """What the word at `place` is, if it surely is the verb of the clause."""
    word, before = words[place], words[place - 1]
    after = words[place + 1] if place + 1 < count else ""
    if word in listed("helpers"):
        return "helper"
    if word in listed("past"):
        return "past"
    later = words[place + 1 : count]
    if _is_participle(word):
        if any(map(_is_finite, later)) or _third(later):
            return None
        if after in listed("prepositions") and not any(map(_may_be_verb, later)):
            return "past"  # "Hansen died on 7 January 1943": a sentence has a verb, and nothing else can be it
        if _is_object(after) or (after in ("up", "out", "down", "away") and word.endswith("ed")):
            return "past"
        return None
    if not regex.fullmatch(r"\p{Ll}{3,}", word) or word in listed("no_verbs") or word in listed("prepositions"):
        return None
    if any(map(_is_finite, later)):
        return None
    singular = not before.endswith("s") or before.lower() in listed("singulars")
    if word.endswith("s") and not word.endswith("ss") and singular and before.lower() not in listed("determiners"):
        return "present" if (_is_object(after) or after in listed("prepositions")) else None
    plural = before.endswith("s") and before.lower() not in listed("singulars") and not before.endswith("'s")
    if plural and place >= 1 and _is_object(after) and not _third(later) and not word.endswith(("s", "ing", "ly")):
        return "plural"
    return None


def _is_finite(word: str) -> bool:
    return word in listed("helpers") or word in listed("past")


def _may_be_verb(word: str) -> bool:
    return word.endswith(("s", "ed")) or _is_finite(word) or _is_participle(word) or word in ("and", "which", "that")


def _third(words: list[str]) -> bool:
    """Whether a verb in -s seems to follow: a word in -s before an article or a number."""
    return any(word.endswith("s") and nxt in ("the", "a", "an", "its") for word, nxt in pairwise(words))


def _is_participle(word: str) -> bool:
    if word in listed("no_participles"):
        return False
    if word.endswith("ed") and len(word) > 3 and word.islower():
        return True
    return word in listed("participles") or (word[:2] in ("re", "un") and word[2:] in listed("participles"))


def is_participle(word: str) -> bool:
    """Whether `word` can be the participle of a passive."""
    return _is_participle(word) or word in ("cut", "put", "set", "laid", "known")


def _is_object(word: str) -> bool:
    """Whether an object may begin with `word`."""
    return bool(
        word in ("the", "a", "an", "its", "his", "her", "their", "every", "each", "all", "no", "more", "most")
        or regex.match(r"\d", word)
        or word in _NUMBERS
    )


_NO_NOUN = frozenset(
    "first second third fourth fifth last latter former other next same only main largest best".split()
)
"""Words that need a noun behind them: "The first shows ..." has its noun elsewhere."""
_NUMBERS = frozenset("one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty".split())


def subject_of(
    words: list[str], shape: Shape, verb: str, *, inside: bool, names: frozenset[str], common: frozenset[str]
) -> str | None:
    """`words` as a subject inside of a sentence; None unless they surely are a noun phrase that fits the verb."""
    first = words[0]
    if first.lower() in listed("pronouns") or any(not _TOKEN.fullmatch(word) for word in words):
        return None
    lower = [word.lower() for word in words]
    if lower[0] in ("but", "and", "or", "so", "yet") or lower[-1] in _NO_NOUN:
        return None
    if set(lower) & (listed("clause_words") | listed("helpers") | listed("negations") | listed("past")):
        return None
    if any(_is_participle(word) for word in words[1:]) or lower[-1] in listed("prepositions") | listed("determiners"):
        return None
    if lower[-1] in ("still", "also", "then", "often", "now", "later", "soon", "alone") or lower[-1].endswith("ly"):
        return None  # an adverb before the verb; "What did Norway still" is no beginning
    if first.lower() in listed("prepositions") or (len(words) > 1 and lower[0].endswith("ing")):
        return None
    if not fits_verb(words, shape, verb):
        return None
    if inside or first.lower() in listed("begin_small"):
        return " ".join([first if inside else first.lower(), *words[1:]])
    if len(words) > 1 and _NAME.fullmatch(first) and _NAME.fullmatch(words[1]):
        return " ".join(words)
    if first.lower() in common:
        return " ".join([first.lower(), *words[1:]])
    if first in names:
        return " ".join(words)
    head = _head(words)
    if len(words) <= 2 and words[-1] == head and head.endswith("s") and head.lower() not in listed("singulars"):
        # A bare plural, "Bees" or "Glass beads": names are seldom plural, and "Copper" keeps its capital.
        return " ".join([first.lower(), *words[1:]]) if len(words) == 1 else None
    return None


def _head(words: list[str]) -> str:
    for place, word in enumerate(words):
        if place and word in listed("prepositions"):
            return words[place - 1]
    return words[-1]


def head_of(subject: str) -> str:
    """The noun that a subject is about: the last word before its first preposition."""
    return _head(subject.split(" "))


def fits_verb(words: list[str], shape: Shape, verb: str) -> bool:
    """Whether subject and verb agree in number, as far as the verb shows it."""
    head = _head(words).lower()
    plural = head.endswith("s") and head not in listed("singulars") and not head.endswith(("ss", "us", "is"))
    plural = plural or head in listed("plurals")
    joined = "and" in words
    if words[0].lower() in ("a", "an", "each", "every"):
        plural = joined = False
        if head.endswith("s") and head not in listed("singulars") and not head.endswith(("ss", "us", "is")):
            return False
    if joined and shape != "helper":
        return False
    if verb in ("is", "was", "has", "does") or shape == "present":
        named = bool(_NAME.fullmatch(_head(words)))
        return (not plural or named) and not joined
    if verb in ("are", "were", "have", "do") or shape == "plural":
        return plural or joined
    return True


_WHO_DID = regex.compile(
    r"\s*who (?:(?:has|have|had|first) )?(?!(?:is|are|was|were|did|does|do)\b)(\p{Ll}{3,})\b", regex.I
)


def another_did(question: str, held: Sequence[bool], clauses: Sequence[str]) -> bool:
    """Whether "who drew ..." is answered from a clause without drawing, while another one names who drew."""
    match = _WHO_DID.match(question)
    if match is None:
        return False
    did = stem(match[1].lower())
    where = [did in {stem(word) for word in content_words(part)} for part in clauses]
    if where.count(True) != 1 or held[where.index(True)]:
        return False
    asked = set(words(question))
    return any(
        not set(words(name[0])) <= asked for name in regex.finditer(r"\p{Lu}\p{L}{2,}", clauses[where.index(True)])
    )
