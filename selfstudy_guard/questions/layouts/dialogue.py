"""Pairs in a written dialogue of two, of whom one asks."""

from __future__ import annotations

import regex

from selfstudy_guard.languages import every
from selfstudy_guard.questions.json_replies import turn_pairs
from selfstudy_guard.questions.layouts.items import QUESTION_END, TITLE, Pairs

_SPEAKER = regex.compile(
    r"""^[\s>]*+(?:\*\*|__)?(?P<name>[\p{Lu}\p{Lo}][\p{L}\p{M}.'’\ ]{0,24}?)
        (?:\s?\#?\d{1,3})?(?:\*\*|__)?\s*+[:：](?:\*\*|__)?\s*+(?P<text>\S.*)$""",
    regex.M | regex.X,
)


def dialogue(text: str) -> Pairs:
    """Two who speak in turn, of whom one asks."""
    turns = [(match["name"].strip(), match.start(), match.end()) for match in _SPEAKER.finditer(text)]
    speakers = list(dict.fromkeys(name for name, _, _ in turns))
    if len(speakers) != 2:
        return []
    said: list[tuple[str, str]] = []
    for place, (name, start, _) in enumerate(turns):
        end = turns[place + 1][1] if place + 1 < len(turns) else len(text)
        body = text[start:end]
        body = _SPEAKER.sub(r"\g<text>", body, count=1)
        said.append((name, TITLE.split(body, maxsplit=1)[0].strip()))
    asks = [QUESTION_END.search(body[-6:]) is not None for name, body in said if name == speakers[0]]
    known = {name.lower() for name in every("user_labels")}
    if sum(asks) * 2 <= len(asks) and speakers[0].lower() not in known:
        return []
    roles = {speakers[0]: "user", speakers[1]: "assistant"}
    return [pair for pair in turn_pairs([(roles[name], body) for name, body in said]) if pair[1]]
