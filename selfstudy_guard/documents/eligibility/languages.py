"""Boilerplate phrases of the languages of the project: cookie notices, licences, footers, menus, calls to click.

One word alone gives nothing away (pages about cookies or licences exist): a notice names cookies and also the site, the
device, or what one agrees to; a licence line names a licence and says that this text is under it. The phrases stand in
languages/<code>.toml, and are compiled once; longer ones of six languages stand in phrases.py.
"""

from __future__ import annotations

import re

from selfstudy_guard.documents.eligibility.phrase_places import LookedAt
from selfstudy_guard.documents.eligibility.sieve import Sieved
from selfstudy_guard.languages import words


def compiled(section: str, form: str = "{}") -> Sieved:
    """The patterns of one section of languages/*.toml as one, without regard to case.

    Args:
        section: its name, such as "footer_patterns".
        form: what stands round them, with `{}` for their alternation.
    """
    listed = dict.fromkeys(pattern for found in words(section).values() for pattern in found)
    return Sieved(re.compile(form.format("|".join(listed)), re.IGNORECASE))


_COOKIE = compiled("cookie_patterns")
_ABOUT_US = compiled("own_site_patterns")
_AGREE = compiled("consent_patterns")
_BUTTON = compiled("consent_button_patterns")
_ENGLISH = re.compile(r"\b(?:the|of|and|a)\b", re.IGNORECASE)
_COMMONS = compiled("commons_patterns")
_LICENCE = compiled("licence_patterns")
_UNDER = compiled("licensed_patterns")
_FOOTER = compiled("footer_patterns")
_POLICIES = compiled("policy_patterns", "^(?:{})$")
_CALLS = compiled("call_patterns")
MENU_WORDS = frozenset(word for found in words("menu_words").values() for word in found)
"""Words of menus; an entry that holds one counts as known."""
_ENTRY_SPLIT = re.compile(r"\s*[|·•»›>]\s*")
SIEVES = (_COOKIE, _LICENCE, _FOOTER, _POLICIES, _CALLS)
"""What each reason of `said_in` needs."""


def said_in(passage: LookedAt) -> str | None:
    """Why a paragraph is boilerplate, by phrases of any of the languages; None where it does not say so."""
    if passage.met(_COOKIE, 45) and _is_notice(passage):
        return "cookie notice"
    if passage.met(_LICENCE, 30) and passage.met(_COMMONS) and passage.met(_UNDER):
        return "licence"
    if passage.met(_FOOTER, 30):
        return "footer"
    if passage.may(_POLICIES) and passage.size <= 60:
        entries = [entry for entry in _ENTRY_SPLIT.split(passage.flat) if entry]
        if entries and all(_POLICIES.pattern.match(entry) for entry in entries):
            return "footer"
    if passage.met(_CALLS, 14):
        return "navigation"
    return None


def _is_notice(passage: LookedAt) -> bool:
    """Whether what names cookies speaks for its site, to its visitor, or is a row of buttons."""
    about_us, agrees = passage.met(_ABOUT_US), passage.met(_AGREE)
    if passage.flat.isascii() and _ENGLISH.search(passage.flat):
        return about_us and agrees  # English ones may be biscuits
    return about_us or agrees or (passage.size <= 10 and passage.met(_BUTTON))
