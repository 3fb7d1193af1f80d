"""First words of questions, taken from the words of a target: a small model that is given them asks about the target.

A model of a few hundred million parameters that is asked for a question writes "What does the sentence mean?". Given
"How many litres does the well", it can only go on with the target. The rules look at the surface of an English
sentence (numbers with what they count, the subject and the verb of its main clause, the columns of a table) and say
nothing where they are not sure; for other languages there are no openings, and the model asks freely.

Measured on 169 labelled sentences with the openings they may have, written before these rules.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from selfstudy_guard.questions.clauses import Clause, clause_of, head_of, is_participle
from selfstudy_guard.questions.english import listed
from selfstudy_guard.records import Target

_NUMBER_WORDS = "|".join(
    (  # a list of words reads better as one
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million"
    ).split()
)
_NUMBER = rf"(?<![\w.,/:-])(?:\d[\d.,]*|{_NUMBER_WORDS})"
_COUNTED = regex.compile(
    rf"""
    (?<![\p{{L}}\d-]\d\ )(?<before>(?:[\w'’-]+\ )?){_NUMBER}\ (?P<what>
          (?:(?!of\b|to\b|and\b|or\b)[a-z][a-z-]+\ ){{0,2}}?(?:[a-z]{{2,}}s|people|men|women|children))\b
        (?!\ (?:the|its|his|her|their|an|no|more|\d)\b)
    """,
    regex.VERBOSE,
)
_BEFORE_COUNT = ("in", "for", "after", "within", "with", "by")
_YEAR_BEFORE = regex.compile(r"\b(?:1[0-9]{3}|20[0-9]{2}),? $")
_ONE_IN = regex.compile(rf"\b(?:one|{_NUMBER}) in {_NUMBER} $", regex.I)
_TIME = regex.compile(
    r"""\b(?:in|on|since|until|from|by|about|around|after|before|during|at)\s(?:the\s)?
    (?:(?:early|late|mid|spring|summer|autumn|winter|beginning|end|middle)(?:-|\s)(?:of\s)?)?(?:\d{1,2}(?:st|nd|rd|th)?\s)?
    (?:(?:1[0-9]{3}|20[0-9]{2})s?\b(?!\s\p{Ll}+s\b)
    |(?:January|February|March|April|May|June|July|August|September|October|November|December)\b
    |(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|dusk\b|dawn\b|noon\b|midnight\b|night\b|Easter\b|Christmas\b)""",
    regex.VERBOSE,
)
_TIMES_TOLD = regex.compile(rf"(?:every\s\w+\s)?(?:{_TIME.pattern})", regex.VERBOSE)
_PLACED = regex.compile(r"\b(?:in|at|near|on) (?:the |an? |\p{Lu}).+")
_LONGEST_PLACE = 60
_OFTEN = regex.compile(
    r"\b(?:daily|weekly|monthly|yearly|twice|once)\b(?! (?:the|a|in \d))"
    r"|\bevery (?:\w+ )?(?:hour|day|week|month|year)s?\b"
)
_MEASURED = regex.compile(rf"{_NUMBER} \p{{Ll}}+ (?P<how>deep|long|high|wide|tall|old|thick)\b")
_WHEN = regex.compile(r"(?:when|after|before|as soon as) ")
_REASON = regex.compile(r"\b(?:because|so that|in order to|due to)\b")
_SMALL_WORD = regex.compile(r"\p{Ll}[\p{Ll}-]+")
_NAMED = regex.compile(r"\p{Lu}[\p{L}'’.-]+(?: \p{Lu}[\p{L}'’.-]+)+")
_GIVEN = regex.compile(r"(?P<name>[^:;]{1,40}): (?P<value>[^;]+)")
_UNIT_BEHIND = regex.compile(r"\s*\((?P<unit>[\p{L}%°/²³]{1,8})\)$")
_DEFINED = regex.compile(r"[,;:.]\s|[.]$|\s(?:in\s|of\s|on\s)?(?:which|that|who|where|when|because|while)\s")
"""What ends a definition: "a paste of flour and water | in which yeast lives"."""
_LONGEST_DEFINITION = 99
_CAPITALISED = regex.compile(r"(?<=[\p{Ll},] )\p{Lu}[\p{L}'’-]+")
_SMALL = regex.compile(r"(?<![\p{L}-])\p{Ll}[\p{L}'’-]+")


def openings(target: Target, context: str = "") -> tuple[str, ...]:
    """First words of questions that `target` can answer, those that need it most first; empty where no rule is sure.

    Args:
        target: its text and, of table rows, its header (`lead`), are looked at.
        context: text round it, which tells whether the first word of the target is a name.
    """
    return tuple(openings_answered(target, context))


def openings_answered(target: Target, context: str = "") -> dict[str, str]:
    """The same with the words of the target that answer each; empty for those whose answer is not sure."""
    first = target.text.split(" ", 1)[0].strip(",.")
    return dict(
        _openings(
            target.kind,
            " ".join(target.text.split()),
            tuple(_cells(target)),
            first if first in _CAPITALISED.findall(context) else "",
            first.lower() if first.lower() in _SMALL.findall(context) else "",
        )
    )


def _cells(target: Target) -> list[tuple[str, str]]:
    from selfstudy_guard.questions.wording import in_words

    if target.kind != "table_row":
        return []
    return [(match["name"].strip(), match["value"].strip()) for match in _GIVEN.finditer(in_words(target))]


@lru_cache(maxsize=4096)
def _openings(
    kind: str, text: str, cells: tuple[tuple[str, str], ...], name: str, common: str
) -> tuple[tuple[str, str], ...]:
    if kind == "table_row":
        return tuple(_of_row(cells).items())
    if kind not in ("sentence", "list_item", "definition", "caption"):
        return ()
    clause = clause_of(text, frozenset({name} - {""}), frozenset({common} - {""}) if not name else frozenset())
    found = _counted(text, clause)
    if clause is not None:
        for one in _of_helper(clause) if clause.shape == "helper" else _of_verb(clause):
            found.setdefault(one, _told(one, clause))
    return tuple(found.items())


def _told(opening: str, clause: Clause) -> str:
    """What the clause says to a question that begins so: its only time, or what it is a definition of."""
    said = " ".join(clause.rest)
    if opening.startswith("When "):
        times = list(_TIMES_TOLD.finditer(f"{clause.led} {said}"))
        return times[0][0].strip() if len(times) == 1 else ""
    if opening.startswith("Where ") and not _TIME.search(said):
        place = _PLACED.search(said)
        return place[0] if place and len(place[0]) <= _LONGEST_PLACE else ""
    if clause.verb in ("is", "are", "was", "were") and opening == f"What {clause.verb} {clause.subject}":
        said = _DEFINED.split(clause.whole)[0]
        return said if len(said) <= _LONGEST_DEFINITION else ""
    return ""


def _counted(text: str, clause: Clause | None) -> dict[str, str]:
    """ "412 apple trees" -> "How many apple trees"; with a sure subject, "How many apple trees does the station"."""
    found: dict[str, str] = {}
    counting = clause is not None and clause.shape != "helper" and clause.verb not in listed("no_object")
    for match in _COUNTED.finditer(text):
        what = match["what"].split()
        if _YEAR_BEFORE.search(text[: match.start("what")]):
            continue
        barred = listed("no_verbs") | listed("helpers") | listed("prepositions") | listed("determiners")
        if set(what) & (barred | listed("pronouns") | {"times", "billion", "million", "thirds", "quarters", "halves"}):
            continue
        named = match["before"].strip()
        if named == "every":
            if set(what) & {"hours", "days", "weeks", "months", "years", "minutes"}:
                found["How often"] = match[0].strip()
            continue
        if named[:1].isupper() and named.lower() not in listed("prepositions") | {
            "about",
            "the",
            "only",
            "some",
            "over",
        }:
            continue  # "Version 3 needs", "Rooms 12 to 18"
        if _ONE_IN.search(text[: match.start("what")]):
            continue
        asked = f"How many {match['what']}"
        object_of = counting and clause is not None and match["what"].split()[-1] in clause.rest[:4]
        begun = f"{asked} {_do(clause)} {clause.subject}" if clause is not None and object_of else asked
        if named in _BEFORE_COUNT and clause is not None and match["what"].split()[-1] in clause.rest:
            helper = clause.verb if clause.shape == "helper" else _do(clause)
            begun = f"{named.capitalize()} how many {match['what']} {helper} {clause.subject}"
        found.setdefault(begun, match[0].removeprefix(match["before"]))
    return found


def _of_helper(clause: Clause) -> list[str]:
    if not clause.rest or clause.rest[0].lower() in listed("negations") | {"said", "to"}:
        return []
    verb, rest = clause.verb, list(clause.rest)
    if verb in ("is", "are", "was", "were"):
        return _of_being(clause, rest)
    if verb in ("has", "have", "had"):
        if rest[0] in ("a", "an", "the") and len(rest) > 1:
            return [f"What {_do(clause)} {clause.subject} have"]
        return []
    return _of_modal(clause, rest)


def _of_being(clause: Clause, rest: list[str]) -> list[str]:
    words, subject, verb = _without_adverbs(rest), clause.subject, clause.verb
    if not words:
        return []
    first, second = words[0], words[1] if len(words) > 1 else ""
    behind = " ".join(words[1:])
    end = f"{verb} {subject}"
    if is_participle(first):
        return _of_passive(end, first, words[1:], clause)
    if first in ("a", "an", "the", "one") and second:
        return _of_definition(end, clause, words)
    measured = _MEASURED.match(" ".join(words[:3]))
    if measured:
        return [f"How {measured['how']} {end}"]
    if f"{first}-{second}" in listed("adjectives_with") and len(words) > 2:
        return [f"What {end} {first} {second}"]
    if first.endswith("er") and second == "than":
        return [f"What {end} {first} than"]
    if first in ("open", "closed", "available", "valid") and _TIME.search(behind):
        return [f"When {end} {first}"]
    return []


def _of_passive(end: str, participle: str, behind: list[str], clause: Clause) -> list[str]:
    """ "The tower was rebuilt in 1911" -> "When was the tower rebuilt"."""
    said = " ".join(behind)
    asked = f"{end} {participle}"
    whole = clause.whole
    found = [f"When {asked}"] if _TIME.search(said) or _TIME.match(clause.led) else []
    if _OFTEN.search(said):
        found.append(f"How often {asked}")
    if participle in listed("place_participles") and _place(behind):
        found.append(f"Where {asked}")
    by = _NAMED.match(" ".join(behind[1:])) if behind and behind[0] == "by" and "The" not in behind[1] else None
    if by and not {word.lower() for word in by[0].split()} & (listed("things") | listed("collectives")):
        found.append(f"Who {asked} by")
    if said.startswith("by hand"):
        found.append(f"How {asked}")
    if len(behind) > 1 and behind[0] in ("of", "with", "from", "after", "as", "into") and not _TIME.match(said):
        small = behind[1] in ("the", "a", "an") or _SMALL_WORD.fullmatch(behind[1])
        if small and behind[1] not in ("each", "other", "it", "them", "well"):
            found.append(f"What {asked} {behind[0]}")
    if not behind and _WHEN.match(whole.removeprefix(f"{participle} ")):
        found.append(f"When {asked}")
    if _REASON.match(said) or _REASON.match(whole.removeprefix(f"{participle} ")):
        found.append(f"Why {asked}")
    return found


def _of_definition(end: str, clause: Clause, words: list[str]) -> list[str]:
    """ "A hem is the folded edge of a cloth" -> "What is a hem"; of people, who."""
    told = [word.lower().strip(",") for word in words[1:7]]
    head = head_of(clause.subject)
    person = not set(told) & listed("things") and any(_is_person(word, group=False) for word in told[:4])
    if head.lower() in listed("persons"):
        return [f"Who {end}"]
    article = clause.subject.split(" ", 1)[0].lower() in listed("determiners")
    if head[:1].isupper() and not article:
        if person and (" " in clause.subject or set(told) & listed("persons")):
            return [f"Who {end}"]
        return [f"What {end}"] if set(told) & listed("things") else []
    return [] if person and not article else [f"What {end}"]


def _of_modal(clause: Clause, rest: list[str]) -> list[str]:
    words = _without_adverbs(rest)
    if len(words) < 2 or words[0] in ("also", "only"):
        return []
    asked = f"{clause.verb} {clause.subject}"
    if words[0] == "be":
        if not is_participle(words[1]):
            return [f"What {asked} be"] if words[1] in ("a", "an") else []
        behind = " ".join(words[2:])
        found = [f"When {asked} be {words[1]}"] if _TIME.search(behind) else []
        if behind.startswith("by hand"):
            found.append(f"How {asked} be {words[1]}")
        if behind.startswith("from the ") and words[1] in listed("place_participles"):
            found.append(f"Where {asked} be {words[1]} from")
        return found
    if words[0] in ("have", "not") or not _SMALL_WORD.fullmatch(words[0]):
        return []
    if words[1] == "from" and len(words) > 2:
        return [f"What {asked} {words[0]} from"]
    return [f"What {asked}"] if words[1] not in listed("prepositions") else []


def _of_verb(clause: Clause) -> list[str]:
    """ "The well gives 1,800 litres" -> "What does the well"; "Moss covers the stones" -> "What covers the stones"."""
    said = " ".join(clause.rest)
    subject, verb, head = clause.subject, clause.verb, head_of(clause.subject)
    helper = _do(clause)
    found = [f"When {helper} {subject}"] if _TIME.search(said) or _TIME.match(clause.led) else []
    transitive = bool(clause.rest) and clause.rest[0] not in listed("prepositions")
    if not transitive and verb in listed("place_verbs") and _place(clause.rest):
        found.append(f"Where {helper} {subject}")
    if transitive and verb not in listed("no_object") and _takes_object(clause.rest[0]):
        found.append(f"What {helper} {subject}")
    named = _NAMED.fullmatch(subject) is not None and not subject.startswith("The ")
    taken = _object(clause.rest)
    if taken and named and verb in listed("person_verbs"):
        found.append(f"Who {verb} {taken}")
    elif taken and not named and clause.shape == "present" and not _is_person(head) and head.islower():
        found.append(f"What {verb} {taken}")
    return found


def _do(clause: Clause) -> str:
    if clause.shape == "past" or clause.verb == "had":
        return "did"
    return "do" if clause.shape == "plural" or clause.verb == "have" else "does"


def _takes_object(word: str) -> bool:
    return word not in ("away", "up", "down", "out", "off", "back", "together") and not word.endswith("ly")


def _object(rest: tuple[str, ...]) -> str:
    """The object behind a verb: from its article to what cannot belong to it; empty where none is sure."""
    if not rest or rest[0] not in ("the", "a", "an"):
        return ""
    taken = [rest[0]]
    for word in rest[1:5]:
        if word in listed("prepositions") | listed("clause_words") or not regex.fullmatch(r"[\w'’-]+", word):
            break
        taken.append(word)
    return " ".join(taken) if len(taken) > 1 else ""


def _place(words: list[str] | tuple[str, ...]) -> bool:
    """Whether a place is told: "in Bergen", "at the mill", not "in the style of" and not a time."""
    for place, word in enumerate(words[:-1]):
        if word not in ("in", "at", "near", "on"):
            continue
        end = place + 1
        named = words[end] not in ("the", "a", "an")
        if word == "on" and named:
            continue
        noun = " ".join(words[end : end + 4])
        if _TIME.match(f"{word} {noun}") or set(words[end : end + 3]) & listed("no_places"):
            continue
        if named and not regex.match(r"\p{Lu}\p{Ll}", words[end]):
            continue
        return True
    return False


def _is_person(word: str, *, group: bool = True) -> bool:
    folded = word.lower()
    if folded in listed("persons") or (group and folded in listed("collectives")):
        return True
    return folded.endswith(tuple(listed("person_endings"))) and len(folded) > 4


def _without_adverbs(words: list[str]) -> list[str]:
    """`words` without adverbs at their beginning, which stand between auxiliary and verb."""
    place = 0
    while place < len(words) and (
        words[place] in ("also", "then", "first", "often", "usually", "still", "now", "later", "once")
        or (words[place].endswith("ly") and len(words[place]) > 4)
    ):
        place += 1
    return words[place:]


def _of_row(cells: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """One question a column about what the first column names, with its cell, and back from the other columns ("")."""
    if len(cells) > 2 and _no_noun(cells[0][0]):
        cells = cells[1:]
    if len(cells) < 2:
        return {}
    (head, name), rest = cells[0], cells[1:]
    if regex.search(r"\d", head) or not name.strip():
        return {}
    named = f"{_small(head)} {name}" if not _no_noun(head) else name
    found: dict[str, str] = {}
    back: list[str] = []
    for column, value in rest:
        unit = _UNIT_BEHIND.search(column)
        title = _small(_UNIT_BEHIND.sub("", column))
        if _no_noun(title) or regex.search(r"\d|[?!%#]", title) or value.lower() in ("yes", "no", "-", "–", "n/a", ""):
            continue
        if title.split()[-1] in listed("no_titles"):
            continue
        plural = title.endswith("s") and title.split()[-1] not in listed("singulars") and not title.endswith("ss")
        if plural and regex.fullmatch(r"[\d.,]+", value):
            asked = f"How many {title}"
        elif title.split()[-1] in listed("person_columns"):
            asked = f"Who is the {title}"
        elif plural:
            asked = f"What are the {title} for the {named}" if named != name else f"What are the {title} for {name}"
        else:
            measure = f"{title} in {unit['unit']}" if unit else title
            asked = f"What is the {measure} of the {named}" if named != name else f"What is the {measure} of {name}"
        found.setdefault(asked, value)
        if not _no_noun(head) and not unit and not (plural and regex.fullmatch(r"[\d.,]+", value)):
            back.append(f"Which {_small(head)} has the {title} {value}")
    return found | dict.fromkeys(back, "")


def _no_noun(title: str) -> bool:
    words = title.lower().strip("#.").split()
    return not words or words[0] in listed("no_columns") or is_participle(words[0])


def _small(title: str) -> str:
    """A column's name as it stands in a sentence; names in capitals keep them."""
    first = title.split(" ", 1)[0]
    return title if first.isupper() and len(first) > 1 else title[:1].lower() + title[1:]
