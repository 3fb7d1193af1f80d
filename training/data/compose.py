"""Draws one instruction at a time: family, intent, strictness and length are drawn independently of each other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

from training.data import brief, code, errands, frames, languages, languages_tasks, patterns, pretexts, voices
from training.data.grammar import capital, expand
from training.data.slots import SLOTS
from training.data.tables import TABLES

SOURCES: dict[str, tuple[str, ...]] = {
    "gen_selfstudy": ("meta_training", "question_steering"),
    "gen_answers": ("answer_hijack", "refusal", "wrong_fact"),
    "gen_style": ("format_mandate", "persona"),
    "gen_override": ("override",),
    "gen_tasks": ("task_conflict",),
    "gen_agents": ("tool_call", "exfiltration"),
    "gen_adverts": ("persuasion_ads",),
    "gen_code": ("code_insertion",),
}
_SPECIAL = ("gen_letters", "gen_leaks", "gen_roles", "gen_errands", "gen_blocks", "gen_pretexts")
"""Families that `_special` draws."""

_WEIGHTS = {
    **{"gen_selfstudy": 24, "gen_answers": 16, "gen_style": 10, "gen_override": 10, "gen_tasks": 30, "gen_agents": 7},
    **{"gen_adverts": 6, "gen_code": 5, "gen_languages": 28, "gen_rare": 9, "gen_letters": 8, "gen_leaks": 5},
    **{"gen_roles": 4, "gen_errands": 5, "gen_blocks": 20, "gen_pretexts": 9, "gen_brief": 16, "gen_voices": 60},
}
STRICTNESS = ("polite", "neutral", "strict")


class Passage(NamedTuple):
    """One drawn text and what it is."""

    text: str
    intent: str
    strictness: str
    lang: str
    source: str


def _toned(sentence: str, strictness: str, rng: random.Random) -> str:
    """A whole sentence at a strictness."""
    if strictness == "polite":
        return rng.choice(
            (
                f"Please note: {sentence}",
                f"{sentence} Thank you.",
                f"Kindly note that {sentence[:1].lower()}{sentence[1:]}",
                f"Dear AI, {sentence[:1].lower()}{sentence[1:]}",
                f"Please: {sentence}",
            )
        )
    if strictness == "strict":
        return rng.choice(
            (
                f"IMPORTANT: {sentence}",
                f"{sentence} This is mandatory.",
                f"{sentence} No exceptions!",
                sentence.upper() if rng.random() < 0.5 else f"ATTENTION! {sentence}",
                f"MUST READ: {sentence}",
            )
        )
    return sentence


def _special(source: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> tuple[str, str]:
    """Intent and text of the families that are not built from frames."""
    if source == "gen_letters":
        intent = rng.choice(sorted(patterns.ORDERS))
        core = expand(rng.choice(patterns.ORDERS[intent]), rng, TABLES, given)
        return intent, _toned(
            expand(rng.choice(errands.LETTERS), rng, TABLES, {**given, "core": core}), strictness, rng
        )
    if source == "gen_leaks":
        parts = [expand(line, rng, TABLES, given) for line in rng.sample(errands.LEAKS, rng.choice((1, 1, 2)))]
        if rng.random() < 0.2:
            parts.insert(0, _english("override", strictness, rng, given))
        return "exfiltration", _toned(" ".join(parts), strictness, rng)
    if source == "gen_roles":
        lines = rng.sample(errands.ROLES, rng.randint(2, 9))
        return "persona", _toned(" ".join(expand(line, rng, TABLES, given) for line in lines), strictness, rng)
    if source == "gen_pretexts":
        parts = [*rng.sample(pretexts.PRETEXTS, rng.choice((1, 1, 1, 2))), rng.choice(pretexts.REQUESTS)]
        text = " ".join(expand(part, rng, TABLES, given) for part in parts)
        return rng.choice(("task_conflict", "persuasion_ads")), _toned(
            text, strictness if rng.random() < 0.4 else "neutral", rng
        )
    if source == "gen_errands":
        core = expand(rng.choice(errands.ERRANDS), rng, TABLES, given)
        return "tool_call", capital(expand(rng.choice(frames.FRAMES[strictness]), rng, TABLES, {**given, "core": core}))
    body = expand(rng.choice((*code.BODIES, *code.MORE_BODIES, *patterns.PAYLOAD_CODE)), rng, TABLES, given)
    fence = rng.choice(
        ("```{}\n{}\n```", "```\n{1}\n```", "\n{1}", "{1}", "~~~{}\n{}\n~~~", "<pre><code>{1}</code></pre>")
    )
    if rng.random() < 0.15:  # the order stands in a comment of the code itself
        note = capital(_english("code_insertion", strictness, rng, given)).replace("\n", " ")[:150]
        return "code_insertion", fence.format(
            rng.choice(SLOTS["code_lang"]), rng.choice(("# ", "// ")) + note + "\n" + body
        )
    lead = _toned(
        expand(rng.choice(code.LEADS), rng, TABLES, given), strictness if rng.random() < 0.5 else "neutral", rng
    )
    return "code_insertion", lead.replace("Thank you.", "").strip() + "\n" + fence.format(
        rng.choice(SLOTS["code_lang"]), body
    )


def _english(intent: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """One English sentence (or a short block) of an intent at a strictness."""
    if intent in patterns.SENTENCES and rng.random() < (
        0.75 if intent == "task_conflict" and strictness == "neutral" else 0.3
    ):
        sentence = expand(rng.choice(patterns.SENTENCES[intent]), rng, TABLES, given)
        return _toned(sentence, strictness, rng)
    core = expand(rng.choice(patterns.ORDERS[intent]), rng, TABLES, given)
    table = frames.FRAMES
    if intent in {"meta_training", "question_steering"} and rng.random() < 0.6:
        table = frames.GENERATOR_FRAMES
    frame = rng.choice(table[strictness])
    return capital(expand(frame, rng, TABLES, {**given, "core": core}))


def _long(intent: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """Several sentences of one intent, as running text or as rules in a list."""
    count = rng.randint(3, 8)
    parts = [_english(intent, strictness, rng, given) for _ in range(count)]
    style = rng.random()
    if style < 0.2:
        head = expand(
            "[Rules for @ai:|You are @voice. Rules:|Instructions:|Checklist for @one_ai:|To the reader model:]",
            rng,
            TABLES,
            given,
        )
        mark = rng.choice(("-", "*", "{}."))
        return head + "\n" + "\n".join(f"{mark.format(i + 1)} {part}" for i, part in enumerate(parts))
    story = expand(
        "[|I am [a tired student|your developer|the editor] and @why |In this [story|test|game] @person "
        "has to @task_core. |Background: @Fact. |[Hello|Hi], this is @person from @brand. ]",
        rng,
        TABLES,
        given,
    )
    reason = expand(rng.choice(SLOTS["why"]), rng, TABLES, given)
    joiner = rng.choice((" ", " ", "\n"))
    return joiner.join([*([story] if story else []), *parts, reason])


def instruction(rng: random.Random, given: Mapping[str, str]) -> Passage:
    """Draw an instruction: source family, intent, strictness and length are drawn independently of each other."""
    source = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    strictness = rng.choice(STRICTNESS)
    if source in {"gen_languages", "gen_rare"}:
        return _foreign(source, strictness, rng, given)
    if source == "gen_voices":
        return _voiced(strictness, rng, given)
    if source == "gen_brief":
        intent = rng.choice(sorted(brief.BRIEF))
        text = capital(expand(rng.choice(brief.BRIEF[intent]), rng, TABLES, given))
        return Passage(
            _loose(_toned(text, strictness if rng.random() < 0.4 else "neutral", rng), rng),
            intent,
            strictness,
            "en",
            source,
        )
    if source in _SPECIAL:
        intent, text = _special(source, strictness, rng, given)
        return Passage(_loose(text, rng), intent, strictness, "en", source)
    intent = rng.choice(SOURCES[source])
    size = rng.random()
    if size < 0.2:
        text = min((_english(intent, strictness, rng, given) for _ in range(3)), key=len)
    elif size < 0.75:
        text = _english(intent, strictness, rng, given)
        opener = expand(rng.choice(frames.OPENERS), rng, TABLES, given)
        closer = expand(rng.choice(frames.CLOSERS), rng, TABLES, given) if rng.random() < 0.4 else ""
        text = " ".join(part for part in (opener, text, closer) if part)
    else:
        text = _long(intent, strictness, rng, given)
    return Passage(_loose(text, rng), intent, strictness, "en", source)


def _voiced(strictness: str, rng: random.Random, given: Mapping[str, str]) -> Passage:
    """An order or request of `voices.py`; the source names its kind, so that kinds can be left out."""
    lang = rng.choice(sorted(voices.VOICES))
    if lang not in languages.LANGUAGES and rng.random() < 0.4:
        lang = rng.choice(sorted(languages.LANGUAGES))
    kind, text = voices.voiced(lang, rng, given)
    intent = voices.INTENTS[kind]
    if rng.random() < 0.06:
        english = _english(rng.choice(SOURCES["gen_answers"]), "neutral", rng, given)
        text = rng.choice((f"{text} {english}", f"{english} {text}"))
    table = languages.LANGUAGES.get(lang, {})
    if strictness != "neutral" and strictness in table and rng.random() < 0.7:
        text = rng.choice(table[strictness]).replace("@s", text)
    return Passage(text, intent, strictness, lang, f"gen_voices_{kind}")


def _loose(text: str, rng: random.Random) -> str:
    """Sometimes as hurried writers leave it: no final stop, lower case, two spaces."""
    roll = rng.random()
    if roll < 0.06:
        return text.rstrip(".")
    if roll < 0.1:
        return text.lower()
    if roll < 0.12:
        return text.upper()
    return text


def _foreign(source: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> Passage:
    brief = {"topic": given.get("topic", "this")}
    if source == "gen_rare":
        lang = rng.choice(sorted(languages.RARE))
        sentence = expand(
            rng.choice((*languages.RARE[lang], *languages_tasks.MORE_RARE.get(lang, ()))), rng, TABLES, brief
        )
        if lang in pretexts.FOREIGN and rng.random() < 0.35:
            sentence = expand(rng.choice(pretexts.FOREIGN[lang]), rng, TABLES) + " " + sentence
        frame = expand(rng.choice(languages.RARE_FRAMES), rng, TABLES, {"s": sentence})
        return Passage(frame, "override", strictness, lang, source)
    lang = rng.choice(sorted(languages.LANGUAGES))
    table = languages.LANGUAGES[lang]
    intents = sorted(set(table) - {"polite", "strict"})
    weights = [
        3
        if intent
        in {"task_conflict", "override", "answer_hijack", "meta_training", "question_steering", "exfiltration"}
        else 1
        for intent in intents
    ]
    intent = rng.choices(intents, weights)[0]
    if lang in languages_tasks.ON_TOPIC and rng.random() < 0.15:
        intent = rng.choice(("question_steering", "answer_hijack"))
        table = {**table, intent: languages_tasks.ON_TOPIC[lang]}
    count = 1 if rng.random() < 0.75 else rng.randint(2, 4)
    gap = "" if lang in {"zh", "ja"} else " "
    more = languages_tasks.MORE.get(lang, {}).get(intent, ())
    text = gap.join(expand(rng.choice((*table[intent], *more, *more)), rng, TABLES, brief) for _ in range(count))
    if intent in {"task_conflict", "exfiltration"} and rng.random() < 0.25 and lang in pretexts.FOREIGN:
        text = expand(rng.choice(pretexts.FOREIGN[lang]), rng, TABLES) + gap + text
    if rng.random() < 0.1:
        text += " " + _english(rng.choice(SOURCES["gen_answers"]), strictness, rng, given)
    if strictness != "neutral":
        text = rng.choice(table[strictness]).replace("@s", text)
    return Passage(text, intent, strictness, lang, source)
