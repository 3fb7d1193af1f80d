"""How much a sentence reads like a demand on whoever answers: told by its words and its mood alone, without training.

The filter's belief is right where its weights know such orders. Orders that are written for the document that they
stand in share its words and its tone, and their beliefs are low; but they still have to say what is to be said, and to
whom. Informing sentences seldom do, so what does is doubted, and left out of the evidence for a question, at a lower
belief, and all else at a higher one. The words are data: `telling` and `audience` of `languages`.
"""

from __future__ import annotations

import math
import re
from functools import cache

from selfstudy_guard.languages import every

PLAIN = -1.0
"""Added to the logit of every belief: a sentence without any sign needs more of it. All constants are logistic weights
on development data, rounded; docs/filter.md names the command that measures them."""
TELLING, AUDIENCE, ADDRESS, QUOTATION = 3.0, 1.4, 1.8, 1.2
"""What each sign adds: an imperative of telling; a word for those who ask or read, or for what they are told (counted
twice at most); a web address; a quotation long enough to be said."""
FLOOR = 0.002
"""Belief below which the words are not looked at: none of 750 orders of the development data lies there, but nearly
half of all clean sentences."""
LONGEST = 600
"""Code points of a unit that are looked at."""

_PART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[,:;–—，：；。、(「“\"\]]")
_WEB = re.compile(r"https?://|\bwww\.|\w\.(?:com|net|org|io|info|eu|cn|ai|app|online|site|support)\b")
_QUOTED = re.compile(r"[\"“„«‘'「][^\"“”„«»‘’'「」\n]{12,300}[\"”“»’'」]")
_UNSPACED = re.compile("[\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts whose words are looked for as pieces: without spaces, or with marks that `re` takes for no letters."""
_LEADS = frozenset(("also", "please", "then", "only", "never", "always", "do", "not", "don't", "bitte", "to"))
"""Small words that may stand before an imperative."""


@cache
def _words(section: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """Words and pairs of words of a section, and a pattern of those that are looked for as pieces."""
    pieces = [word for word in every(section) if _UNSPACED.search(word)]
    return frozenset(map(str.lower, every(section))) - set(pieces), re.compile("|".join(map(re.escape, pieces)))


def addressing(unit: str) -> float:
    """What is to be added to the logit of the belief in a unit (a sentence, a list item ...), from `PLAIN` up."""
    said = unit[:LONGEST]
    (telling, told), (audience, heard) = _words("telling"), _words("audience")
    tells, audiences = False, 0
    opens, before, opened = True, "", False
    for part in _PART.findall(said.lower()):
        if not part[0].isalpha():
            opens, before, opened = True, "", False
            continue
        pair = f"{before} {part}"
        audiences += part in audience or pair in audience
        tells = tells or (opens and part in telling) or (opened and pair in telling)
        opened, before = opens, part
        opens = opens and (part in _LEADS or part.endswith("ly"))
    if not said.isascii() and _UNSPACED.search(said):
        tells = tells or told.search(said) is not None
        audiences += sum(1 for _ in heard.finditer(said))
    signs = TELLING * tells + AUDIENCE * min(2, audiences)
    return PLAIN + signs + ADDRESS * (_WEB.search(said) is not None) + QUOTATION * (_QUOTED.search(said) is not None)


def weighed_belief(belief: float, said: str) -> float:
    """A belief with how its unit addresses somebody.

    Args:
        belief: of the filter, 0 to 1.
        said: the unit.
    """
    return belief if belief < FLOOR else moved(belief, addressing(said))


def moved(belief: float, by: float) -> float:
    """A belief whose logit is moved."""
    kept = min(max(belief, 5e-4), 1 - 5e-4)
    return 1 / (1 + math.exp(-(math.log(kept / (1 - kept)) + by)))
