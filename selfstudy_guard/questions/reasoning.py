"""Reasoning that a reply carries in front of its text, in the wrappers that models and servers use.

Tags (`<think>`, `<seed:think>`, `◁think▷`, `[THINK]`), pairs of tokens (Command, open thoughts, Gemma), channels
(gpt-oss, with its tokens and without, since many servers strip them), and set phrases (Granite). What is left is what
the reader was meant to see; a reply that is cut off while it reasons has nothing to see.
"""

from __future__ import annotations

import regex

LONGEST = 200_000
"""Characters of a reply that are read; a longer one is no question and no answer."""

_THOUGHT = "|".join(
    (  # a list of words reads better as one
        "think(?:ing)? thoughts? reasoning reflections? scratch_?pad inner_?monologue monologue chain_of_thought "
        "internal_thoughts? rationale cot analysis"
    ).split()
)
_NAME = rf"(?:\w{{1,12}}[:_])?(?:ant)?+(?:{_THOUGHT})"
_OPENING = regex.compile(
    rf"""
      (?:^[ \t]*+|(?<=\S))
          (?:(?:<|&lt;)\s?(?P<name>{_NAME})\b[^<>]{{0,200}}?(?:>|&gt;)|\[(?P<name>(?-i:THINK(?:ING)?))\])
    | ◁(?P<name>{_NAME})▷
    | \A\s*+\[(?P<name>think(?:ing)?)\]
    """,
    regex.I | regex.M | regex.X,
)
"""Where a block begins: an opening tag at the beginning of a line, or with no space before it."""
_CLOSING = regex.compile(
    rf"""
      (?:<|&lt;)\s?/\s?(?P<name>{_NAME})\s*+(?:>|&gt;)
    | ◁/(?P<name>{_NAME})▷
    | \[/(?P<name>THINK(?:ING)?)\]
    """,
    regex.I | regex.X,
)
_TOKENS = (
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<unused94>", "<unused95>"),
    ("<|channel>", "<channel|>"),
)
_UNWRAPPED = regex.compile(
    r"<\|(?:START_RESPONSE|END_RESPONSE|begin_of_solution|end_of_solution|begin_of_box|end_of_box)\|>"
)
_CHANNEL = regex.compile(
    r"""
    <\|channel\|>\s*+(?P<name>\w++)(?P<to>[^<]{0,120})(?:<\|constrain\|>[^<]{0,40})?<\|message\|>(?P<text>.*?)
        (?=<\|(?:end|return|call|start|channel)\|>|\Z)
    """,
    regex.S | regex.X,
)
_BARE_CHANNELS = regex.compile(
    r"""
    \A\s*+(?:assistant\s*+)?(?:analysis|commentary)(?=\s|\p{Lu}|\p{N}).*(?:assistant\s{0,3}|\n\s{0,3})final
        (?=\s|\p{Lu}|[\p{N}{\["'(])
    """,
    regex.S | regex.X,
)
_BARE_REASONING = regex.compile(r"\A\s*+(?:assistant\s*+)?analysis(?=\p{Lu}\p{Ll}|\p{Lu}\s)")
_BARE_FINAL = regex.compile(r"\A\s*+(?:assistant\s*+final(?=\s|\p{Lu})|final(?=\p{Lu}|\s*\n))")
_GLUED_FINAL = regex.compile(r"\Sassistantfinal(?=\s|\p{Lu}|[\p{N}{\[\"'(])")
_GRANITE = regex.compile(
    r"\A\s*+here(?: is|'s|’s) my thought process:.*?(?:here(?: is|'s|’s) my response:\s*+|\Z)", regex.I | regex.S
)
_FOLDED = regex.compile(
    r"\A\s*+<details\b[^<>]{0,100}>\s*+<summary>[^<]{0,100}(?:think|thought|reason)[^<]{0,100}</summary>.*?(?:</details>|\Z)",
    regex.I | regex.S,
)
_SOMETHING = regex.compile(r"\S")


def visible_text(text: str) -> str:
    """`text` without its reasoning, closed or cut off."""
    text = text[:LONGEST]
    if "<|channel|>" in text and "<|message|>" in text:
        text = _final_channel(text)
    for opening, closing in _TOKENS:
        text = _without(text, opening, closing)
    text = _UNWRAPPED.sub("", text)
    text = _GRANITE.sub("", _FOLDED.sub("", text))
    glued = list(_GLUED_FINAL.finditer(text))
    if glued:
        text = text[glued[-1].end() :]
    bare = _BARE_CHANNELS.match(text)
    if bare is not None:
        text = text[bare.end() :]
    elif _BARE_REASONING.match(text):
        return ""
    else:
        text = _BARE_FINAL.sub("", text)
    return _without_tags(text).strip()


def _final_channel(text: str) -> str:
    """What gpt-oss says on its channel "final"; nothing where it never got there."""
    said = [match["text"].strip() for match in _CHANNEL.finditer(text) if match["name"] == "final"]
    return said[-1] if said else ""


def _without(text: str, opening: str, closing: str) -> str:
    """`text` without what stands between two tokens; all up to the last closing one where the first is missing."""
    if closing in text and opening not in text:
        return text.rpartition(closing)[2]
    parts = text.split(opening)
    kept = [parts[0]]
    for part in parts[1:]:
        _, end, behind = part.partition(closing)
        kept.append(behind if end else "")
    return "".join(kept)


def _without_tags(text: str) -> str:
    """`text` without blocks in tags; a tag inside a sentence is what the sentence is about."""
    closings = [(match.start(), match.end(), match["name"].lower()) for match in _CLOSING.finditer(text)]
    kept: list[str] = []
    at = place = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < at:
            continue
        while place < len(closings) and closings[place][0] < opening.end():
            place += 1
        end = next((one[1] for one in closings[place : place + 50] if one[2] == opening["name"].lower()), None)
        if end is not None:
            kept.append(text[at : opening.start()])
            at = end
        elif not opening[0].lstrip().startswith("[think") and text[max(0, opening.start() - 1) : opening.start()] in (
            "",
            "\n",
        ):
            return "".join([*kept, text[at : opening.start()]])  # cut off while it reasoned
    loose = [end for start, end, _ in closings if start >= at]
    if loose and not kept and _SOMETHING.search(text[loose[-1] :]):
        # Where the template wrote the opening tag, the reply holds only the closing one.
        return text[loose[-1] :]
    return "".join([*kept, text[at:]])
