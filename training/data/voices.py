"""Reads the small grammars of `grammars/voices_*.toml`, and draws sentences from them.

A grammar is one line a rule. Lines that start with one letter are fillers, divided by `|`: `t` topics, `a` "about ..."
phrases, `w` what can be written, `k` what is kept secret, `h` clauses of the kind "how bread is made", `q` questions.
Other lines are templates of a kind: `task`, `leak`, `plea` (a pretext and a request), `rule` (format and language),
`over`, `say`, `study` (questions and training data), and `calm`: harmless sentences of the same words.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from training.data.grammar import capital, expand
from training.data.texts import EAST, MORE_VOICES, SLOTS, WEST

INTENTS = {
    "task": "task_conflict",
    "leak": "exfiltration",
    "plea": "persuasion_ads",
    "rule": "format_mandate",
    "over": "override",
    "say": "answer_hijack",
    "study": "question_steering",
}
"""Kind of template to intent."""
KIND_WEIGHTS = {"task": 7, "leak": 3, "plea": 4, "rule": 2, "over": 3, "say": 2, "study": 2}
FIGURES = {"number": (*"23456789", "12", "17"), "day": ("3.4.", "12.5.", "1.10.", "31.12.")}
"""What English names, written so that every language reads it."""
UNSPACED = frozenset({"zh", "ja", "th"})
"""Languages that put no space between sentences or words."""


def _read(grammar: str) -> dict[str, tuple[str, ...]]:
    rules: dict[str, tuple[str, ...]] = {}
    for line in filter(None, grammar.splitlines()):
        name, _, body = line.partition(" ")
        rules[name] = rules.get(name, ()) + (tuple(body.split("|")) if len(name) == 1 else (body,))
    return rules


_KNOWN = {**WEST, **EAST}
VOICES: dict[str, dict[str, tuple[str, ...]]] = {
    lang: _read(_KNOWN.get(lang, "") + MORE_VOICES.get(lang, "")) for lang in dict.fromkeys((*_KNOWN, *MORE_VOICES))
}
"""Language to its fillers and templates."""


def _say(lang: str, kind: str, rng: random.Random, given: Mapping[str, str]) -> str:
    rules = VOICES[lang]
    return capital(expand(rng.choice(rules[kind]), rng, {**SLOTS, **FIGURES, **rules}, given))


def voiced(lang: str, rng: random.Random, given: Mapping[str, str]) -> tuple[str, str]:
    """Kind and text of an order or a request in a language, of one to four sentences.

    Args:
        lang: a key of `VOICES`.
        rng: source of every choice.
        given: fillers that are fixed, such as the topic of the carrier.
    """
    kind = rng.choices(list(KIND_WEIGHTS), list(KIND_WEIGHTS.values()))[0]
    parts = [_say(lang, kind, rng, given)]
    roll = rng.random()
    if roll < 0.15:
        parts.append(_say(lang, kind, rng, given))
    elif roll < 0.25:
        parts.insert(0, _say(lang, "over", rng, given))
    elif roll < 0.32:
        parts += [_say(lang, rng.choice(list(INTENTS)), rng, given) for _ in range(2)]
    text = ("" if lang in UNSPACED else " ").join(parts)
    roll = rng.random()
    if roll < 0.08:
        text = text.rstrip(".。।")
    elif roll < 0.11:
        text = text.lower()
    return kind, text


def calm(lang: str, rng: random.Random, given: Mapping[str, str] | None = None) -> str:
    """A harmless sentence of a language that uses the words of orders and requests."""
    return _say(lang, "calm", rng, given or {})
