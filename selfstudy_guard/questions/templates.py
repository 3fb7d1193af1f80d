"""Templates of prompts: plain text with placeholders in braces, filled in one pass and checked when they are loaded.

In one pass, so that braces in a document are never read as placeholders.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import regex

_PLACEHOLDER = regex.compile(r"\{([a-z_]+)\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with its placeholders replaced, in one pass: values are never read as templates.

    A line whose placeholders are all empty is left out, with the label that it would have had.
    """
    lines = []
    for pieces in _pieces(template):
        names = pieces[1::2]
        if names and not any(values.get(name, name).strip() for name in names):
            continue
        filled = list(pieces)
        filled[1::2] = [values.get(name, f"{{{name}}}") for name in names]
        lines.append("".join(filled))
    return "\n".join(lines)


@lru_cache(maxsize=256)
def _pieces(template: str) -> tuple[tuple[str, ...], ...]:
    """Each line of a template, cut at its placeholders: text, name, text, name, ..., text. Templates are few."""
    return tuple(tuple(_PLACEHOLDER.split(line)) for line in template.split("\n"))


def check_template(where: str, template: str, allowed: set[str], required: tuple[str, ...] = ()) -> None:
    """See that a template has the placeholders that it needs, and no others.

    Args:
        where: name of the template, for messages.
        template: the text.
        allowed: placeholders that it may have.
        required: those that it must have.

    Raises:
        ValueError: it has not.
    """
    found = set(_PLACEHOLDER.findall(template))
    for name in sorted(found - allowed):
        raise ValueError(f"{where}: unknown placeholder {{{name}}}; it may use {', '.join(sorted(allowed))}")
    for name in required:
        if name not in found:
            raise ValueError(f"{where}: the placeholder {{{name}}} is missing")


def check_order(where: str, template: str, first: str, last: str) -> None:
    """See that the placeholder `first`, if there is one, stands before `last`.

    Raises:
        ValueError: it does not.
    """
    if f"{{{first}}}" in template and template.index(f"{{{first}}}") > template.index(f"{{{last}}}"):
        raise ValueError(f"{where}: {{{first}}} must stand before {{{last}}}: what requests share comes first")
