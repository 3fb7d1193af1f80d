"""Yes or no: `skip_own_pairs="no"` is a mistake to be told, and not a yes."""

from __future__ import annotations

from selfstudy_guard.errors import InputError


def check_flags(**given: object) -> None:
    """Refuse a flag that is neither True nor False; each goes by its argument's name.

    Raises:
        InputError: names the argument and what it was.
    """
    for name, value in given.items():
        if not isinstance(value, bool):
            raise InputError(f"{name} must be True or False, not {value!r}")
