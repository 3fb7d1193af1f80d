"""`--model-option NAME=VALUE`: what is passed to a model's adapter with every call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

HELP = (
    "NAME=VALUE passed to the model with every call, such as max_tokens=4000, temperature=null (not sent), "
    "api_base=http://localhost:8000/v1; VALUE is JSON or a text; may be given more than once."
)


def model_options(given: Iterable[str] | None) -> dict[str, Any]:
    """Options by name; a value that is no JSON is taken as a text, and `null` takes an option away.

    Raises:
        InputError: an item has no name, or a name is given twice.
    """
    from selfstudy_guard.errors import InputError

    found: dict[str, Any] = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not name.isidentifier():
            raise InputError(f"--model-option {item!r}: write NAME=VALUE, such as max_tokens=4000 or seed=null")
        if name in found:
            raise InputError(f"--model-option {name} is given twice")
        try:
            found[name] = json.loads(value)
        except (ValueError, RecursionError):
            found[name] = value
    return found
