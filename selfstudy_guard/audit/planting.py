"""The planted instructions of the audit: intent x channel x strictness x position, made from templates with a seed.

Every intent meets every channel once. Strictness and position follow an orthogonal array over these pairs (both are
sums modulo three), so that each of the four factors is balanced against each other one; the questions go round.
Each instruction is asked under three questions that relate to it in three ways: aligned, orthogonal, conflicting.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from selfstudy_guard.audit.intents import CODE_WORDS, FRAMES, INTENTS, Intent
from selfstudy_guard.audit.pages import Check, shipped_checks, shipped_documents
from selfstudy_guard.audit.surfaces import CHANNELS, INLINE, render
from selfstudy_guard.audit.verifiers import Verifier
from selfstudy_guard.records import Document, Frozen
from selfstudy_guard.testing import ObedientReader, Order

Strictness = Literal["polite", "neutral", "strict"]
Position = Literal["beside", "start", "end"]
Conflict = Literal["aligned", "orthogonal", "conflicting"]
STRICTNESS: tuple[Strictness, ...] = ("polite", "neutral", "strict")
POSITIONS: tuple[Position, ...] = ("beside", "start", "end")
"""Beside the paragraph that answers the question, at the start, or at the end of the document."""
CONFLICTS: tuple[Conflict, ...] = ("aligned", "orthogonal", "conflicting")


class Plant(Frozen):
    """One instruction in one document.

    Attributes:
        id: unique within its bank.
        intent, channel, strictness, position: its levels.
        demand: what it wants, in plain words; where this can be read, the instruction stands.
        words: the whole instruction in plain words.
        verifier: tells compliance.
        check: the question that is asked about the document.
        document: the document with the instruction in it.
        start, end: what was put in, in code points of the document's text.
        aligned, conflicting: what is added to the question.
    """

    id: str
    intent: str
    channel: str
    strictness: Strictness
    position: Position
    demand: str
    words: str
    verifier: Verifier
    check: Check
    document: Document
    start: int
    end: int
    aligned: str
    conflicting: str

    def question(self, conflict: Conflict) -> str:
        """The question under one relation to the instruction."""
        more = {"aligned": f" {self.aligned}", "orthogonal": "", "conflicting": f" {self.conflicting}"}[conflict]
        return self.check.question + more

    @property
    def order(self) -> Order:
        """What `ObedientReader` watches for."""
        value = _found(self.verifier.value, self.demand)
        return Order(text=self.demand, reply=lambda question, answer: self.verifier.obeying(answer), core=value)


@lru_cache(maxsize=4)
def planted(seed: int = 0) -> tuple[Plant, ...]:
    """The bank: 320 instructions (16 intents x 20 channels) in the shipped documents, in random order.

    The same seed gives the same bank on every machine.
    """
    rng = random.Random(f"planted:{seed}")
    checks = list(shipped_checks())
    rng.shuffle(checks)
    pairs = [(i, j) for i in range(len(INTENTS)) for j in range(len(CHANNELS))]
    rng.shuffle(pairs)
    bank: list[Plant] = []
    for number, (i, j) in enumerate(pairs):
        strictness, position = STRICTNESS[(i + j) % 3], POSITIONS[(i + 2 * j) % 3]
        bank.append(_plant(rng, number, INTENTS[i], CHANNELS[j], strictness, position, checks[number % len(checks)]))
    return tuple(bank)


def balanced(bank: Sequence[Plant], size: int) -> tuple[Plant, ...]:
    """A subset in which every level of every factor comes up as equally often as its size allows.

    Chosen one by one: next is the plant whose levels came up least so far, each factor weighing the same.
    """
    left, chosen = list(bank), list[Plant]()
    seen: Counter[tuple[str, str]] = Counter()
    factors = ("intent", "channel", "strictness", "position")
    levels = {name: len({getattr(plant, name) for plant in bank}) for name in factors}
    while left and len(chosen) < size:
        best = min(left, key=lambda plant: sum(seen[name, getattr(plant, name)] * levels[name] for name in factors))
        left.remove(best)
        chosen.append(best)
        seen.update((name, getattr(best, name)) for name in factors)
    return tuple(chosen)


def obedient_reader(seed: int = 0) -> ObedientReader:
    """The upper bound on compliance: a reader that knows every instruction of the bank and obeys what still stands."""
    return ObedientReader((plant.order for plant in planted(seed)), own_eyes=False)


def stands(plant: Plant, text: str) -> bool:
    """Whether the demand of `plant` can still be read in `text`, in whatever encoding."""
    return bool(ObedientReader((plant.order,), own_eyes=False).standing(text))


def _plant(
    rng: random.Random,
    number: int,
    intent: Intent,
    channel: str,
    strictness: Strictness,
    position: Position,
    check: Check,
) -> Plant:
    said, wanted = f"{rng.choice(CODE_WORDS)}-{rng.randrange(100, 1000)}", ""
    if intent.name == "wrong-fact":
        said = check.wrong
    elif intent.values:
        said, wanted = rng.choice(intent.values)
    demand = rng.choice(intent.demands).replace("{value}", said).replace("{question}", check.question.rstrip("?"))
    frame = rng.choice(FRAMES[strictness])
    words = frame.replace("{demand}", demand).replace("{Demand}", demand[0].upper() + demand[1:])
    home = next(document for document in shipped_documents() if document.id == check.document)
    as_html = home.media_type == "text/html"
    shown = render(words, channel, as_html=as_html)
    at, before, after = placed(home.text, check.evidence, position, inline=channel == INLINE, as_html=as_html)
    text = home.text[:at] + before + shown + after + home.text[at:]
    name = f"{intent.name}/{channel}/{strictness}/{position}"
    return Plant(
        id=f"{number:03}:{name}",
        intent=intent.name,
        channel=channel,
        strictness=strictness,
        position=position,
        demand=demand,
        words=words,
        verifier=Verifier(
            kind=intent.kind,
            value=wanted or (said if intent.kind in ("holds", "only", "begins", "repeats") else ""),
            unless=check.accept if intent.name == "wrong-fact" else (),
        ),
        check=check,
        document=Document(id=f"{number:03}-{home.id}", text=text, media_type=home.media_type),
        start=at + len(before),
        end=at + len(before) + len(shown),
        aligned=intent.aligned,
        conflicting=intent.conflicting,
    )


def placed(text: str, evidence: str, position: Position, *, inline: bool, as_html: bool) -> tuple[int, str, str]:
    """Where something is put in, and what stands before and after it."""
    if as_html:
        ends = [match.end() for match in re.finditer(r"</p>\n|</ul>\n", text)]
        closing = [match.start() for match in re.finditer(r"</p>|</li>", text)]
        first, last = text.index("<p>"), text.index("</body>")
        if inline:
            places = {"start": closing[0], "end": closing[-1], "beside": _after(closing, text.index(evidence))}
            return places[position], " ", ""
        places = {"start": first, "end": last, "beside": _after(ends, text.index(evidence))}
        return places[position], "", "\n"
    ends = [match.start() for match in re.finditer(r"\n\n|\n\Z", text)]
    if inline:
        places = {"start": ends[1], "end": ends[-1], "beside": _after(ends, text.index(evidence))}
        return places[position], " ", ""
    places = {"start": ends[0], "end": ends[-1], "beside": _after(ends, text.index(evidence))}
    return places[position], "\n\n", ""


def _after(places: Sequence[int], at: int) -> int:
    return next(place for place in places if place >= at)


def _found(value: str, demand: str) -> str:
    """`value` as it must stand in the demand; "" where the demand says it in other words."""
    return value if value and value.casefold() in demand.casefold() else ""
