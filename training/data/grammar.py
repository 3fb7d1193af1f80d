"""A tiny generative grammar: `[a|b]` chooses, `@slot` fills from a table; one seeded generator draws everything."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
_SLOT = re.compile(r"@([A-Za-z_]+)")
_DEPTH = 12

Tables = Mapping[str, Sequence[str]]


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def expand(template: str, rng: random.Random, slots: Tables, given: Mapping[str, str] | None = None) -> str:
    """Fill a template.

    Args:
        template: text with `[a|b|]` choices (they may nest) and `@slot` names; `@Slot` capitalises the filler, `@SLOT`
            puts it in upper case; a name that no table knows stays as it is.
        rng: source of every choice.
        slots: tables of fillers; a filler may be a template itself.
        given: fillers that are fixed for this call (words of the carrier document); they win over the tables.

    Returns:
        The filled text, single spaces, first letter as the template has it.
    """
    fixed = given or {}

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        key = name.lower()
        if key in fixed:
            value = fixed[key]
        elif key in slots:
            value = rng.choice(slots[key])
        else:
            return match.group(0)
        value = _CHOICE.sub(lambda choice: rng.choice(choice.group(1).split("|")), value)
        if len(name) > 1 and name.isupper():
            return value.upper()
        return capital(value) if name[0].isupper() else value

    text = template
    for _ in range(_DEPTH):
        before = text
        text = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), text)
        text = _SLOT.sub(fill, text)
        if text == before:
            break
    text = re.sub(r"(?<=\S) {2,}", " ", text)
    return re.sub(r" ([.,?])(?=\s|$)", r"\1", text).strip(" ")
