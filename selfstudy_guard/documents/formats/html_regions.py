"""Which elements of a page frame its content instead of being it: by tag, role, class and id."""

from __future__ import annotations

import re
from collections.abc import Mapping

from selfstudy_guard.files import joined, shipped

_TAGS = {
    "nav": "navigation",
    "menu": "navigation",
    "footer": "footer",
    "form": "form",
    "select": "form",
    "option": "form",
    "button": "form",
    "dialog": "notice",
    "search": "form",
    "canvas": "hidden",
    "audio": "hidden",
    "video": "hidden",
    "head": "markup",
}
_ROLES = {
    "navigation": "navigation",
    "menu": "navigation",
    "menubar": "navigation",
    "banner": "navigation",
    "contentinfo": "footer",
    "search": "form",
    "dialog": "notice",
    "alertdialog": "notice",
    "complementary": "related links",
    "doc-toc": "table of contents",
}
_WORD_EDGES = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (hint["reason"], re.compile(rf"(?:{joined(hint)})\Z"))
    for hint in shipped("selfstudy_guard.documents.formats", "html_regions.toml")["hints"]
)
_AD_MARKS = ("data-ad-slot", "data-ad-client", "data-google-query-id", "data-ad-unit", "data-adunit", "data-ad")
_UNSEEN = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|font-size\s{0,9}:\s{0,9}0(?![.\d])")


def region_of_tag(name: str) -> str | None:
    """Why text in an element of this name is no content, or None."""
    return _TAGS.get(name)


def hinted(attributes: Mapping[str, str]) -> str | None:
    """Why text in an element with these attributes is hardly content, or None.

    Hints are weak: the caller drops them where the region turns out to hold most of the page's prose.
    """
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or _UNSEEN.search(attributes.get("style", "")):
        return "hidden"
    if any(mark in attributes for mark in _AD_MARKS):
        return "advertisement"
    role = _ROLES.get(attributes.get("role", ""))
    if role:
        return role
    for value in (attributes.get("class", ""), attributes.get("id", ""), attributes.get("aria-label", "")):
        for name in value[:300].split():
            found = _by_name(name)
            if found:
                return found
    return None


def _by_name(name: str) -> str | None:
    lowered = name.lower()
    for reason, pattern in _PATTERNS:
        if pattern.match(lowered):
            return reason
    words = [word.lower() for word in _WORD_EDGES.split(name) if word]
    if len(words) < 2 or words[0] in ("no", "has", "with", "is"):
        return None
    # "site-nav", "article-share", "cookie-bar": the last word says what it is, the first one whose it is
    for word in (words[-1], words[0]):
        for reason, pattern in _PATTERNS:
            if pattern.match(word) and word not in ("ad", "contents", "legal", "tags", "widget", "tabs", "metadata"):
                return reason
    return None
