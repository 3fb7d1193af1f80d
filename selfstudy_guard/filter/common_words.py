"""Frequent words of a few languages, by which a text shows that it is language at all."""

from __future__ import annotations

from functools import lru_cache

from selfstudy_guard.filter.model.lexicon import CLASSES, FUNCTION_WORDS

_FREQUENT = """
    the of and to in is you that it he was for on are as with his they at be this have from or one had by but not
    what all were we when your can said there use an each which she do how their if will up other about out many
    then them these so some her would make like him into time has look two more write go see number no way could
    people my than first been who its now find any new work part take get place made after back little only round
    man year came show every good me give our under name very through just form sentence great think say help low
    line differ turn cause much mean before move right too old same tell does set three want answer question
    ignore previous instructions system prompt output please user assistant text document following response reply
    word print must should password data list explain describe summarize provide create translate instead above
    below rules reveal secret act never always include send email information access account using ensure without
    keep repeat something language model der die und das ist nicht ein eine zu den mit auf für von sie ich wie
    bitte alle que de la el en los un una para con por del las como es ignora todas le les des une est pas pour
    dans qui sur vous avec il sont mot et du au di che e per non sono questo tutte o da em um com não uma os se na
    mais
"""
COMMON = frozenset(_FREQUENT.split())
"""Words that stand in nearly every text, and those that orders to a model are made of."""


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The words of the word lists, folded: closed classes of many languages."""
    return frozenset(word for words in (*CLASSES.values(), *FUNCTION_WORDS.values()) for word in words.split()) | COMMON
