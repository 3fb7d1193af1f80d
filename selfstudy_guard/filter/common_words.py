"""Frequent words of a few languages, by which a text shows that it is language at all."""

from __future__ import annotations

from collections.abc import Iterator
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
_ENGLISH = """
    able accept access according across actually add additional address after again against age ago agree ahead air
    allow allowed almost alone along already although among amount analysis another any anyone anything apply appear
    area argue around arrive article asked asks assume attack attempt attention author authority available avoid away
    bad banana bank base based become bed began begin beginning begins behind believe below best better between big
    bit black blue board body book both bottom box break brief bring brother brought build building business buy call
    called came car card care careful carefully carry case cat central certain certainly chance character characters
    chat check child children choice choose city claim class clear clearly click close code cold collect color come
    comes command commands comment common company compare complete completely computer concern condition confirm
    consider contain contains content contents context continue control conversation copy correct correctly cost
    country course cover create created credentials credit current currently customer cut daily dark date dear
    death decide decision deep default delete describe described detail details developer did died different
    directly directives discuss disregard door double down draw drive due during each early easy eat education effect
    effort either else emails emergency empty end ended ending ends engineer english enough enter entire error
    especially etc even evening event every everyone everything evidence exact exactly example except execute exist
    existing expect experience expert express extra eye face fact fail false family far fast father feel few field
    fight figure file files fill final finally fine fire five floor focus follow followed follows food foot force
    forget form format former forward found four free french friend front full fully function further future game
    general generate generated german get getting girl given gives glad go goes gone got government great green
    ground group grow guide guidelines half hand handle happen happens happy hard has hate head hear heart heavy held
    hello helpful here hidden high highly himself history hold home hope hot hour hours house however human hundred
    idea if imagine immediately important incident inform initial input inside instance instead instruct instructed
    intended interest internal issue issues item itself job join json keep key keys kill kind knew knowledge known
    land large last late later latest law lead learn least leave left less let letter letters level lie life light
    likely limit limits line lines link list listed little live local long longer look lose lost lot love low
    made main major making manager many mark matter may maybe meaning means meet meeting member memory men mention
    mentioned message messages mind minute miss mode model models moment money month morning most mother move much
    must myself name named national near nearly necessary need needed needs never news next nice night nine nobody
    none normal north note nothing notice number numbers off offer office often okay once ones open operator option
    order orders original others otherwise our outside over override own owner page pages paper paragraph part
    particular parts party passage passwords past pay peace perform perhaps period permission person phone phrase
    picture piece pirate plan play plus poem point police policy political poor position possible power praise
    present pretend pretty previously prior private probably problem process produce product program prompts proper
    protect prove provided public purpose pursue put quality questions quick quickly quite rather read reader reading
    ready real reality really reason receive recent recommend record red refer refuse regarding regardless relate
    remain remember remove repeats replace replies report reported request requests required response responses rest
    restrictions result results return returns review rhyme rich ring rise road role room rule run safe safety said
    sale say saying says school science score search second secrets section secure security see seem seen self
    sell sensitive sent sentence sentences series serious serve service session seven several share she short
    shown shows sick side sign signal silence silent similar simple simply since single sister site situation six
    size skip sleep small social society software soon sort sound source south space speak special specific speech
    spend spring staff stage stand standard star start started starting starts state statement states status stay
    step still stop stopped story street string strong student study stuff style subject such suddenly suggest sum
    summary summarise summarize summer sun sure surely surprise table taken taking talk task tasks tax teacher team
    teach technical television ten term test tests than thank thanks that the their themselves therefore thing
    things third this those though thought thousand three through throughout thus till title today together token
    told tomorrow tone tonight too took tool tools top topic total toward town trade training treat tree tried
    trouble true trust truth try trying twelve twenty two type under understand unit united unless until update upon
    upper used user users uses using usual usually value various verse version view visit visitor voice wait walk wall
    want wanted wants war warn warning was watch water way ways weather website week well went west whatever when
    whenever where whether while white whole whom whose why wide wife win wind window winter wish without woman
    women wonder words world worry worse worth wrong wrote yeah year years yellow yes yesterday yet young yours
    yourself zero
"""
COMMON = frozenset(_FREQUENT.split())
"""Words that stand in nearly every text, and those that orders to a model are made of."""
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "ers", "or", "ors", "ment", "ness", "ation")


def _forms(words: frozenset[str]) -> Iterator[str]:
    """Words with the endings of English; what is no word among them does no harm."""
    for word in words:
        yield word
        if len(word) > 2:
            yield from (word + ending for ending in _ENDINGS)
        if len(word) > 3 and word[-1] in "ey":
            yield from (word[:-1] + ending for ending in ("ing", "ation", "ies", "ied", "or", "ors"))


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Words, in all their forms, that English run together is taken apart by."""
    return frozenset(_forms(COMMON | frozenset(_ENGLISH.split())))


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The words of the word lists, folded: closed classes of many languages."""
    return frozenset(word for words in (*CLASSES.values(), *FUNCTION_WORDS.values()) for word in words.split()) | COMMON
