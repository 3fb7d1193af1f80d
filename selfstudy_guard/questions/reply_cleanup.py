"""What stands round an answer and is no part of it: tokens of templates, further turns, small talk, citation marks.

Everything here takes away from the ends or at marks that no text has; words of the answer are never changed, except
that "According to the passage, the pump ..." begins with "The pump ..." after it.
"""

from __future__ import annotations

import regex

from selfstudy_guard.languages import every
from selfstudy_guard.questions.labels import PLAIN, _alternatives
from selfstudy_guard.questions.turns import END, read_turns, starts_with_turn

_START = regex.compile(
    r"""
    \A\s*+(?:<\|im_start\|>|<\|(?:assistant|model)\|>|<\|start_header_id\|>|<start_of_turn>|<\|start\|>|<s>
            |\[/INST\]|<bos>|<\|begin_of_text\|>|\s)*+
        (?:(?:assistant|model)(?:<\|end_header_id\|>|<\|message\|>|[ \t]*+\n))?+\s*+
    """,
    regex.X,
)
_ROLE = regex.compile(
    rf"^[\s>]*+(?:\#{{1,6}}\s*+)?(?:\*\*|__)?(?:{_alternatives((*every('assistant_labels'), 'Response'))})"
    r"(?:\*\*|__)?\s*+[:：]\s*+(?:\*\*|__)?\s*+",
    regex.I,
)
_NEXT_TURN = regex.compile(
    rf"""
    ^[ \t>]*+(?:\#{{1,6}}\s*+)?(?:\*\*|__)?(?:
            (?:{_alternatives(every("user_labels"))})(?:\*\*|__)?\s*+[:：]
          | (?:instruction|input|passage|prompt)(?:\*\*|__)?\s*+[:：]
              (?=[^\n]*\n[\s\S]{{0,2000}}?(?:question|instruction|response|answer)\s*+[:：])
        )
    """,
    regex.I | regex.X,
)
_CLOSING = regex.compile(rf"^[\s*_(]*+(?:{_alternatives(every('closers'))})(?!\p{{L}})", regex.I)
_OPENING = regex.compile(
    rf"""
    \A[\s*_]*+(?:(?:{_alternatives(every("openers"))})(?![\p{{L}}\-’'])(?:
              [!.！。]++
            | \s*+[:：]
            | ,?\s++here\b[^.!?:\n]{{0,80}}[:.]
            | (?<=\w\s\w[^\n]{{0,40}})[^.!?:：\n]{{0,60}}[:：]
          )[*_]*+\s*+)+
    """,
    regex.I | regex.X,
)
"""Small talk before an answer. What goes on in the same sentence is the answer's own ("Sure, the rope holds")."""
_SENTENCE = regex.compile(r"(?<=[.!?。！？])[\"”»)]?\s+(?=[^\s])")
_CITED = regex.compile(
    r"""\s?【[^】\n]{1,80}】                                    # OpenAI: 4:0, a dagger, the file
      | </?co:?\s?[\d,]*>                                       # Cohere
      | (?<=[\p{L}\p{N}.!?%)"”])\s?\[\^\d{1,3}\](?!:)            # Markdown footnotes
      | (?<=[\p{L}\p{N}.!?%)"”])\s?                             # a name for the passage
        \[(?:doc(?:ument)?|source|ref|passage|context|chunk|citation)\s?[\w.:-]{0,12}\](?=[\s.,;:!?]|$)
      | (?<=[.!?"”)])(?:<sup>\[?\d{1,3}\]?</sup>|[¹²³⁴-⁹])+(?=\s|$)
      | (?<=[.!?"”)])(?:\[\d{1,3}\])+(?=\s|$)                    # numbers behind the full stop
      | (?<=[.!?"”)])\s(?:\[\d{1,3}\])+(?=\s*$)
      | (?<=\w)\s(?:\[\d{1,3}\])+(?=[.,;:!?]|\s\p{Ll}|\s*$)    # and before it""",
    regex.I | regex.X,
)
_MAY_CITE = regex.compile(r"[\[【(¹²³⁴-⁹]|<(?:co|/co|sup)")
_BARE_NUMBER = regex.compile(
    r"""
    \b(?:is|are|was|be|returns?|gives?|equals?|prints?|yields?|to|in|at|of|with|index|list|array|element|or|and|as
            |see|than|sections?|chapters?|figures?|tables?|items?|rows?|steps?|lines?|notes?|numbers?|pages?|keys?
            |cells?)\s\[\d
    """,
    regex.I | regex.X,
)
"""A number in brackets behind such a word is what is meant, not where it stands."""
_SOURCE = regex.compile(
    r"""\s*[(\[]
        (?:sources?|references?|citation|quelle|fuente|fonte|bron|źródło|источник|出典|来源)\s?[:：]\s*
        (?:the\s|de[rmsn]?\s|le\s|la\s|el\s|il\s|o\s|a\s)?
        (?:passage|text|context|document|excerpt|texto?|texte|dokument|documento|testo|tekst|текст|本文|文章|原文)
        [^()\n]{0,60}[)\]]\s*(?=[.。]?\s*$)""",
    regex.I | regex.X,
)
_TAIL = regex.compile(r"(?:\n\s*(?:-{3,}|\*{3,}|_{3,}|={3,}|\#{2,}(?:\s*end\b[^\n]{0,40})?))+\s*\Z", regex.I)
_STRAY_TAG = regex.compile(
    r"""
      \A\s*+\[(?:answer|response|final[_ ]?answer)\](?=[^\[\]]*\[/)
    | \[/(?:answer|response|final[_ ]?answer)\]\s*+\Z
    | \A\s*+<(?:answer|response|output|result|final[_ ]?answer|final|reply)(?:_?\d{1,3})?>
    | </(?:answer|response|output|result|final[_ ]?answer|final|reply)(?:_?\d{1,3})?>\s*+\Z
    """,
    regex.I | regex.X,
)
_ASIDE = regex.compile(
    rf"^[\s>]*+(?:\#{{1,6}}\s*+)?+(?:\*{{1,3}}|_{{1,2}})?+(?:{_alternatives(every('aside_labels'))})\s*+(?:\*{{1,3}}|_{{1,2}})?+\s*+[:：]",
    regex.I,
)
_NOTE = regex.compile(
    r"^\s*+[(*_\[]*+note\b[^\n]*\b(?:passage|text|context|document|excerpt|question|answer|instructions?)\b", regex.I
)
_BOXED = regex.compile(r"\A\$*\\boxed\{(?P<text>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\$*[.]?\Z")
_CODE = regex.compile(r"`[^`\n]+`|^```.*?^```", regex.M | regex.S)

_PARTS = (
    "passages?", "texts?", "paragraphs?", "excerpts?", "snippets?", "contexts?", "documents?", "extracts?", "article",
    "source text", "evidence", "information (?:provided|given)(?: in the (?:passage|text|context|document|excerpt))?",
)  # fmt: skip
_PART = f"(?:{'|'.join(_PARTS)})"
_SHOWN = r"(?:(?:quoted|given|provided|above|following|supplied|available|source|reference)\s+)?"
_THE = rf"(?:the|this|that|your)\s+{_SHOWN}{_PART}(?:\s+(?:above|below|provided|given|itself))?"
_SAID_IN = r"as (?:stated|mentioned|described|noted|explained|indicated|given|said) (?:in|by)"
_SAYS = r"(?:states?|says?|mentions?|notes?|indicates?|explains?|reports?|specif(?:y|ies)|tells?(?: us)?|shows?)"
_LEAD = regex.compile(
    rf"\A(?:according to|based (?:solely |only )?on|{_SAID_IN}|per|from)\s+{_THE}\s*,\s+(?=\p{{L}}|\d)", regex.I
)
_LEAD_IN = regex.compile(rf"\Ain\s+the\s+{_SHOWN}{_PART}(?:\s+(?:above|below))?\s*,\s+(?=\p{{L}}|\d)", regex.I)
_LEAD_THAT = regex.compile(rf"\A{_THE}\s+{_SAYS}\s+that\s+(?=\p{{L}}|\d)", regex.I)
_TRAILING = regex.compile(rf",?\s+(?:according to|based on|{_SAID_IN})\s+{_THE}(?=\s*[.!]?\s*\Z)", regex.I)
_NAMED = regex.compile(
    rf"""\b(?:according\ to|based\ on|{_SAID_IN.replace(" ", "[ ]")}|(?:stated|mentioned|described)\ in)\s+
        {_THE.replace(" ", "[ ]")}
      | \b(?:the|this)\s+{_SHOWN}(?:passage|text|paragraph|excerpt|snippet|context|document|extract)\s+(?:above\s+)?
        (?:{_SAYS.replace(" ", "[ ]")}|describes?|does(?:n't|\ not)|provides?)\b
      | \A(?:in|from)\s+the\s+{_SHOWN}{_PART.replace(" ", "[ ]")}\s*,
      | \b(?:in|from)\s+(?:the|this)\s+(?:given|provided|quoted|supplied|above)\s+{_PART.replace(" ", "[ ]")}""",
    regex.I | regex.X,
)
_ENGLISH_LEADS = ("according", "based", "as ", "the ")
_NAMED_OTHER = regex.compile(
    rf"(?<!\w)(?:{_alternatives(word for word in every('passage_leads') if not word.startswith(_ENGLISH_LEADS))})",
    regex.I,
)


def without_frame(text: str) -> str:
    """An answer without what a template, a further turn or politeness put round it."""
    turns = read_turns(text) if starts_with_turn(text) else []
    if turns:
        said = next((body for role, body in turns if role == "assistant" and body), None)
        text = said if said is not None else text
    text = _START.sub("", text, count=1) if _START.match(text) else text
    text = _STRAY_TAG.sub("", _until_end(text))
    text = _without_asides(_one_turn(text))
    tail = _TAIL.search(text)
    if tail is not None and tail[0].strip().split()[0] not in text[: tail.start()]:
        text = text[: tail.start()]
    return text.strip()


def _until_end(text: str) -> str:
    """`text` up to the first token that ends a turn; a token that the text speaks of stays."""
    for match in END.finditer(text):
        before, behind = text[: match.start()], text[match.end() :]
        glued = before[-1:].strip() != "" or before.endswith("\n")
        if not before.strip():
            continue
        if (
            (glued and before.rstrip()[-1] in '.!?。！？"”»)]}`:%')
            or (glued and not behind.strip())
            or before.endswith("\n")
        ):
            return before
    return text


def _one_turn(text: str) -> str:
    """`text` up to where a reply goes on with a question of its own or with somebody else's turn."""
    role = _ROLE.match(text)
    if role is not None:
        text = text[role.end() :]
    lines = text.split("\n")
    before = ""  # the last line that says something
    for place, line in enumerate(lines):
        if before and line.strip() and not (before.endswith((":", "：")) and lines[place - 1].strip()):
            asked = PLAIN.asked(line)
            if asked is not None and asked.word not in _NO_QUESTION and (asked.rest.strip() or place + 1 < len(lines)):
                return "\n".join(lines[:place])
            if _NEXT_TURN.match("\n".join(lines[place : place + 40])):
                return "\n".join(lines[:place])
        before = line.rstrip() or before
    return text


def _without_asides(text: str) -> str:
    """`text` up to a paragraph that explains it, cites for it, or remarks on the task."""
    lines = text.split("\n")
    before = ""
    for place, line in enumerate(lines):
        starts = before and not lines[place - 1].strip() and not before.endswith((":", "："))
        if starts and (_ASIDE.match(line) or _NOTE.match(line)):
            return "\n".join(lines[:place]).rstrip()
        before = line.rstrip() or before
    return text


_NO_QUESTION = frozenset(("prompt", "request", "task", "questions"))


def without_small_talk(text: str) -> str:
    """An answer without a polite beginning and without offers of help at its end."""
    opened = _OPENING.match(text)
    if opened is not None and text[opened.end() :].strip():
        text = text[opened.end() :]
    for _ in range(4):
        paragraphs = text.rstrip().rpartition("\n")
        if paragraphs[1] and paragraphs[0].strip() and _CLOSING.match(paragraphs[2]):
            text = paragraphs[0]
            continue
        last = list(_SENTENCE.finditer(text))[-3:]
        cut = next((match for match in last if _CLOSING.match(text[match.end() :])), None)
        if cut is None:
            break
        text = text[: cut.start()] + text[cut.start() : cut.end()].rstrip()
    return text.strip()


def without_citations(text: str) -> str:
    """An answer without marks that say where it was read; brackets of code and of numbers that are meant stay."""
    if _MAY_CITE.search(text):
        masks = [(match.start(), match.end()) for match in _CODE.finditer(text)]

        def gone(match: regex.Match[str]) -> str:
            if any(start <= match.start() < end for start, end in masks):
                return match[0]
            if _BARE_NUMBER.search(text, max(0, match.start() - 12), min(len(text), match.start() + 4)):
                return match[0]
            return ""

        text = _SOURCE.sub("", _CITED.sub(gone, text))
    return text.strip()


def without_lead(text: str) -> str:
    """An answer in English without "According to the passage," at its beginning or end.

    In most other languages the words behind such a phrase stand in another order, so it stays and the answer is asked
    for again.
    """
    for pattern in (_LEAD, _LEAD_IN, _LEAD_THAT):
        match = pattern.match(text)
        if match is not None:
            rest = text[match.end() :]
            return rest[:1].upper() + rest[1:]
    return _TRAILING.sub("", text)


def names_passage(answer: str, evidence: str = "") -> bool:
    """Whether an answer points at the text that lay before the model, which its reader does not have.

    Args:
        answer: the answer.
        evidence: what the model was shown; a phrase that stands in it is the document's own.
    """
    named = {match[0] for pattern in (_NAMED, _NAMED_OTHER) for match in pattern.finditer(answer)}
    if not named:
        return False
    shown = " ".join(evidence.lower().split())
    return any(" ".join(name.lower().split()) not in shown for name in named)


def unboxed(text: str) -> str:
    r"""What stands in a `\boxed{...}` that is all of the answer."""
    match = _BOXED.match(text.strip())
    return match["text"].strip() if match else text
