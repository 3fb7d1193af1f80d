"""Draws one instruction at a time: family, intent, strictness and length are drawn independently of each other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

from training.data import native, texts, voices, whole
from training.data.grammar import capital, expand
from training.data.tables import TABLES
from training.data.texts import SLOTS

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
    **{"gen_native": 190, "gen_native_languages": 110},
}
STRICTNESS = ("polite", "neutral", "strict")
PLEAS = 0.35
"""Share of whole prompts in other languages than English."""


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
        intent = rng.choice(sorted(texts.ORDERS))
        core = expand(rng.choice(texts.ORDERS[intent]), rng, TABLES, given)
        return intent, _toned(expand(rng.choice(texts.LETTERS), rng, TABLES, {**given, "core": core}), strictness, rng)
    if source == "gen_leaks":
        parts = [expand(line, rng, TABLES, given) for line in rng.sample(texts.LEAKS, rng.choice((1, 1, 2)))]
        if rng.random() < 0.2:
            parts.insert(0, _english("override", strictness, rng, given))
        return "exfiltration", _toned(" ".join(parts), strictness, rng)
    if source == "gen_roles":
        lines = rng.sample(texts.ROLES, rng.randint(2, 9))
        return "persona", _toned(" ".join(expand(line, rng, TABLES, given) for line in lines), strictness, rng)
    if source == "gen_pretexts":
        parts = [*rng.sample(texts.PRETEXTS, rng.choice((1, 1, 1, 2))), rng.choice(texts.REQUESTS)]
        text = " ".join(expand(part, rng, TABLES, given) for part in parts)
        return rng.choice(("task_conflict", "persuasion_ads")), _toned(
            text, strictness if rng.random() < 0.4 else "neutral", rng
        )
    if source == "gen_errands":
        core = expand(rng.choice(texts.ERRANDS), rng, TABLES, given)
        return "tool_call", capital(expand(rng.choice(texts.FRAMES[strictness]), rng, TABLES, {**given, "core": core}))
    body = expand(rng.choice((*texts.BODIES, *texts.MORE_BODIES, *texts.PAYLOAD_CODE)), rng, TABLES, given)
    fence = rng.choice(
        ("```{}\n{}\n```", "```\n{1}\n```", "\n{1}", "{1}", "~~~{}\n{}\n~~~", "<pre><code>{1}</code></pre>")
    )
    if rng.random() < 0.15:  # the order stands in a comment of the code itself
        note = capital(_english("code_insertion", strictness, rng, given)).replace("\n", " ")[:150]
        return "code_insertion", fence.format(
            rng.choice(SLOTS["code_lang"]), rng.choice(("# ", "// ")) + note + "\n" + body
        )
    lead = _toned(
        expand(rng.choice(texts.LEADS), rng, TABLES, given), strictness if rng.random() < 0.5 else "neutral", rng
    )
    return "code_insertion", lead.replace("Thank you.", "").strip() + "\n" + fence.format(
        rng.choice(SLOTS["code_lang"]), body
    )


def _english(intent: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """One English sentence (or a short block) of an intent at a strictness."""
    if intent in texts.SENTENCES and rng.random() < (
        0.75 if intent == "task_conflict" and strictness == "neutral" else 0.3
    ):
        sentence = expand(rng.choice(texts.SENTENCES[intent]), rng, TABLES, given)
        return _toned(sentence, strictness, rng)
    core = expand(rng.choice(texts.ORDERS[intent]), rng, TABLES, given)
    table = texts.FRAMES
    if intent in {"meta_training", "question_steering"} and rng.random() < 0.6:
        table = texts.GENERATOR_FRAMES
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


def instruction(rng: random.Random, given: Mapping[str, str], native: float = 1.0, prompts: float = 0) -> Passage:
    """Draw an instruction: source family, intent, strictness and length are drawn independently of each other.

    Args:
        rng: source of every choice.
        given: fillers that are fixed, such as the topic of the carrier.
        native: how often orders in the register of their document are drawn, against their usual share.
        prompts: share of whole prompts among all.
    """
    if rng.random() < prompts:
        if rng.random() < PLEAS:
            lang = rng.choice(sorted(texts.PLEAS))
            text = _loose(whole.plea(lang, "orders", rng, given), rng)
            return Passage(text, "exfiltration", rng.choice(STRICTNESS), lang, "gen_whole_languages")
        kind, text = whole.order(rng, given)
        return Passage(_loose(text, rng), whole.INTENTS[kind], rng.choice(STRICTNESS), "en", f"gen_whole_{kind}")
    weights = [weight * (native if name.startswith("gen_native") else 1) for name, weight in _WEIGHTS.items()]
    source = rng.choices(list(_WEIGHTS), weights)[0]
    strictness = rng.choice(STRICTNESS)
    if source in {"gen_languages", "gen_rare"}:
        return _foreign(source, strictness, rng, given)
    if source == "gen_voices":
        return _voiced(strictness, rng, given)
    if source == "gen_native":
        return _native(strictness, rng, given)
    if source == "gen_native_languages":
        return _native_foreign(strictness, rng, given)
    if source == "gen_brief":
        intent = rng.choice(sorted(texts.BRIEF))
        text = capital(expand(rng.choice(texts.BRIEF[intent]), rng, TABLES, given))
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
        opener = expand(rng.choice(texts.OPENERS), rng, TABLES, given)
        closer = expand(rng.choice(texts.CLOSERS), rng, TABLES, given) if rng.random() < 0.4 else ""
        text = " ".join(part for part in (opener, text, closer) if part)
    else:
        text = _long(intent, strictness, rng, given)
    return Passage(_loose(text, rng), intent, strictness, "en", source)


def _native(strictness: str, rng: random.Random, given: Mapping[str, str]) -> Passage:
    """An order in the register of its document; the source names the kind, so that kinds can be left out."""
    kind, text = native.order(rng, given)
    for _ in range(rng.choice((0, 0, 0, 0, 1, 1, 2))):
        text += " " + (native.order(rng, given, kind)[1] if rng.random() < 0.7 else native.order(rng, given)[1])
    return Passage(_loose(text, rng), native.INTENTS[kind], strictness, "en", f"gen_native_{kind}")


def _native_foreign(strictness: str, rng: random.Random, given: Mapping[str, str]) -> Passage:
    """The same in another language."""
    lang = rng.choice(sorted(texts.NATIVE_LANGUAGES))
    parts = [native.foreign(lang, "orders", rng, given) for _ in range(rng.choice((1, 1, 1, 1, 2)))]
    return Passage(_loose(native.gap(lang).join(parts), rng), "answer_hijack", strictness, lang, "gen_native_languages")


def _voiced(strictness: str, rng: random.Random, given: Mapping[str, str]) -> Passage:
    """An order or request of `voices.py`; the source names its kind, so that kinds can be left out."""
    lang = rng.choice(sorted(voices.VOICES))
    if lang not in texts.LANGUAGES and rng.random() < 0.4:
        lang = rng.choice(sorted(texts.LANGUAGES))
    kind, text = voices.voiced(lang, rng, given)
    intent = voices.INTENTS[kind]
    if rng.random() < 0.06:
        english = _english(rng.choice(SOURCES["gen_answers"]), "neutral", rng, given)
        text = rng.choice((f"{text} {english}", f"{english} {text}"))
    table = texts.LANGUAGES.get(lang, {})
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
        lang = rng.choice(sorted(texts.RARE))
        sentence = expand(rng.choice((*texts.RARE[lang], *texts.MORE_RARE.get(lang, ()))), rng, TABLES, brief)
        if lang in texts.FOREIGN and rng.random() < 0.35:
            sentence = expand(rng.choice(texts.FOREIGN[lang]), rng, TABLES) + " " + sentence
        frame = expand(rng.choice(texts.RARE_FRAMES), rng, TABLES, {"s": sentence})
        return Passage(frame, "override", strictness, lang, source)
    lang = rng.choice(sorted(texts.LANGUAGES))
    table = texts.LANGUAGES[lang]
    intents = sorted(set(table) - {"polite", "strict"})
    weights = [
        3
        if intent
        in {"task_conflict", "override", "answer_hijack", "meta_training", "question_steering", "exfiltration"}
        else 1
        for intent in intents
    ]
    intent = rng.choices(intents, weights)[0]
    if lang in texts.ON_TOPIC and rng.random() < 0.15:
        intent = rng.choice(("question_steering", "answer_hijack"))
        table = {**table, intent: texts.ON_TOPIC[lang]}
    count = 1 if rng.random() < 0.75 else rng.randint(2, 4)
    gap = "" if lang in {"zh", "ja"} else " "
    more = texts.MORE_LANGUAGES.get(lang, {}).get(intent, ())
    text = gap.join(expand(rng.choice((*table[intent], *more, *more)), rng, TABLES, brief) for _ in range(count))
    if intent in {"task_conflict", "exfiltration"} and rng.random() < 0.25 and lang in texts.FOREIGN:
        text = expand(rng.choice(texts.FOREIGN[lang]), rng, TABLES) + gap + text
    if rng.random() < 0.1:
        text += " " + _english(rng.choice(SOURCES["gen_answers"]), strictness, rng, given)
    if strictness != "neutral":
        text = rng.choice(table[strictness]).replace("@s", text)
    return Passage(text, intent, strictness, lang, source)
