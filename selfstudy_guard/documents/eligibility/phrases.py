"""Boilerplate that says itself what it is: cookie notices, licences, footers, menus, calls to share. More languages: languages.py."""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

import re
from functools import lru_cache

from selfstudy_guard.documents.eligibility.languages import MENU_WORDS, SIEVES, said_in
from selfstudy_guard.documents.eligibility.phrase_places import PhrasePlaces
from selfstudy_guard.documents.eligibility.sieve import Sieved
from selfstudy_guard.documents.eligibility.wordlike import words

_COOKIES = Sieved(
    re.compile(
        r"\b(?:we|this (?:web)?site|our (?:web)?site|our partners|this page)\b.{0,60}\buses? .{0,40}\bcookies\b"
        r"|\b(?:our|this) (?:web)?site .{0,60}\bcookies\b|\bpartners (?:may )?(?:process|store|collect|share) .{0,40}\bdata\b"
        r"|\b(?:change|withdraw) your (?:choices?|consent|preferences)\b"
        r"|\b(?:accept|reject|allow|decline|manage)(?: all| only| your| essential| necessary| optional| non-essential){1,3} cookies\b"
        r"|^(?:accept|reject|allow|decline|manage|essential|necessary|optional|functional|analytics|marketing|strictly necessary) cookies\b"
        r"|\bcookie (?:settings|preferences|policy|notice|consent|declaration)\b"
        r"|\bby (?:continuing|clicking|using|browsing) .{0,60}\byou (?:agree|consent|accept)\b"
        r"|\b(?:wir|unsere|diese) .{0,40}\b(?:verwenden|verwendet|nutzen|nutzt|setzen|setzt) .{0,40}\bcookies\b|\bcookies (?:akzeptieren|ablehnen|zulassen)\b"
        r"|\b(?:utilizamos|usamos|utiliza|usa) .{0,30}\bcookies\b|\b(?:aceptar|rechazar|configurar)(?: todas)?(?: las)? cookies\b"
        r"|\b(?:utilisons|utilise) .{0,30}\bcookies\b|\b(?:accepter|refuser)(?: tous)?(?: les)? cookies\b"
        r"|cookies? ?(?:\u3092\u4f7f\u7528)|(?:\u672c\u7f51\u7ad9|\u6211\u4eec)\s?\u4f7f\u7528\s?cookies?|cookie\u3092\u4f7f\u7528"
        r"|\bwe value your privacy\b|\byour privacy (?:choices|settings|matters)\b|\bdatenschutzeinstellungen\b",
        re.IGNORECASE | re.DOTALL,
    )
)
_COOKIE_HINTS = (
    "cookie",
    "partners",
    "consent",
    "choice",
    "preferences",
    "privacy",
    "datenschutz",
    "by c",
    "by us",
    "by br",
)
_LICENCE_HINTS = (
    "licen",
    "lizenz",
    "warrant",
    "permission",
    "redistribution",
    "copyright notice",
    "in no event",
    "free software",
    "merchantab",
    "distributed in the hope",
    "included in all copies",
    "following conditions",
    "gutenberg",
    "released under",
    "you may",
    '"as is"',
    "\u201cas is",
)
_FOOTER_HINTS = (
    "trademark",
    "retrieved from",
    "printed from",
    "rechte",
    "droits",
    "\u00a9",
    "(c)",
    "&copy;",
    "copyright",
    "reserv",
    "\u7248\u6743",
    "\u4fdd\u7559",
    "powered by",
    "built",
    "generated",
    "created",
    "unsubscribe",
    "terms",
    "privacy",
    "impressum",
    "last ",
    "this page was",
    "do not",
    "confidential",
    "internal use",
    "zuletzt",
    "vat ",
    "registered",
    "company",
    "isbn",
    "issn",
    "printed in",
    "derechos",
)
_LICENCE = Sieved(
    re.compile(
        r"permission to use, copy, modify|for informational purposes only|permission is hereby granted, free of charge|software is provided [\"\u201c'`]{0,2}as is|licensed under the apache license"
        r"|redistribution and use in source and binary|redistributions (?:of source|in binary|must)|gnu (?:lesser |affero )?general public license"
        r"|without warrant(?:y|ies)|implied warrant|spdx-license-identifier|unless required by applicable law"
        r"|distributed in the hope that it will be useful|you may (?:not use this file|obtain a copy of the license)"
        r"|creative commons attribution|licensed under (?:the |a )?(?:terms of )?(?:the )?(?:mit|bsd|cc|gpl|lgpl|apache|creative)"
        r"|(?:above|this) copyright notice|in no event shall|shall be included in all copies|see the license for the specific language"
        r"|merchantability|this program is free software|subject to the following conditions|prior written permission"
        r"|project gutenberg(?:-tm|\u2122)? (?:license|ebook|ebooks)|terms of the license|(?:steht|ver\u00f6ffentlicht) unter (?:der|einer) .{0,40}lizenz"
        r"|licencia creative commons|released under the (?:mit|bsd|apache|gpl)",
        re.IGNORECASE,
    )
)
_FOOTER = Sieved(
    re.compile(
        r"(?:\u00a9|\(c\)|&copy;|copyright)\s{0,3}(?:\u00a9\s?)?(?:\d{4}|by\b|\w+ \d{4})|\ball rights reserved\b|\btrademarks? .{0,60}\bproperty of\b|^retrieved from\b|^printed from\b|\balle rechte vorbehalten\b"
        r"|\btodos los derechos reservados\b|\btous droits r\u00e9serv\u00e9s\b|\u7248\u6743\u6240\u6709|\u4fdd\u7559\u6240\u6709\u6743\u5229"
        r"|^(?:proudly )?powered by \w+|\b(?:built|generated|created) (?:with|by|using) (?:\w+ ){0,2}(?:sphinx|jekyll|hugo|wordpress|doxygen|mkdocs|docusaurus)\b"
        r"|\bunsubscribe\b.{0,40}\b(?:newsletter|e-?mails?|mailing|at any time)\b|^unsubscribe$|\bterms of (?:use|service)\b.{0,60}\bprivacy\b|\bprivacy policy\b.{0,60}\bterms\b|^impressum\b"
        r"|^last (?:updated|modified|edited|reviewed|changed|revised)(?: on)?\b|\bthis page was last (?:edited|modified|updated)\b"
        r"|^do not (?:copy or distribute|reply to this)\b|^confidential\b.{0,40}$|^(?:.{0,30}\b)?for internal use only\W{0,3}$|^zuletzt (?:aktualisiert|ge\u00e4ndert)"
        r"|\bvat (?:no|number|reg)|^registered (?:office|in)\b|\bcompany (?:no|number|registration)\b|^isbn\b|^issn\b|^printed in\b",
        re.IGNORECASE | re.DOTALL | re.MULTILINE,
    )
)
_CALLS = Sieved(
    re.compile(
        r"\b(?:subscribe|sign up|signup)\b.{0,50}\b(?:newsletter|e-?mails?|inbox|updates|channel|mailing list|free)\b"
        r"|\b(?:enter|type) your e-?mail\b|\bclick here\b|\bread (?:more|the full (?:story|article)|next|also)\b(?! \w+ \w+ \w+ \w+)"
        r"|\bfollow us\b|\bshare this\b|\blike us on\b|\blog ?in (?:or|/) (?:register|sign up|create)\b|\byou must (?:be logged|log) in\b"
        r"|\bfor subscribers only\b|\balready a (?:subscriber|member|customer)\b|^you are here\b|\b(?:skip|jump) to (?:main |the )?(?:content|navigation|search)\b|\bback to (?:the )?top\b|\b(?:please )?(?:enable|turn on) java ?script\b"
        r"|\byour browser (?:does not|doesn't) support\b|\b\d{1,3}[ -]?min(?:ute)?s? read\b|\bleave a (?:comment|reply)\b"
        r"|\byou (?:may|might) also (?:like|enjoy)\b|\badd(?:ed)? to (?:cart|basket|wishlist|bag)\b|\b(?:buy|shop|order) now\b"
        r"|\bdownload (?:the|our) app\b|\bwas this (?:page|article|answer) (?:helpful|useful)\b|\bdon't miss\b.{0,40}\b(?:offer|deal|update)s?\b"
        r"|\b(?:edit this page|edit on github|view page source|report (?:abuse|this ad|this post))\b|\bnewsletter (?:abonnieren|anmelden)\b"
        r"|\bjetzt (?:abonnieren|kaufen|anmelden|registrieren|bestellen)\b|\bsuscr\u00edbe(?:te|ase)\b|\bs'abonner\b|\babonnez-vous\b|\blire la suite\b"
        r"|\u70b9\u51fb\u8fd9\u91cc|\u9605\u8bfb\u66f4\u591a|\u5206\u4eab\u5230|\u8fd4\u56de\u9876\u90e8|\u7d9a\u304d\u3092\u8aad\u3080|\u30b7\u30a7\u30a2\u3059\u308b",
        re.IGNORECASE | re.DOTALL,
    )
)
_BARE = Sieved(
    re.compile(
        r"^(?:share|tweet|pin|like|follow|print|e-?mail|save|bookmark|report|reply|quote|flag)(?: (?:this|us|on|via|it|page|article|post|now|for later|link|to|a|friend|\w+book|twitter|whatsapp|linkedin|reddit)){0,6}$"
        r"|^(?:log|sign) ?(?:in|up|out)(?: .{0,30})?$|^(?:advertisement|sponsored|promoted|anzeige|werbung|publicidad|ad)\b[:.]?(?: content| post)?$"
        r"|^(?:posted|published|written|updated|filed|tagged|tags|categor(?:y|ies|i[sz]ed)|topics|keywords|schlagw\u00f6rter|etiquetas|ver\u00f6ffentlicht)\b(?: ?: ?| (?:by|on|in|under|at|am|von|in) ).{0,90}$"
        r"|^(?:by|von|por|par) [A-Z][\w.-]+(?: [A-Z][\w.-]+){1,2}(?:\s?[|\u00b7,\u2022-].{0,60})?$"
        r"|\b\d{1,6} (?:comments?|views|likes|shares|replies|answers|votes|followers|retweets)\b.{0,40}$|^(?:more|most|recent|latest|related|popular|trending) (?:articles?|posts?|stories|topics|links|news|reads?|products)\b.{0,40}$"
        r"|^(?:next|previous|prev|older|newer|weiter|zur\u00fcck|siguiente|anterior|suivant|pr\u00e9c\u00e9dent)(?:\s?(?:page|article|post|posts|chapter|section|topic|entries|seite|\u00bb|\u2192|>|:.{0,80}))?$"
        r"|^(?:load|show|see|view|learn|read|find out|discover) (?:more|less|all)\b.{0,30}$|^(?:free|fast) (?:shipping|delivery|trial|returns)\b.{0,60}$|^download(?: now| pdf| brochure| \w{1,12})?$|^stay (?:up to date|informed|connected|tuned)\b.{0,30}$"
        r"|^(?:mehr (?:erfahren|lesen|anzeigen)|nach oben|teilen|drucken|leer m\u00e1s|compartir|iniciar sesi\u00f3n|imprimir|partager|en savoir plus|got it!?|accept|decline|ok|close|dismiss|loading(?:\.\.\.|\u2026)?|search(?:\.\.\.|\u2026)?|menu|toggle navigation|open menu|expand all|collapse all|copy link|cite|permalink|table of contents|on this page)$"
        r"|^(?:\u767b\u5f55|\u6ce8\u518c|\u30ed\u30b0\u30a4\u30f3|\u9996\u9875|\u30db\u30fc\u30e0|\u8054\u7cfb\u6211\u4eec|\u5173\u4e8e\u6211\u4eec).{0,20}$",
        re.IGNORECASE | re.DOTALL,
    )
)
_ADVERTISED = Sieved(
    re.compile(
        r"^\W{0,3}(?:(?-i:ADVERTISEMENT|ADVERTORIAL|SPONSORED|ANZEIGE|WERBUNG|PUBLICIDAD|PUBLICIT\u00c9|PUBBLICIT\u00c0|PUBLICIDADE|ADVERTENTIE|REKLAMA|REKLAM)\b(?!\s+(?:is|was|are|were)\b)"
        r"|(?:advertisement|advertorial|sponsored(?: content| post)?|paid (?:post|content|partnership)|anzeige|werbung|publicidad|publicit\u00e9|pubblicit\u00e0|publicidade|advertentie|reklama|reklam"
        r"|\u0440\u0435\u043a\u043b\u0430\u043c\u0430|qu\u1ea3ng c\u00e1o|\u5e7f\u544a|\u5e83\u544a|\uad11\uace0|\u0625\u0639\u0644\u0627\u0646|\u0935\u093f\u091c\u094d\u091e\u093e\u092a\u0928)\s{0,2}(?:[:|\u2022\u00b7\uff1a]|[-\u2013\u2014](?=\s)))",
        re.IGNORECASE,
    )
)
_MENU_WORDS = (
    frozenset(
        (  # a list of words reads better as one
            "home about contact contacts products services blog news login logout register search menu help faq "
            "support sitemap careers jobs press shop cart account privacy terms imprint impressum index next "
            "previous prev up top contents downloads download documentation docs events gallery media team "
            "partners legal accessibility feedback start startseite kontakt inicio contacto accueil tweet share "
            "facebook twitter linkedin instagram youtube rss print email modules more profile settings wishlist "
            "checkout newsletter community forum pricing features archive tags \u00fcber uns produkte suche anmelden "
            "datenschutz agb buscar productos noticias recherche mentions"
        ).split()
    )
    | MENU_WORDS
)
_MENU_SPLIT = re.compile(r"\s*(?:\||\u00b7|\u2022|\u00bb|\u203a|>{1,2}|/|\u2192|\u2190|\u2014|\u25b8|\t|\n| {2,})\s*")
_CONTENTS = re.compile(
    r"^(?:table of contents|contents|on this page|in this (?:article|section|chapter|document)|inhalt(?:sverzeichnis)?|"
    r"(?:tabla de )?contenidos?|\u00edndice|sommaire|table des mati\u00e8res|list of (?:figures|tables)|\u76ee\u5f55|\u76ee\u6b21)\s?:?$",
    re.IGNORECASE,
)
_EXERCISES = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?(?:(?:review|study|comprehension|discussion|practice|self-test|end-of-chapter) )?(?:exercises?|questions?|problems|quiz|homework|assignments?|self-test|"
    r"\u00fcbung(?:en)?|aufgaben?|fragen|ejercicios?|preguntas|exercices?|\u7ec3\u4e60|\u7ec3\u4e60\u9898|\u6f14\u7fd2\u554f\u984c)"
    r"(?:\s(?:for|to|and|on|zu|zum|zur)\b.{0,60})?\s?:?(?:\s\d{1,2}(?:\.\d{1,2})?)?$",
    re.IGNORECASE,
)
_EXERCISE = re.compile(
    r"^(?:\(?\d{1,3}[.)]\s+)?(?:(?:exercise|problem|question|task|quiz|aufgabe|\u00fcbung|frage|ejercicio|pregunta|exercice)\s{0,2}\d{1,3}(?:\.\d{1,3})?[.:)]|q\d{1,3}[.:)]\s"
    r"|(?:true or false|fill in the blanks?|multiple choice|discuss with your|write (?:a|an|one) (?:short )?(?:essay|paragraph|sentence) (?:about|on|in|that)|"
    r"(?:explain|describe|list|compare|discuss|calculate|prove|show|name) (?:why|how|what|the (?:difference|steps|three|two|four|main)|in your own words|three|two|four|that)\b.{0,160}in your own words|\u7ec3\u4e60\s?\d))",
    re.IGNORECASE,
)
_PATTERNS = (_CALLS, _ADVERTISED, _LICENCE, _COOKIES, _FOOTER)
_ALL_CALLS, _ADVERTISEMENTS, _LICENCES, _COOKIE_NOTICES, _FOOTERS = (1 << place for place in range(len(_PATTERNS)))
"""Bits of `_PATTERNS`, in their order."""


@lru_cache(maxsize=1)
def places() -> PhrasePlaces:
    """What tells where in a document `phrase_reason` may find a phrase."""
    return PhrasePlaces((*_PATTERNS, *SIEVES))


_NINE_WORDS = re.compile(r"\W*+(?:\w++\W++){8}\w")
_QUESTION = re.compile(r"[?\uff1f\u061f\u037e](?:[\"'\u201d\u2019\u00bb)\]*_]{0,4})\s*\Z")


def phrase_reason(view: str, possible: int = -1, *, prose: bool = True) -> str | None:
    """Why a paragraph is boilerplate, by what it says; None where it does not say so.

    Long paragraphs are only judged by licence phrases: an article about cookies is an article.

    Args:
        view: the paragraph.
        possible: bits of `places` that are set where it stands; -1: all.
        prose: whether it may be a menu.
    """
    found = _phrase_in(view, possible)
    if found is None and prose and is_menu(view):
        return "navigation"
    return found


def _phrase_in(view: str, possible: int) -> str | None:
    if not possible and len(view) <= 3000 and view.rstrip().endswith((".", "\u3002")):
        return None  # of `_BARE` there is no telling where it may match
    flat = " ".join(view[:3000].split())
    if not flat:
        return None
    lowered = flat.lower()
    if possible & _ADVERTISEMENTS and _ADVERTISED.match(flat, lowered):
        return "advertisement"
    size = words(flat)
    if possible & _LICENCES and any(hint in lowered for hint in _LICENCE_HINTS):
        licence = _LICENCE.count(flat, lowered)
        if licence >= 2 or (licence and size <= 60):
            return "licence"
    if possible & _COOKIE_NOTICES and size <= 90 and any(hint in lowered for hint in _COOKIE_HINTS):
        found = _COOKIES.count(flat, lowered)
        if found >= 2 or (found and size <= 45):
            return "cookie notice"
    if (
        possible & _FOOTERS
        and size <= 45
        and any(hint in lowered for hint in _FOOTER_HINTS)
        and _FOOTER.found(flat, lowered)
    ):
        return "footer"
    if (possible & _ALL_CALLS and size <= 16 and _CALLS.found(flat, lowered)) or (
        size <= 14 and flat[-1] not in ".\u3002" and _BARE.found(flat, lowered)
    ):
        return "navigation"
    others = possible >> len(_PATTERNS)
    return said_in(flat, size, lowered, others) if others else None


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


def asks(view: str) -> str | None:
    """ "question" or "exercise" where a sentence asks its reader instead of telling."""
    if ("?" in view or not view.isascii()) and _QUESTION.search(view):
        return "question"
    return "exercise" if _EXERCISE.match(view.strip()) else None
