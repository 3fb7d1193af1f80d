"""First words of questions, taken from the words of a target: a small model that is given them asks about the target.

A model of a few hundred million parameters that is asked for a question writes "What does the sentence mean?". Given
"How many litres does the well", it can only go on with the target. The rules look at the surface of an English
sentence (numbers with what they count, an auxiliary or a verb after a short subject, the columns of a table); for other
languages there are no openings, and the model asks freely.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selfstudy_guard.records import Target

_ARTICLES = frozenset(
    (  # a list of words reads better as one
        "the a an its their his her our your this these those in on at by for from under after before each every no "
        "some small large most many all wild old new"
    ).split()
)
"""First words of a sentence that are written small inside of one."""
_DETERMINERS = r"(?:The|A|An|Its|Their|His|Her|Our|Each|Every|Some|Many|Most|All|No|Small|Large|Wild|Old|New)"
_PRONOUNS = frozenset("it they he she there this these those we you i who which that what".split())
_CLAUSES = frozenset(
    (
        "if when while because although though before after until unless since as that which who whose where so and "
        "but or"
    ).split()
)
_LEADING = frozenset("in on at by for from under after before with among during of to as".split())
_HELPERS = frozenset("is are was were can could must may might should will would has have had do does did not".split())
_NOT_VERBS = frozenset(
    (
        "need seed speed feed breed weed hundred bed red indeed blessed crew few new view ours yours always this its "
        "has was is does"
    ).split()
)
_NOT_COUNTED = frozenset(
    (
        "is was has as his its this times afterwards always perhaps besides towards sometimes others less across "
        "whereas plus versus unless does"
    ).split()
)
_AUXILIARY = re.compile(
    r"(?P<subject>(?:[\w'’.,-]+ ){1,8}?)"
    r"(?P<aux>is|are|was|were|can|could|must|may|might|should|will|would|has|have|had) \w"
)
_NUMBER = (
    r"(?<![\w.,/-])(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"hundred|thousand|million)"
)
_COUNTED = re.compile(rf"{_NUMBER} (?P<what>(?:(?!of\b|to\b|and\b)[a-z][a-z-]+ ){{0,2}}?[a-z]{{2,}}s)\b")
_YEAR = re.compile(
    r"\b(?:1[0-9]{3}|20[0-9]{2})\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)\b"
)
_PLACE = re.compile(r"\b(?:in|at|near|from) (?:the )?[A-Z][a-z]+(?! \d)")
_SUBJECT = rf"(?:{_DETERMINERS}|[A-Z][\w'’-]+)"
_PAST = re.compile(
    rf"(?P<subject>{_SUBJECT}(?: [\w'’-]+){{0,3}}?) "
    r"(?P<verb>[a-z]{2,}(?:ed|ew|ept|ave|ook|ade|aid|ost|elt|ought)) (?P<object>\w+(?: \w+){0,2})"
)
_PRESENT = re.compile(
    rf"(?P<subject>{_SUBJECT}(?: [\w'’-]+(?<!s)){{0,2}}?(?<!s)) (?P<verb>[a-z]{{2,}}s) "
    r"(?P<object>(?:the|a|an|its|their|his|her|no|more|less|in|on|to|by|for|from|as|at|with|up|off|\d[\d.,]*)\b"
    r"(?: [\w'’-]+){0,2})"
)
_REASON = re.compile(r"\b(?:because|so that|in order to|therefore|due to|since)\b")
_LED_IN = re.compile(
    r"(?:(?:In|On|At|By|For|During|After|Before|Since|Under|From|With|Among|According|As|To|Of|While|When|Because)"
    r"\b[^,;.]{2,60}|However|Additionally|Moreover|Furthermore|Today|Also|Still|Then|Finally|Later|Instead|Thus), "
)
_APPOSED = re.compile(r"^((?:[\w'’-]+ ){0,4}[\w'’-]+), [^,;.]{3,60}, ")
_GIVEN = re.compile(r"(?P<name>[^:;]{2,40}): (?P<value>[^;]+)")


def openings(target: Target) -> tuple[str, ...]:
    """First words of questions that `target` can answer, those that need it most first; empty where no rule fits.

    Args:
        target: its text and, of table rows, its header (`lead`), are looked at.
    """
    return _openings(target.kind, " ".join(target.text.split()), tuple(_cells(target)))


def _cells(target: Target) -> list[tuple[str, str]]:
    from selfstudy_guard.questions.wording import in_words

    if target.kind != "table_row":
        return []
    return [(match["name"].strip(), match["value"].strip()) for match in _GIVEN.finditer(in_words(target))]


@lru_cache(maxsize=4096)
def _openings(kind: str, text: str, cells: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    if kind == "table_row":
        return _of_row(cells)
    if kind not in ("sentence", "list_item", "definition", "caption"):
        return ()
    main = _main(text)
    return tuple(dict.fromkeys([*_counted(text), *_inverted(main), *_told(main)]))


def _main(text: str) -> str:
    """`text` without what stands before its subject ("In 1999, ...") and between commas behind it."""
    led = _LED_IN.match(text)
    if led:
        text = text[led.end() :]
        text = text[:1].upper() + text[1:]
    return _APPOSED.sub(r"\1 ", text, count=1)


def _of_row(cells: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """One question a column about what the first column names, and back from the most telling cell."""
    if len(cells) < 2:
        return ()
    (head, name), rest = cells[0], cells[1:]
    found = [f"What is the {_lowered(column)} of the {_lowered(head)} {name}" for column, _ in rest]
    found += [f"Which {_lowered(head)} has the {_lowered(column)} {value}" for column, value in rest]
    return tuple(found)


def _counted(text: str) -> list[str]:
    """ "412 apple trees" -> "How many apple trees"."""
    found = [match["what"] for match in _COUNTED.finditer(text)]
    return [f"How many {what}" for what in found if not _NOT_COUNTED.intersection(what.split())]


def _inverted(text: str) -> list[str]:
    """ "The pump body is made of bronze" -> "What is the pump body"; when and where by what the sentence tells."""
    match = _AUXILIARY.match(text)
    if not match or not _is_subject(match["subject"].strip(" ,")):
        return []
    subject = _lowered(match["subject"].strip(" ,"))
    end = f"{match['aux']} {subject}"
    asking = [
        word
        for word, pattern in (("When", _YEAR), ("Where", _PLACE), ("Why", _REASON))
        if pattern.search(text, match.end("aux"))
    ]
    return [f"{word} {end}" for word in (*asking, "What", "How")]


def _told(text: str) -> list[str]:
    """ "The well gives 1,800 litres" -> "What does the well"; "Fires raised the level" -> "What raised the level"."""
    match = _PRESENT.match(text)
    helper = "does"
    if not match or match["verb"] in _NOT_VERBS:
        match, helper = _PAST.match(text), "did"
    if not match or match["verb"] in _NOT_VERBS or not _is_subject(match["subject"]):
        return []
    if _lowered(match["subject"]).islower() and " " not in match["subject"]:
        return []
    asking = [word for word, pattern in (("When", _YEAR), ("Where", _PLACE)) if pattern.search(text, match.end("verb"))]
    found = [f"{word} {helper} {_lowered(match['subject'])}" for word in (*asking, "What")]
    return [*found, f"What {match['verb']} {match['object'].strip()}"]


def _is_subject(text: str) -> bool:
    words = [word.strip(",").lower() for word in text.split()]
    return (
        bool(words)
        and words[0] not in _PRONOUNS | _LEADING
        and not _HELPERS.intersection(words)
        and not _CLAUSES.intersection(words)
        and "," not in text.rstrip(",")[:-1]
    )


def _lowered(text: str) -> str:
    """`text` with a small first letter, where the first word is surely no name."""
    first = text.split(" ", 1)[0]
    if first.lower() in _ARTICLES or first.lower().endswith("ing"):
        return first.lower() + text[len(first) :]
    return text
