"""Rows of published orders: orders alone (`orders.jsonl`), planted by us, and orders that were written for the document
that they stand in (`in_context.jsonl`)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from training.filter_rows import Row, read_jsonl

INTENTS = {
    "trivia": "task_conflict", "injection": "override", "extraction": "exfiltration", "jailbreak": "persona",
    "bypass": "override", "tool-abuse": "tool_call", "content_manipulation": "override", "web_attacks": "tool_call",
    "code_attacks": "tool_call", "hidden_attacks": "override", "ui_attacks": "tool_call",
    "instruction_manipulation": "override", "agent_specific_attacks": "tool_call", "character_manipulation": "override",
    "task_specific_attacks": "override", "deception_attacks": "override", "data_attacks": "exfiltration",
    "access_denial": "answer_hijack", "infrastructure_failure": "answer_hijack",
    "content_promotion": "answer_hijack", "phishing_injection": "answer_hijack",
}  # fmt: skip
"""Intent of each kind that the sources name."""


def orders(folder: Path) -> list[tuple[str, str, str, str]]:
    """Orders alone: source, intent, language, text."""
    return [
        (item["source"], INTENTS[item["kind"]], "other" if item["lang"] == "?" else item["lang"], item["text"])
        for item in read_jsonl(folder / "orders.jsonl")
    ]


def in_context(folder: Path) -> list[Row]:
    """Documents with an order that was written for them, and each of these documents without it (once)."""
    rows: list[Row] = []
    seen: set[str] = set()
    for item in read_jsonl(folder / "in_context.jsonl"):
        text, (start, end) = item["document"], item["span"]
        source, intent = item["source"], INTENTS[item["kind"]]
        rows.append(Row(text, "injected", source, source, (start, end), (start, end), intent, "in_context", "en", True))
        bare = re.sub(
            r"\n{3,}", "\n\n", re.sub(r"  +", " ", text[:start].rstrip(" ") + " " + text[end:].lstrip(" "))
        ).strip()
        if bare not in seen and len(bare) > 80:
            seen.add(bare)
            rows.append(Row(bare, "clean", source, dev=True))
    return rows


def moved_sentences(rows: list[Row], rng: random.Random) -> Iterator[Row]:
    """On-topic harmless text in the places of orders: a sentence of a clean document, elsewhere in that document."""
    for row in rows:
        sentences = list(re.finditer(r"[^.!?\n]{30,350}[.!?](?=\s|$)", row.text))
        if len(sentences) < 3:
            continue
        one = rng.choice(sentences)
        said = one.group().strip()
        rest = (row.text[: one.start()].rstrip(" ") + " " + row.text[one.end() :].lstrip(" ")).strip()
        places = [match.end() for match in re.finditer(r"(?<=[.!?])[ \n]+|\n\s*\n", rest)] or [len(rest)]
        place = rng.choice(places)
        own = rng.random() < 0.5
        head = rest[:place].rstrip(" ") + ("\n\n" if own else " ")
        text = head + said + ("\n\n" if own else " ") + rest[place:].lstrip(" ")
        span = (len(head), len(head) + len(said))
        yield Row(
            text,
            "decoy",
            row.genre,
            row.genre,
            span,
            span,
            "",
            "own_paragraph" if own else "plain_mid_paragraph",
            "",
            row.dev,
        )
