"""Patterns with a sieve before them: a text without any of a pattern's own runs of letters needs no search.

Every pattern of boilerplate is a long alternation, and nearly every sentence matches none of it. For each alternative
the parser of `re` tells a run of letters that any match must hold; a text with none of these runs cannot match. The
answer is that of the bare pattern, always.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # the parser of the standard library itself
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ODD = re.compile("[\u0130\u0307\u017f\u212a\u1e9e\ufb00-\ufb06\u0345\u03c2\u03b9\u1fbe]")
"""Letters that another letter matches without regard to case although their lower case differs: no sieve for them."""
DOTLESS = "\u0131"
"""The Turkish letter that `re` takes for an i without regard to case."""
_COMMON = frozenset(
    (  # a list of words reads better as one
        "a ad all also and at by com go in is it like log more no now of off ok on or out page read see sign the this "
        "to up us view with you your"
    ).split()
)
"""Words of nearly every text: a run that is only one of them sieves nothing."""


class Sieved:
    """A pattern of which only those alternatives are searched of which a run of letters occurs.

    Args:
        pattern: a compiled pattern; matched without regard to case or with it.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self._sources = _alternatives(pattern.pattern) if not pattern.groups else [pattern.pattern]
        self._alone: dict[int, re.Pattern[str]] = {}
        found: list[tuple[str, int]] = []
        self._unsieved: list[int] = []
        for place, source in enumerate(self._sources):
            needed = _needed(parser.parse(source, pattern.flags & ~re.UNICODE))
            if not needed:
                self._unsieved.append(place)
            found.extend((run.lower().replace(DOTLESS, "i"), place) for run in needed or ())
        self._runs = tuple(sorted(set(found)))
        self._runs_of: dict[int, tuple[tuple[str, int], ...]] = {}
        for one in self._runs:
            self._runs_of[one[1]] = (*self._runs_of.get(one[1], ()), one)
        self._ascii = tuple((run, place) for run, place in self._runs if run.isascii())
        runs = {run for run, _ in self._runs}
        # Of runs of which one holds another, the shorter one is enough.
        self.runs: tuple[str, ...] = tuple(
            sorted(run for run in runs if not any(other != run and other in run for other in runs))
        )
        if self._unsieved:
            self.runs = ()

    @property
    def needed(self) -> list[tuple[int, str | None]]:
        """Every alternative by its number, with each run of which a match holds one; None: a match needs none."""
        return [*((place, run) for run, place in self._runs), *((place, None) for place in self._unsieved)]

    def may_match(self, lowered: str) -> bool:
        """Whether a text (in lower case) can match at all."""
        seen = lowered if lowered.isascii() else lowered.replace(DOTLESS, "i")
        return not self.runs or any(run in seen for run in self.runs) or ODD.search(lowered) is not None

    def found(self, text: str, lowered: str) -> bool:
        """Whether `re.Pattern.search` finds it; `lowered` is the text in lower case."""
        return self.matches(text, self.open(lowered))

    def open(self, lowered: str, possible: int | None = None) -> set[int]:
        """Numbers of the alternatives that can match, since one of their runs occurs.

        Args:
            lowered: the text in lower case.
            possible: alternatives that are looked at, as bits; None: all.
        """
        seen, runs = lowered, self._ascii
        if not lowered.isascii():
            if ODD.search(lowered):
                return set(range(len(self._sources)))
            seen, runs = lowered.replace(DOTLESS, "i"), self._runs
        if possible is not None:
            runs = ()
            while possible:
                last = possible & -possible
                runs += self._runs_of.get(last.bit_length() - 1, ())
                possible ^= last
        found = set(self._unsieved)
        for run, place in runs:
            if run in seen:
                found.add(place)
        return found

    def matches(self, text: str, alternatives: Iterable[int]) -> bool:
        """Whether one of some alternatives is found in a text."""
        return any(self._one(place).search(text) for place in alternatives)

    def match(self, text: str, lowered: str) -> re.Match[str] | None:
        """As `re.Pattern.match`; `lowered` is the text in lower case."""
        return self.pattern.match(text) if self.may_match(lowered) else None

    def count(self, text: str, lowered: str) -> int:
        """How often the pattern is found."""
        return sum(1 for _ in self.pattern.finditer(text)) if self.may_match(lowered) else 0

    def _one(self, place: int) -> re.Pattern[str]:
        """One alternative, compiled when it is first needed."""
        if place not in self._alone:
            self._alone[place] = re.compile(self._sources[place], self.pattern.flags & ~re.UNICODE)
        return self._alone[place]


def _alternatives(source: str) -> list[str]:
    """The alternatives of a pattern, cut at the bars outside all groups and sets."""
    found: list[str] = []
    depth = begun = at = first = 0
    in_set = False
    while at < len(source):
        character = source[at]
        if character == "\\":
            at += 1
        elif in_set:
            in_set = character != "]" or at == first
        elif character == "[":
            at += source.startswith("^", at + 1)
            in_set, first = True, at + 1  # a bracket that comes first is one of the set
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == "|" and not depth:
            found.append(source[begun:at])
            begun = at + 1
        at += 1
    return [*found, source[begun:]]


def _needed(parts: Iterable[tuple[Any, Any]]) -> set[str] | None:
    """Runs of letters of which any match of a sequence holds at least one; None where there is no such set."""
    best: set[str] | None = None
    for found in _candidates(parts):
        if found and (best is None or _worth(found) > _worth(best)):
            best = found
    return best


def _worth(runs: set[str]) -> tuple[int, int]:
    return min(1 if run.strip().lower() in _COMMON else len(run.strip()) for run in runs), -len(runs)


def _candidates(parts: Iterable[tuple[Any, Any]]) -> Iterator[set[str] | None]:
    run = ""
    for code, value in parts:
        if (
            code is codes.LITERAL
            and chr(value).lower() == chr(value).lower().casefold()
            and len(chr(value).lower()) == 1
        ):
            run += chr(value)
            continue
        if run:
            yield {run}
            run = ""
        if code is codes.SUBPATTERN:
            yield _needed(value[3])
        elif code is codes.BRANCH:
            branches = [_needed(branch) for branch in value[1]]
            yield None if any(not branch for branch in branches) else set().union(*(b for b in branches if b))
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) and value[0] >= 1:
            yield _needed(value[2])
        elif code is codes.ATOMIC_GROUP:
            yield _needed(value)
    if run:
        yield {run}
