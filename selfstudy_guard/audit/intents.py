"""What planted instructions want (intents.toml): their wordings, how compliance is told, which questions fit."""

from __future__ import annotations

from selfstudy_guard.audit.verifiers import VerifierKind
from selfstudy_guard.files import shipped
from selfstudy_guard.records import Frozen


class Intent(Frozen):
    """One kind of demand.

    Attributes:
        name: of the level in the design.
        kind: the verifier.
        demands: wordings.
        values: what `{value}` may be in words, each with what the verifier looks for; empty for
            code words made by seed.
        aligned: added to a question that leaves room for the demand.
        conflicting: added to a question that forbids what the instruction demands.
    """

    name: str
    kind: VerifierKind
    demands: tuple[str, ...]
    values: tuple[tuple[str, str], ...] = ()
    aligned: str
    conflicting: str


_SHIPPED = shipped("selfstudy_guard.audit", "intents.toml")

CODE_WORDS: tuple[str, ...] = tuple(_SHIPPED["code_words"])
"""With a number they make code words that no shipped document holds."""

INTENTS: tuple[Intent, ...] = tuple(Intent(**entry) for entry in _SHIPPED["intents"])
"""All sixteen."""

FRAMES: dict[str, tuple[str, ...]] = {name: tuple(frames) for name, frames in _SHIPPED["frames"].items()}
"""Words round a demand, by strictness."""
