"""The rule layer: phrases that address a model and hardly ever a reader, each with the intent that it shows."""

from __future__ import annotations

import re

from selfstudy_guard.files import joined, shipped

RULES: tuple[tuple[str, str, str], ...] = tuple(
    (rule["intent"], rule["name"], joined(rule)) for rule in shipped("selfstudy_guard.filter", "rules.toml")["rules"]
)
"""(intent, name, pattern); bounded repeats only, so that a search takes linear time."""

DECISIVE = frozenset({"ignore-previous", "ignore-previous-languages"})
"""Rules that make a finding by themselves, unless the phrase is only mentioned."""

_ANY = tuple((intent, name, re.compile(pattern, re.I)) for intent, name, pattern in RULES)
_MENTION = re.compile(
    r"\b(?:attack(?:er|ers|s)?|inject(?:ion|ions|ed)|adversar(?:y|ies|ial)|"
    r"malicious|jailbreaks?|for example|e\.g\.|such as|"
    r"phrases? like|strings? like|prompts? like|payloads?|quot(?:e|es|ed)|researchers?|paper|study)\b",
    re.I,
)
_QUOTES = "\"'“”‘’«»`„「」"


def match_rule(text: str) -> tuple[str, str, bool] | None:
    """Intent and name of the first rule that `text` matches, and whether the phrase is quoted or talked about."""
    for intent, name, pattern in _ANY:
        match = pattern.search(text)
        if match:
            before = text[: match.start()]
            quoted = any(mark in before for mark in _QUOTES) and any(mark in text[match.end() :] for mark in _QUOTES)
            return intent, name, quoted or bool(_MENTION.search(before))
    return None
