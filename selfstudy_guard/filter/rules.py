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

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        """The first match in `text`; `lowered` is the text in lower case, empty where that is not to be gone by."""
        if lowered:
            for word in self.needs:
                if word in lowered:
                    break
            else:
                return None
        return self.pattern.search(text)


RULES: tuple[Rule, ...] = tuple(
    Rule(rule["intent"], rule["name"], re.compile(joined(rule), re.I), tuple(rule["needs"]))
    for rule in shipped("selfstudy_guard.filter", "rules.toml")["rules"]
)

_DECISIVE = tuple(rule for rule in RULES if rule.name in ("ignore-previous", "ignore-previous-languages"))
"""Rules that make a finding by themselves, unless the phrase is only mentioned."""

_FOLDING = re.compile("[\u0130\u0131\u017f\u1c80-\u1c88\u212a]")
"""Letters that a pattern takes for others when it ignores case, and that lower case does not make so."""
_MENTION = re.compile(
    r"""
    \b(?:attack(?:er|ers|s)?|inject(?:ion|ions|ed)|adversar(?:y|ies|ial)|malicious|jailbreaks?|for\ example|e\.g\.
            |such\ as|phrases?\ like|strings?\ like|prompts?\ like|payloads?|quot(?:e|es|ed)|researchers?|paper
            |study)\b
    """,
    re.I | re.X,
)
_QUOTES = "\"'“”‘’«»`„「」"


def _lowered(text: str) -> str:
    """`text` in lower case, in which the needs of rules are looked for; empty where it has letters that fold."""
    return text.lower() if text.isascii() or not _FOLDING.search(text) else ""


def match_rule(text: str) -> tuple[str, str, bool] | None:
    """Intent and name of the first rule that `text` matches, and whether the phrase is quoted or talked about."""
    lowered = _lowered(text)
    for rule in RULES:
        match = rule.search(text, lowered)
        if match:
            before = text[: match.start()]
            quoted = any(mark in before for mark in _QUOTES) and any(mark in text[match.end() :] for mark in _QUOTES)
            return rule.intent, rule.name, quoted or bool(_MENTION.search(before))
    return None


def is_decided(text: str) -> bool:
    """Whether a text is an order by the first rule that it matches alone."""
    lowered = _lowered(text)
    if not any(rule.search(text, lowered) for rule in _DECISIVE):
        return False
    first = match_rule(text)
    return first is not None and not first[2] and any(rule.name == first[1] for rule in _DECISIVE)
