"""Which elements of a page frame its content instead of being it: by tag, role, class and id."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
_HINTS = (
    ("cookie notice", r"cookies?|gdpr|consent|cookiebar|cookiebanner|cc-window|onetrust"),
    ("table of contents", r"toc|contents|tableofcontents|table-of-contents|localtoc|sphinxsidebar"),
    (
        "navigation",
        r"nav|nav-?(?:header|footer|bar|links?|menu|list|content|wrapper|top|bottom|inner|buttons?)|mobile-nav|navigation|menu|menus|submenu|breadcrumbs?|pagination|pager|sidebar|sidenav|topbar|toolbar|tabs|skip|"
        r"skiplink|site-header|masthead|hatnote|navbox|catlinks|mw-editsection|editsection|jump-to-nav|headerlink|crumbs?",
    ),
    ("footer", r"footer|site-footer|copyright|colophon|legal|imprint|printfooter|disclaimer"),
    (
        "advertisement",
        r"ad|ads|advert|adverts|advertisement|adsbygoogle|sponsor|sponsored|promo|promotion|banner|popup|modal|overlay|"
        r"newsletter|subscribe|subscription|paywall|cta|signup|teaser|"
        r"(?:(?:google|gpt|dfp|adx|banner|sponsor|top|side|bottom|native|video)[-_]?)?ads?[-_]?(?:slots?|units?|containers?|wrap(?:per)?|boxe?s?|"
        r"banners?|blocks?|spaces?|spots?|zones?|holders?|placeholders?|placements?|areas?|frames?|labels?|native|top|sidebar|inner|leaderboard|mpu)"
        r"(?:[-_]?\d{0,6})?|(?:div-)?gpt-ad(?:[-_].*)?|div-ad-.*|google-auto-placed|google_ads_.*|dfp(?:-.*)?|adthrive.*|mediavine.*|"
        r"taboola.*|outbrain.*|sponsored-(?:content|post|links?).*|advertisement-.*|advert-.*|advertorial|leaderboard-ad|sticky-ad|"
        r"anzeige(?:n)?|werbung|publicidad|publicite|pubblicita|reklam[ae]?|\u0440\u0435\u043a\u043b\u0430\u043c\u0430",
    ),
    (
        "related links",
        r"related|recommended|recommendations|share|sharing|social|socials|share-buttons|follow-us|also-read|read-more|"
        r"tags|tagcloud|blogroll|most-read|trending|popular|more-stories|widget|outbrain|taboola",
    ),
    ("hidden", r"hidden|sr-only|visually-hidden|visuallyhidden|screen-reader-text|screenreader|d-none|noprint"),
    ("template residue", r"infobox|metadata|stub|ambox|mbox"),
)
_WORD_EDGES = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")
_PATTERNS = tuple((reason, re.compile(rf"(?:{pattern})\Z")) for reason, pattern in _HINTS)
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
