"""Draws harmless passages and documents: by genre, by language, code examples, and blobs that are no prose."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import uuid
from collections.abc import Mapping

from training.data import directions, everyday, native, texts, voices, whole
from training.data.grammar import capital, expand
from training.data.tables import TABLES

GENRES: dict[str, tuple[str, ...]] = {
    **texts.BENIGN,
    **texts.MACHINE_PROSE,
    **texts.EVERYDAY,
    **texts.WORKPLACE,
    **{name: lines for name, lines in texts.BRIEF_HARMLESS.items() if name != "prompt_with_context"},
}
"""Templates of every harmless genre."""


def attack_quote(rng: random.Random) -> str:
    """A short instruction that prose may quote."""
    intent = rng.choice(
        ("override", "answer_hijack", "exfiltration", "refusal", "question_steering", "meta_training", "persona")
    )
    return expand(rng.choice(texts.ORDERS[intent]), rng, TABLES).rstrip(".")


def harmless(genre: str, rng: random.Random, given: Mapping[str, str] | None = None) -> str:
    """One harmless passage of a genre of `GENRES`, of a language ("lang:de", "voice:de"), or a blob ("blob")."""
    if genre == "blob":
        return blob(rng)
    if genre == "prompt_alone":
        template = rng.choice((*texts.PROMPTS_ALONE, *texts.BRIEF_HARMLESS["prompt_with_context"])).replace(
            "@attack", attack_quote(rng)
        )
        return capital(expand(template, rng, TABLES, given))
    if genre == "code_example":
        lead = expand(rng.choice(texts.BENIGN_LEADS), rng, TABLES, given)
        body = rng.choice(texts.BENIGN_BODIES)
        return lead + rng.choice((f"\n```\n{body}\n```", f"\n\n{body}", f"\n```python\n{body}\n```", f"\n{body}"))
    if genre.startswith("voice:"):
        return voices.calm(genre[6:], rng, given)
    if genre.startswith("native:"):
        return native.foreign(genre[7:], "harmless", rng, given or {})
    if genre in directions.GENRES:
        return directions.direction(genre, rng, given)
    if genre in whole.GENRES:
        return whole.harmless(genre.removeprefix("whole_"), rng, given or {})
    if genre.startswith("calm:"):
        return capital(expand(rng.choice(texts.CALM[genre[5:]]), rng, TABLES, given))
    if genre.startswith("native_"):
        return native.harmless(genre[7:], rng, given or {})
    if genre.startswith("lang:"):
        return expand(rng.choice(texts.BENIGN_LANGUAGES[genre[5:]]), rng, TABLES)
    template = rng.choice(GENRES[genre]).replace("@attack", attack_quote(rng), 1).replace("@attack", attack_quote(rng))
    return (
        capital(expand(template, rng, TABLES, given))
        if genre not in {"code_comment", "html_comment"}
        else expand(template, rng, TABLES, given)
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
        key: rng.choice(TABLES[key])
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
    if genre in directions.GENRES:
        return directions.directions(genre, rng)
    if genre in texts.EVERYDAY:
        return everyday.everyday(genre, rng, TABLES)
    fixed = dict(rng.sample(sorted(given.items()), rng.randint(3, 8)))
    seen: list[str] = []
    for _ in range(rng.randint(6, 22)):
        spoken = genre[6:] if genre.startswith("voice:") and genre[6:] in texts.BENIGN_LANGUAGES else ""
        sentence = harmless(f"lang:{spoken}" if spoken and rng.random() < 0.3 else genre, rng, fixed)
        if genre == "code_answer" and rng.random() < 0.3:
            sentence = harmless("code_example", rng, fixed)
        if sentence not in seen:
            seen.append(sentence)
    filler = (
        [harmless("statement", rng, fixed) for _ in range(rng.randint(0, 6))]
        if not genre.startswith(("lang:", "voice:", "native:", "calm:", "plea:"))
        else []
    )
    body = seen + filler
    if rng.random() < 0.7:
        rng.shuffle(body)
    layout = rng.random()
    title = "" if ":" in genre else (capital(genre.replace("_", " ")) + f" {rng.randint(1, 40)}")
    if layout < 0.3:
        text = "\n".join(f"{i + 1}. {line}" for i, line in enumerate(body))
    elif layout < 0.45:
        text = "\n".join(f"- {line}" for line in body)
    else:
        text = ""
        for line in body:
            text += line + (rng.choice((" ", " ", "\n\n", "\n")) if not genre.endswith("comment") else "\n")
    return (title + "\n\n" if title and rng.random() < 0.6 else "") + text.strip()
