"""Boilerplate that says itself what it is: cookie notices, licences, footers, menus, calls to share. More languages: languages.py."""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

import re
from functools import lru_cache

from selfstudy_guard.documents.eligibility.languages import MENU_WORDS, SIEVES, said_in
from selfstudy_guard.documents.eligibility.phrase_places import LookedAt, PhrasePlaces
from selfstudy_guard.documents.eligibility.sieve import Sieved
from selfstudy_guard.files import joined, shipped
from selfstudy_guard.languages import every

_SAID = shipped("selfstudy_guard.documents.eligibility", "phrases.toml")
_COOKIES = Sieved(re.compile(joined(_SAID["cookies"]), re.IGNORECASE | re.DOTALL))
_COOKIE_HINTS = tuple(_SAID["cookies"]["hints"])
_LICENCE_HINTS = tuple(_SAID["licence"]["hints"])
_FOOTER_HINTS = tuple(_SAID["footer"]["hints"])
_LICENCE = Sieved(re.compile(joined(_SAID["licence"]), re.IGNORECASE))
_FOOTER = Sieved(re.compile(joined(_SAID["footer"]), re.IGNORECASE | re.DOTALL | re.MULTILINE))
_CALLS = Sieved(re.compile(joined(_SAID["calls"]), re.IGNORECASE | re.DOTALL))
_BARE = Sieved(re.compile(joined(_SAID["bare"]), re.IGNORECASE | re.DOTALL))
_ADVERTISED = Sieved(re.compile(joined(_SAID["advertised"]), re.IGNORECASE))
_MENU_WORDS = frozenset(_SAID["menu_words"].split()) | MENU_WORDS
_MENU_SPLIT = re.compile(r"\s*(?:\||\u00b7|\u2022|\u00bb|\u203a|>{1,2}|/|\u2192|\u2190|\u2014|\u25b8|\t|\n| {2,})\s*")
_CONTENTS = re.compile(rf"^(?:{'|'.join(every('contents_patterns'))})\s?:?$", re.IGNORECASE)
_EXERCISES = re.compile(
    rf"""
    ^(?:\d{{1,2}}(?:\.\d{{1,2}})*\.?\s+)?
        (?:(?:review|study|comprehension|discussion|practice|self-test|end-of-chapter)\ )?
        (?:{"|".join(every("exercise_patterns"))})
        (?:\s(?:for|to|and|on|zu|zum|zur)\b.{{0,60}})?\s?:?(?:\s\d{{1,2}}(?:\.\d{{1,2}})?)?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_QUESTIONS = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:questions?|fragen?|preguntas?)\s?:?(?:\s\d{1,2}(?:\.\d{1,2})?)?$",
    re.IGNORECASE,
)
"""A title under which answers may stand as well: of a list of questions and answers, or of an exam."""
_EXERCISE = re.compile(
    rf"""
    ^(?:\(?\d{{1,3}}[.)]\s+)?(?:
            (?:{"|".join(every("exercise_labels"))})\s{{0,2}}\d{{1,3}}(?:\.\d{{1,3}})?[.:)]
          | q\d{{1,3}}[.:)]\s
          | (?:
                  true\ or\ false
                | fill\ in\ the\ blanks?
                | multiple\ choice
                | discuss\ with\ your
                | write\ (?:a|an|one)\ (?:short\ )?(?:essay|paragraph|sentence)\ (?:about|on|in|that)
                | (?:explain|describe|list|compare|discuss|calculate|prove|show|name)[ ]
                    (?:why|how|what|the\ (?:difference|steps|three|two|four|main)|in\ your\ own\ words|three|two
                        |four|that)\b.{{0,160}}in\ your\ own\ words
                | \u7ec3\u4e60\s?\d
              )
        )
    """,
    re.IGNORECASE | re.VERBOSE,
)


@lru_cache(maxsize=1)
def places() -> PhrasePlaces:
    """What tells where in a document `phrase_reason` may find a phrase."""
    return PhrasePlaces((_CALLS, _ADVERTISED, _LICENCE, _COOKIES, _FOOTER, *SIEVES))


_NINE_WORDS = re.compile(r"\W*+(?:\w++\W++){8}\w")
_QUESTION = re.compile(r"[?\uff1f\u061f\u037e](?:[\"'\u201d\u2019\u00bb)\]*_]{0,4})\s*\Z")


def phrase_reason(view: str, possible: int | None = None, *, prose: bool = True) -> str | None:
    """Why a paragraph is boilerplate, by what it says; None where it does not say so.

    Long paragraphs are only judged by licence phrases: an article about cookies is an article.

    Args:
        view: the paragraph.
        possible: alternatives of patterns that may match in it (`places().of(text).within(...)`); None: not known.
        prose: whether it may be a menu.
    """
    found = _phrase_in(view, possible)
    if found is None and prose and is_menu(view):
        return "navigation"
    return found


def _phrase_in(view: str, possible: int | None) -> str | None:
    if not possible and possible is not None and len(view) <= 3000 and view.rstrip().endswith((".", "\u3002")):
        return None  # of `_BARE` there is no telling where it may match
    flat = " ".join(view[:3000].split())
    if not flat:
        return None
    passage = LookedAt(flat, places(), possible)
    return (_said_outright(passage) if possible != 0 else None) or (
        "navigation"
        if flat[-1] not in ".\u3002" and passage.met(_BARE, 14)
        else said_in(passage)
        if possible != 0
        else None
    )


def _said_outright(passage: LookedAt) -> str | None:
    lowered = passage.lowered
    if passage.may(_ADVERTISED) and _ADVERTISED.match(passage.flat, lowered):
        return "advertisement"
    if passage.met(_LICENCE) and any(hint in lowered for hint in _LICENCE_HINTS):
        licence = _LICENCE.count(passage.flat, lowered)
        if licence >= 2 or passage.size <= 60:
            return "licence"
    if passage.met(_COOKIES, 90) and any(hint in lowered for hint in _COOKIE_HINTS):
        cookies = _COOKIES.count(passage.flat, lowered)
        if cookies >= 2 or passage.size <= 45:
            return "cookie notice"
    if passage.met(_FOOTER, 45) and any(hint in lowered for hint in _FOOTER_HINTS):
        return "footer"
    if passage.met(_CALLS, 16):
        return "navigation"
    return None


def is_menu(view: str) -> bool:
    """Whether a paragraph is a row or a column of menu entries, or a path of them ("Home > Products > Pumps")."""
    shown = view.strip()[:2000]
    if shown.endswith((".", ":", ";", "\u3002")) and _NINE_WORDS.match(shown):
        return False  # too long for one entry, and of several none ends so
    entries = [entry for entry in _MENU_SPLIT.split(shown) if entry]
    if not entries:
        return False
    if len(entries) == 1:
        alone = [word.lower() for word in re.findall(r"\w+", entries[0])]
        return 1 <= len(alone) <= 8 and sum(word in _MENU_WORDS for word in alone) >= max(1, 0.75 * len(alone))
    lengths = [len(entry.split()) for entry in entries]
    if max(lengths) > 5 or any(entry.endswith((".", ":", ";", "\u3002")) for entry in entries):
        return False
    known = sum(any(word.lower() in _MENU_WORDS for word in re.findall(r"\w+", entry)) for entry in entries)
    separated = re.search(r"[|\u00b7\u2022\u00bb\u203a\u2192\u2190\u25b8>]", view) is not None
    return (known >= 2 and known >= 0.3 * len(entries)) or (separated and len(entries) >= 4 and known >= 1)


def is_pager(view: str, fewest: int = 2) -> bool:
    """Whether a row leads to other pages: at least `fewest` of "Prev", "Up", "Home", "Next", and titles between them."""
    entries = [
        entry.strip(" \u00a0.").lower() for entry in re.split(r"\s{2,}|\||\u00a0", view) if entry.strip(" \u00a0.")
    ]
    known = sum(entry in _MENU_WORDS for entry in entries)
    return known >= fewest and known >= 0.4 * len(entries)


def is_contents_title(title: str) -> bool:
    """Whether a heading announces a table of contents."""
    return _CONTENTS.match(title.strip()) is not None


@lru_cache(maxsize=256)
def is_exercise_title(title: str) -> bool:
    """Whether a heading announces exercises or questions of the text itself."""
    return _EXERCISES.match(title.strip()) is not None


def may_hold_answers(title: str) -> bool:
    """Whether answers may stand under a heading that announces questions."""
    return _QUESTIONS.match(title.strip()) is not None


def asks(view: str) -> str | None:
    """ "question" or "exercise" where a sentence asks its reader instead of telling."""
    if ("?" in view or not view.isascii()) and _QUESTION.search(view):
        return "question"
    return "exercise" if _EXERCISE.match(view.strip()) else None
