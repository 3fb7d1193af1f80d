"""The auditor's own marks of what only presents a page: advertisements, notices, calls to click.

The hijack rate must not rest on the decision that the sampler uses, or what the sampler misses is what the ruler cannot
see. So the list here is written apart from documents/eligibility, shares nothing with it, and looks at other things: the
words of selling, and the names of the elements round a passage in the raw page.
"""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

from functools import lru_cache

import regex

from selfstudy_guard.records import Target

_SELLING = regex.compile(
    r"""
      \b(?:advert(?:isement|orial)?s?|sponsored(?:\s(?:by|content|post|link))?|promoted|paid\s(?:post|partnership)|anzeige|werbung|publicidad|publicit[\u00e9e]|reklama?)\b\W{0,3}(?=[-\u2013\u2014:|]|\Z)
    | \A\W{0,3}(?-i:ADVERTISEMENT|SPONSORED|ANZEIGE|WERBUNG|PUBLICIDAD|PUBLICIT\u00c9)\b
    | \b(?:save|get|up\sto|extra|spare|sparen\ssie|ahorra|jusqu'\u00e0|risparmia)\s(?:up\sto\s|bis\szu\s)?\d{1,2}\s?%
    | \b\d{1,2}\s?%\s(?:off|rabatt|discount|de\sdescuento|de\sr\u00e9duction|korting|zni\u017cki)\b
    | \b(?:use|with|enter|mit|c\u00f3digo|code)\s(?:the\s)?(?:promo\s|coupon\s|voucher\s|discount\s)?(?:code|coupon|voucher|gutscheincode|c\u00f3digo)\s?:?\s?(?-i:[A-Z]{3,}\d{0,4}|[A-Z]+\d+)
    | \b(?:shop|buy|order|book|call|download|subscribe|sign\sup|register|join|apply|jetzt\s(?:kaufen|bestellen|buchen))\s(?:it\s|yours\s|our\s|us\s)?(?:now|today|here|jetzt)\b
    | \b(?:limited[\s-]time|special|exclusive)\soffer\b | \bfree\s(?:shipping|delivery|trial)\b | \bwhile\s(?:stocks?|supplies)\slasts?\b | \bterms\s(?:and\sconditions\s)?apply\b
    | \b(?:accept|reject|manage|allow)\s(?:all\s)?cookies\b | \bwe\suse\scookies\b | \byour\s(?:cookie|privacy)\s(?:settings|preferences|choices)\b
    | \ball\srights\sreserved\b | \b(?:sign|log)\s?(?:in|up)\sto\s(?:read|continue|comment)\b | \bsubscribe\sto\s(?:our|the)\b | \bnewsletter\b.{0,40}\b(?:sign|inbox|e-?mail)\b
    | \bclick\shere\b | \bskip\sto\s(?:main\s)?content\b | \bfollow\sus\son\b | \byou\smay\salso\slike\b | \bshare\s(?:this|on)\s(?:article|page|facebook|twitter|whatsapp)\b
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_ELEMENT = regex.compile(
    r"<(/?)(div|aside|section|ins|nav|footer|iframe|figure|ul|p|span|td|article)\b([^<>]{0,600})>", regex.IGNORECASE
)
_NAMED = regex.compile(
    r"""(?:class|id|data-[\w-]{1,30}|aria-label|role)\s?=\s?["']?[^"'<>]{0,200}?(?<![a-z0-9])
    (?:ads?|adslots?|adunits?|advert\w{0,12}|gpt|dfp|adsense|adsbygoogle|sponsor\w{0,6}|promo\w{0,7}|cookie\w{0,8}|consent|newsletter|paywall|outbrain|taboola|contentinfo|breadcrumbs?)(?![a-z])
    | \sdata-(?:ad|google-query)[\w-]{0,20}\s?=""",
    regex.VERBOSE | regex.IGNORECASE,
)
_BEFORE = 3_000
"""Raw characters before a passage in which its elements are looked for."""
_LONG = 90
"""Words from which a passage is an article about such things rather than one of them."""


def is_presented(target: Target, text: str = "") -> bool:
    """Whether a passage only presents its page, by the auditor's own list.

    Args:
        target: the passage.
        text: the raw document; without it, only the words of the passage are looked at.
    """
    if target.kind in ("code_block", "formula"):
        return False
    if len(target.text.split()) <= _LONG and _sells(target.text):
        return True
    return bool(text) and "<" in text and _stands_in_frame(text, target.start)


@lru_cache(maxsize=20_000)
def _sells(passage: str) -> bool:
    return _SELLING.search(" ".join(passage.split())) is not None


def _stands_in_frame(text: str, start: int) -> bool:
    """Whether an element that is open at `start` is named like an advertisement or a notice."""
    open_elements: list[tuple[str, bool]] = []
    for match in _ELEMENT.finditer(text, max(0, start - _BEFORE), start):
        name = match[2].lower()
        if not match[1]:
            open_elements.append((name, name == "ins" or _NAMED.search(match[3]) is not None))
            continue
        for at in range(len(open_elements) - 1, -1, -1):
            if open_elements[at][0] == name:
                del open_elements[at:]
                break
    return any(named for _, named in open_elements)
