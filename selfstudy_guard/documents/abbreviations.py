"""Abbreviations before a number ("Tab. 4", "approx. 9"), by language: no sentence ends at their full stop."""

# ruff: noqa: E501  # one language stays on one line
from __future__ import annotations

from functools import lru_cache

_BY_LANGUAGE = {
    "en": "approx app appr art ca ch chap cf cl col eq eqs eqn est ex exp fig figs fn ill max min no nos nr p pp par para pt "
    "ref refs sec sect sp tab vol vols v vs ver jan feb mar apr jun jul aug sep sept oct nov dec avg st incl excl plus cap circa",
    "de": "abb abs abschn anh anm anz art bd bde bsp ca cap einschl etwa gem gl hs jh kap lfd max min mind nr pos rdnr rn s "
    "seite sp str tab tel teil u ungef vgl z ziff zzgl ggf jan feb m\u00e4r apr jun jul aug sept okt nov dez",
    "es": "aprox art arts cap caps ca ec fig figs fol max min m\u00e1x m\u00edn n num n\u00fam p p\u00e1g p\u00e1gs pp ref sec tab tel vol vols v\u00e9ase cca ene abr ago dic",
    "fr": "al art arts ca chap cf env \u00e9q eq exp fig figs fol max min n p pp par r\u00e9f sect tab tabl tel t vol vols janv f\u00e9vr avr juil sept d\u00e9c",
    "it": "art artt ca cap capp circa cfr eq fig figg fol max min n nn p pag pagg pp par rif sez tab tel vol voll gen mag giu lug ago ott dic",
    "pt": "aprox art arts ca cap cf eq fig figs fl max min m\u00e1x m\u00edn n num n\u00fam p p\u00e1g p\u00e1gs pp ref sec se\u00e7 tab tel vol vols fev abr mai ago set out dez",
    "nl": "afb art ca circa fig hfdst max min nr nrs ong p pag par pp tab vgl vol jan feb mrt apr jun jul aug sep okt nov dec blz ref",
    "pl": "art cz fig maks max min nr ok ok\u00f3\u0142 par pkt por poz ryc rozdz rys s str tab tabl t tel ul ust wz zob",
    "ru": "\u0433\u043b \u0433\u0440\u0430\u0444 \u0438\u043b\u043b \u043a\u043d \u043c\u0430\u043a\u0441 \u043c\u0438\u043d \u043d\u043e\u043c \u043e\u043a \u043f \u043f\u0440\u0438\u043b \u043f\u0440\u0438\u043c \u043f\u043f \u043f\u0443\u043d\u043a\u0442 \u0440\u0438\u0441 \u0440\u0430\u0437\u0434 \u0441 \u0441\u043c \u0441\u0440 \u0441\u0442 \u0441\u0442\u0440 \u0442\u0430\u0431\u043b \u0442 \u0442\u0435\u043b \u0443\u043b \u0444 \u0444\u043e\u0440\u043c \u0447 \u044f\u043d\u0432 \u0444\u0435\u0432 \u0430\u043f\u0440 \u0430\u0432\u0433 \u0441\u0435\u043d\u0442 \u043e\u043a\u0442 \u043d\u043e\u044f\u0431 \u0434\u0435\u043a \u0443\u0440 \u0434",
    "tr": "bkz b\u00f6l b\u00f6l\u00fcm \u00e7iz fig maks max md min no ort s say \u015fek tab tel vb yakl",
    "vi": "ch h khgs max min s tr t tp",
    "ar": "\u0635 \u062c \u0641 \u0634 \u0631",
    "hi": "\u0938\u0902 \u092a\u0943 \u0905\u0928\u0941",
}


@lru_cache(maxsize=1)
def before_numbers() -> frozenset[str]:
    """All of them, folded; documents mix languages, and "Tab. 4" is no bound in any."""
    return frozenset(word for words in _BY_LANGUAGE.values() for word in words.split())
