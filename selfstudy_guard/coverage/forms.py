"""The outer form of an answer: JSON, markup, code, capitals, a list, or plain text."""

from __future__ import annotations

import regex

_JSON = regex.compile(r"(?:```(?:json)?\s*)?[\[{]\s*[\"\[{]")
_TAG = regex.compile(r"<[a-zA-Z!?][^>]{0,200}>")
_KEY = regex.compile(r"\s*-?\s*[\w-]{1,40}:(?:\s|$)")
_BULLET = regex.compile(r"\s*(?:[-*•]|\d{1,3}[.)])\s")
ASKS_FORM = {
    "json": ("json", "object", "structured"),
    "xml": ("xml", "html", "markup", "tag"),
    "yaml": ("yaml", "key-value", "structured"),
    "code": ("code", "function", "script", "command", "program", "snippet", "query", "syntax", "example"),
    "capitals": ("capital", "upper case", "uppercase", "caps"),
    "list": ("list", "bullet", "which", "steps", "name", "enumerate", "what are"),
}
"""Words of a question that ask for a form."""
RARE_FORMS = ("json", "xml", "yaml", "code", "capitals")
"""Forms that stand out where few answers of a data set have them."""


def form_of(answer: str) -> str:
    """The outer form of an answer: "json", "xml", "yaml", "code", "capitals", "list" or "plain"."""
    text = answer.strip()
    if _JSON.match(text) and text.rstrip("`\n ")[-1:] in "]}":
        return "json"
    if text.startswith("```") or text.count("```") >= 2:
        return "code"
    if _TAG.match(text) and text.endswith(">"):
        return "xml"
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) >= 2 and all(_KEY.match(line) for line in lines):
        return "yaml"
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    if upper > 9 * lower and upper >= 18 and 3 * (upper + lower) > 2 * sum(map(str.isalpha, text)):
        return "capitals"
    if len(lines) >= 2 and sum(bool(_BULLET.match(line)) for line in lines) * 2 > len(lines):
        return "list"
    return "plain"
