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

_ODD = re.compile("[\u0130\u0307\u017f\u212a\u1e9e\ufb00-\ufb06\u0345\u03c2\u03b9\u1fbe]")
"""Letters that another letter matches without regard to case although their lower case differs: no sieve for them."""
_DOTLESS = "\u0131"
"""The Turkish letter that `re` takes for an i without regard to case."""
_COMMON = frozenset(
    (  # a list of words reads better as one
        "a ad all also and at by com go in is it like log more no now of off ok on or out page read see sign the this "
        "to up us view with you your"
    ).split()
)
"""Words of nearly every text: a run that is only one of them sieves nothing."""
_MOST = 400
"""Runs of letters from which looking for them costs as much as searching."""


class Sieved:
    """A pattern that is only searched where one of its runs of letters occurs.

    Args:
        pattern: a compiled pattern; matched without regard to case or with it.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        found = _needed(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))
        runs = {run.lower().replace(_DOTLESS, "i") for run in found} if found else set()
        # Of runs of which one holds another, the shorter one is enough.
        self.runs: tuple[str, ...] = tuple(
            sorted((run for run in runs if not any(other != run and other in run for other in runs)), key=len)
        )
        self._sieved = bool(self.runs) and len(self.runs) <= _MOST

    def may_match(self, lowered: str) -> bool:
        """Whether a text (in lower case) can match at all."""
        if not self._sieved:
            return True
        plain = lowered.isascii()
        seen = lowered if plain else lowered.replace(_DOTLESS, "i")
        for run in self.runs:
            if run in seen:
                return True
        return not plain and _ODD.search(lowered) is not None

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        """As `re.Pattern.search`; `lowered` is the text in lower case."""
        return self.pattern.search(text) if self.may_match(lowered) else None

    def match(self, text: str, lowered: str) -> re.Match[str] | None:
        """As `re.Pattern.match`; `lowered` is the text in lower case."""
        return self.pattern.match(text) if self.may_match(lowered) else None

    def count(self, text: str, lowered: str) -> int:
        """How often the pattern is found."""
        return sum(1 for _ in self.pattern.finditer(text)) if self.may_match(lowered) else 0


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
