"""Pairs in tags of XML or in square brackets, however deep."""

from __future__ import annotations

from html import unescape

import regex

from selfstudy_guard.questions.labels import name_of, names
from selfstudy_guard.questions.layouts.items import Item, Pairs, paired

_TAG = regex.compile(
    r"""[<\[](?P<name>[\p{L}\p{M}_\ -]{1,24}?)[\ _-]?(?P<number>\d{1,3})?
        (?:\s[^<>\n\]]{0,80}?(?:id|n|number|index)\s*=\s*["']?(?P<id>\d{1,3})[^<>\]]{0,80})?\s*[>\]]
        (?P<text>.*?)(?:[<\[]/(?P=name)[\ _-]?\d{0,3}\s*[>\]]|\Z)""",
    regex.I | regex.S | regex.X,
)

_CDATA = regex.compile(r"<!\[CDATA\[(.*?)\]\]>", regex.S)


def tags(text: str) -> Pairs:
    """The pairs of tags that are named for a question and an answer."""
    return paired(_tag_items(text)) if "</" in text or "[/" in text else []


def _tag_items(text: str, depth: int = 0) -> list[Item]:
    """Questions and answers in tags, however deep other tags nest them."""
    asked, told = names()
    found: list[Item] = []
    for match in _TAG.finditer(text):
        name = name_of(match["name"])
        number = match["number"] or match["id"]
        if name in asked or name in told:
            found.append(Item(name in asked, int(number) if number else None, _unescaped(match["text"]).strip()))
        elif depth < 4 and ("</" in match["text"] or "[/" in match["text"]):
            found += _tag_items(match["text"], depth + 1)
    return found


def _unescaped(text: str) -> str:
    """The text of an element as a reader of XML sees it."""
    return unescape(_CDATA.sub(r"\1", text)) if "&" in text or "<![" in text else text
