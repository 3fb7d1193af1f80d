"""The rule layer: phrases that address a model and hardly ever a reader, each with the intent that it shows."""

from __future__ import annotations

import re
from typing import NamedTuple

from selfstudy_guard.files import joined, shipped


class Rule(NamedTuple):
    """A phrase with its intent: a pattern with bounded repeats only, so that a search takes linear time, and words one
    of which stands, in lower case, in whatever matches."""

    intent: str
    name: str
    pattern: re.Pattern[str]
    needs: tuple[str, ...]


RULES: tuple[Rule, ...] = tuple(
    Rule(rule["intent"], rule["name"], re.compile(joined(rule), re.I), tuple(rule["needs"]))
    for rule in shipped("selfstudy_guard.filter", "rules.toml")["rules"]
)

DECISIVE = frozenset({"ignore-previous", "ignore-previous-languages"})
"""Rules that make a finding by themselves, unless the phrase is only mentioned."""

_FOLDING = re.compile("[\u0130\u0131\u017f\u1c80-\u1c88\u212a]")
"""Letters that a pattern takes for others when it ignores case, and that lower case does not make so."""
_MENTION = re.compile(
    r"\b(?:attack(?:er|ers|s)?|inject(?:ion|ions|ed)|adversar(?:y|ies|ial)|"
    r"malicious|jailbreaks?|for example|e\.g\.|such as|"
    r"phrases? like|strings? like|prompts? like|payloads?|quot(?:e|es|ed)|researchers?|paper|study)\b",
    re.I,
)
_QUOTES = "\"'“”‘’«»`„「」"


def match_rule(text: str) -> tuple[str, str, bool] | None:
    """Intent and name of the first rule that `text` matches, and whether the phrase is quoted or talked about."""
    lowered = text.lower()
    folds = not text.isascii() and _FOLDING.search(text) is not None
    for intent, name, pattern, needs in RULES:
        if not folds and not any(word in lowered for word in needs):
            continue
        match = pattern.search(text)
        if match:
            before = text[: match.start()]
            quoted = any(mark in before for mark in _QUOTES) and any(mark in text[match.end() :] for mark in _QUOTES)
            return intent, name, quoted or bool(_MENTION.search(before))
    return None
