"""Draws one passage at a time: an instruction (intent, strictness, length), or a harmless text of some genre."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import uuid
from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.filter_data import benign, frames, languages, patterns, tasks
from benchmarks.filter_data.grammar import capital, expand
from benchmarks.filter_data.slots import SLOTS

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
_WEIGHTS = {
    "gen_selfstudy": 24,
    "gen_answers": 16,
    "gen_style": 10,
    "gen_override": 10,
    "gen_tasks": 18,
    "gen_agents": 9,
    "gen_adverts": 6,
    "gen_code": 5,
    "gen_languages": 20,
    "gen_rare": 5,
}
STRICTNESS = ("polite", "neutral", "strict")

_TABLES: dict[str, tuple[str, ...]] = {
    **SLOTS,
    **{
        "brandpkg": ("norvela-utils", "fastkettle", "tessel_helper", "lumapath", "left-padder"),
        "task_core": tasks.TASK_CORES,
        "work_core": tasks.WORK_CORES,
    },
    **{
        "plain_task": ("@Task_core.", "@Task_core.", "@Task_core"),
        "quick_question": tasks.QUICK_QUESTIONS,
        "snippet": patterns.SNIPPETS,
        "payload_code": patterns.PAYLOAD_CODE,
    },
    **{"secret": SLOTS["secret"], "polite_task": ("please @task_core", "could you @task_core?", "@task_core")},
    **benign.BENIGN_SLOTS,
}


class Passage(NamedTuple):
    """One drawn text and what it is."""

    text: str
    intent: str
    strictness: str
    lang: str
    source: str


def _english(intent: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """One English sentence (or a short block) of an intent at a strictness."""
    if intent in patterns.SENTENCES and rng.random() < (
        0.75 if intent == "task_conflict" and strictness == "neutral" else 0.3
    ):
        sentence = expand(rng.choice(patterns.SENTENCES[intent]), rng, _TABLES, given)
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
    core = expand(rng.choice(patterns.ORDERS[intent]), rng, _TABLES, given)
    table = frames.FRAMES
    if intent in {"meta_training", "question_steering"} and rng.random() < 0.6:
        table = frames.GENERATOR_FRAMES
    frame = rng.choice(table[strictness])
    return capital(expand(frame, rng, _TABLES, {**given, "core": core}))


def _long(intent: str, strictness: str, rng: random.Random, given: Mapping[str, str]) -> str:
    """Several sentences of one intent, as running text or as rules in a list."""
    count = rng.randint(3, 8)
    parts = [_english(intent, strictness, rng, given) for _ in range(count)]
    style = rng.random()
    if style < 0.2:
        head = expand(
            "[Rules for @ai:|You are @voice. Rules:|Instructions:|Checklist for @one_ai:|To the reader model:]",
            rng,
            _TABLES,
            given,
        )
        mark = rng.choice(("-", "*", "{}."))
        return head + "\n" + "\n".join(f"{mark.format(i + 1)} {part}" for i, part in enumerate(parts))
    story = expand(
        "[|I am [a tired student|your developer|the editor] and @why |In this [story|test|game] @person "
        "has to @task_core. |Background: @Fact. |[Hello|Hi], this is @person from @brand. ]",
        rng,
        _TABLES,
        given,
    )
    reason = expand(rng.choice(SLOTS["why"]), rng, _TABLES, given)
    joiner = rng.choice((" ", " ", "\n"))
    return joiner.join([*([story] if story else []), *parts, reason])


def instruction(rng: random.Random, given: Mapping[str, str]) -> Passage:
    """Draw an instruction: source family, intent, strictness and length are drawn independently of each other."""
    source = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    strictness = rng.choice(STRICTNESS)
    if source in {"gen_languages", "gen_rare"}:
        return _foreign(source, strictness, rng, given)
    intent = rng.choice(SOURCES[source])
    size = rng.random()
    if size < 0.2:
        text = min((_english(intent, strictness, rng, given) for _ in range(3)), key=len)
    elif size < 0.82:
        text = _english(intent, strictness, rng, given)
        opener = expand(rng.choice(frames.OPENERS), rng, _TABLES, given)
        closer = expand(rng.choice(frames.CLOSERS), rng, _TABLES, given) if rng.random() < 0.4 else ""
        text = " ".join(part for part in (opener, text, closer) if part)
    else:
        text = _long(intent, strictness, rng, given)
    return Passage(_loose(text, rng), intent, strictness, "en", source)


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
    brief = {key: value for key, value in given.items() if key in {"word", "brand", "url"}}
    if source == "gen_rare":
        lang = rng.choice(sorted(languages.RARE))
        sentence = expand(rng.choice(languages.RARE[lang]), rng, _TABLES, brief)
        frame = expand(rng.choice(languages.RARE_FRAMES), rng, _TABLES, {"s": sentence})
        return Passage(frame, "override", strictness, lang, source)
    lang = rng.choice(sorted(languages.LANGUAGES))
    table = languages.LANGUAGES[lang]
    intents = sorted(set(table) - {"polite", "strict"})
    weights = [
        3 if intent in {"task_conflict", "override", "answer_hijack", "meta_training", "question_steering"} else 1
        for intent in intents
    ]
    intent = rng.choices(intents, weights)[0]
    count = 1 if rng.random() < 0.75 else rng.randint(2, 4)
    gap = "" if lang in {"zh", "ja"} else " "
    text = gap.join(expand(rng.choice(table[intent]), rng, _TABLES, brief) for _ in range(count))
    if rng.random() < 0.1:
        text += " " + _english(rng.choice(SOURCES["gen_answers"]), strictness, rng, given)
    if strictness != "neutral":
        text = rng.choice(table[strictness]).replace("@s", text)
    return Passage(text, intent, strictness, lang, source)


def attack_quote(rng: random.Random) -> str:
    """A short instruction that prose may quote."""
    intent = rng.choice(
        ("override", "answer_hijack", "exfiltration", "refusal", "question_steering", "meta_training", "persona")
    )
    return expand(rng.choice(patterns.ORDERS[intent]), rng, _TABLES).rstrip(".")


def harmless(genre: str, rng: random.Random, given: Mapping[str, str] | None = None) -> str:
    """One harmless passage of a genre of `benign.BENIGN`, or of a language ("lang:de"), or a blob ("blob")."""
    if genre == "blob":
        return blob(rng)
    if genre.startswith("lang:"):
        return expand(rng.choice(benign.BENIGN_LANGUAGES[genre[5:]]), rng, _TABLES)
    template = (
        rng.choice(benign.BENIGN[genre]).replace("@attack", attack_quote(rng), 1).replace("@attack", attack_quote(rng))
    )
    return (
        capital(expand(template, rng, _TABLES, given))
        if genre not in {"code_comment", "html_comment"}
        else expand(template, rng, _TABLES, given)
    )


def blob(rng: random.Random) -> str:
    """Machine text that is no prose: keys, digests, images, tokens, addresses, serialised records."""
    data = rng.randbytes(rng.randint(24, 180))
    record = json.dumps(
        {
            "id": rng.randrange(10**6),
            "on": rng.random() < 0.5,
            "kind": rng.choice(("a", "tile", "row")),
            "xy": [rng.randrange(99), rng.randrange(99)],
        }
    )
    return rng.choice(
        (
            base64.b64encode(data).decode(),
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA" + base64.b64encode(data).decode(),
            hashlib.sha256(data).hexdigest(),
            "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode(),
            base64.b64encode(record.encode()).decode(),
            str(uuid.UUID(bytes=data[:16])),
            data.hex(":"),
            base64.b32encode(data).decode(),
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + base64.b64encode(data[:32]).decode() + " me@host",
            "https://example.org/a?q=caf%C3%A9%20au%20lait&p=" + data.hex()[:12],
            " ".join(f"{b:08b}" for b in data[:12]),
            "eyJhbGciOiJIUzI1NiJ9."
            + base64.urlsafe_b64encode(record.encode()).decode().rstrip("=")
            + "."
            + base64.urlsafe_b64encode(data[:32]).decode().rstrip("="),
            "\\x" + "\\x".join(f"{b:02x}" for b in data[:20]),
            "... --- ...",
            "M 10 10 L " + " ".join(f"{b} {b % 7}" for b in data[:20]),
        )
    )


def harmless_document(genre: str, rng: random.Random) -> str:
    """A whole harmless document of one genre: a heading, then sentences in paragraphs or in a list."""
    given = {
        key: rng.choice(_TABLES[key])
        for key in (
            "device",
            "ingredient",
            "func",
            "option",
            "party",
            "concept",
            "history",
            "city",
            "person",
            "first",
            "brand",
        )
    }
    if genre == "blob":
        genre = "api_docs"
    fixed = dict(rng.sample(sorted(given.items()), rng.randint(3, 8)))
    seen: list[str] = []
    for _ in range(rng.randint(6, 22)):
        sentence = harmless(genre, rng, fixed)
        if sentence not in seen:
            seen.append(sentence)
    filler = (
        [harmless("statement", rng, fixed) for _ in range(rng.randint(0, 6))] if not genre.startswith("lang:") else []
    )
    body = seen + filler
    if rng.random() < 0.7:
        rng.shuffle(body)
    layout = rng.random()
    title = {"lang": ""}.get(genre[:4], capital(genre.replace("_", " ")) + f" {rng.randint(1, 40)}")
    if layout < 0.3:
        text = "\n".join(f"{i + 1}. {line}" for i, line in enumerate(body))
    elif layout < 0.45:
        text = "\n".join(f"- {line}" for line in body)
    else:
        text = ""
        for line in body:
            text += line + (rng.choice((" ", " ", "\n\n", "\n")) if not genre.endswith("comment") else "\n")
    return (title + "\n\n" if title and rng.random() < 0.6 else "") + text.strip()
