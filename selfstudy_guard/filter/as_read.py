r"""What a reader sees of markup inside words: entities as characters, and no tag, comment or command within a word.

`ig<i></i>nore`, `ig&shy;nore`, `ig\\mbox{}nore` and `&#105;gnore` all show the word "ignore". Every function here gives
edits, (start, end, replacement) in the text it is given, sorted and disjoint, in linear time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import chain

Edit = tuple[int, int, str]

_INLINE = (
    r"a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|nobr|s|samp|small|span|strike|strong|tt|u|var|wbr"
)
_TAGS = rf"(?:/?(?:{_INLINE})(?:\s[^<>]{{0,300}})?/?|!--[^<>]{{0,24}}--)>"
_MARKS = r"(?:shy|zwnj|zwj|#8203|#xad|#173);?"
_JOINT = re.compile(rf"[<&](?<=[\w;].)(?:(?<=<){_TAGS}|(?<=&){_MARKS})(?:<{_TAGS}|&{_MARKS})*(?=[\w&])", re.I)
"""Markup with a letter on either side, of which nothing is seen."""
_MAY_JOIN = re.compile(r"<(?<=[\w;]<)[/!a-z]", re.I), re.compile(r"&(?<=[\w;]&)[sz#]", re.I)
"""What it begins with at the least, by its first character: a search for one character is several times as fast."""
_HIDDEN_JOINT = re.compile(
    r"<(?<=\w<)(\w{1,10})\s[^<>]{0,200}display\s{0,3}:\s{0,3}none[^<>]{0,100}>[^<>\s]{0,24}</\1>(?=\w)", re.I
)
_HIDING = re.compile(r"style\s{0,3}=|\shidden|class\s{0,3}=\s{0,3}[\"']?(?:sr-only|visually-hidden)", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")
_KEPT = frozenset("<>&█")
"""What an entity may stand for that would be read as markup if it stood there itself."""
_CODED = re.compile(r"(?:&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});?){6,}")


def _joints(text: str) -> Iterator[Edit]:
    if not any(begins.search(text) for begins in _MAY_JOIN):
        return
    for match in _JOINT.finditer(text):
        if not _HIDING.search(match.group()):
            yield match.start(), match.end(), ""


def _entities(text: str) -> Iterator[Edit]:
    for match in _ENTITY.finditer(text):
        said = html.unescape(match.group())
        if len(said) == 1 and said not in _KEPT:
            yield match.start(), match.end(), " " if said == "\xa0" else said


_EMPHASIS = re.compile(r"\*(?<=[a-z].)\*{0,2}(?=[a-z])")
_FONT = re.compile(r"\\(?:f(?:[BIRPC]|\([A-Z]{2}|\[[A-Z]{0,3}\])|(?<=\w\\)[&/:](?=\w))")
_BOXES = "|".join(
    (  # a list of words reads better as one
        "mbox hbox makebox fbox framebox text textbf textit textrm textsf texttt textsc textsl textup textmd "
        "textnormal emph underline uline uppercase lowercase MakeUppercase MakeLowercase smash ensuremath mathrm "
        "mathbf mathit"
    ).split()
)
_COLOURED = "textcolor|colorbox|scalebox|raisebox|fontsize|href|foreignlanguage"
_SWITCHES = "|".join(
    (  # a list of words reads better as one
        "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge bfseries mdseries itshape scshape "
        "upshape rmfamily sffamily ttfamily null relax protect allowbreak noindent"
    ).split()
)
_LATEX = re.compile(
    rf"""[\\{{}}](?:
    (?<=\\)(?:
        (?P<box>(?:{_BOXES}|(?:{_COLOURED})(?:\[[^\[\]{{}}\n]{{0,20}}\])?\{{[^{{}}\n]{{0,60}}\}})[ ]?\{{)|
        (?P<switch>
            color(?:\[[^\[\]{{}}\n]{{0,20}}\])?\{{[^{{}}\n]{{0,40}}\}}[ ]?|
            (?:{_SWITCHES})(?![A-Za-z])[ ]?(?:\{{\}})?|
            (?:hspace|kern|vspace)\*?\{{[^{{}}\n]{{0,12}}\}}|
            (?<=\w\\)[-/](?=\w)
        )|
        (?P<escaped>[{{}}\\])
    )|
    (?<=\{{)(?:(?P<empty>(?<=\w\{{)\}}(?=\w))|(?P<open>))|
    (?<=\}})(?P<close>)
    )""",
    re.VERBOSE,
)
_COMMAND = re.compile(
    rf"\\(?:(?:{_BOXES}|{_COLOURED}|{_SWITCHES}|color|hspace|kern|vspace)(?![A-Za-z])|(?<=\w\\)[-/]\w)"
)
_EMPTY = re.compile(r"\{\}(?<=\w\{\})\w")


def _latex(text: str) -> Iterator[Edit]:
    """Boxes, colours and sizes are taken off; what stands in them stays."""
    boxes: list[bool] = []
    for match in _LATEX.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            boxes.append(False)
        elif kind == "close":
            if boxes and boxes.pop():
                yield match.start(), match.end(), _gap(text, match.start(), match.end())
        elif kind != "escaped":
            if kind == "box":
                boxes.append(True)
            yield match.start(), match.end(), _gap(text, match.start(), match.end())


def _gap(text: str, start: int, end: int) -> str:
    """Nothing inside a word; as many spaces elsewhere, so that what stands beside keeps its distance."""
    inside = start and end < len(text) and _word(text[start - 1]) and _word(text[end])
    return "" if inside else " " * (end - start)


def _word(char: str) -> bool:
    return char.isalnum() or char in "}{\\"


def edits_of(text: str) -> list[Edit]:
    """What must change in a text for it to read as it is seen."""
    sources: list[Iterator[Edit]] = []
    if "<" in text:
        sources.append(_joints(text))
        if "none" in text:
            sources.append((match.start(), match.end(), "") for match in _HIDDEN_JOINT.finditer(text))
    if "&" in text:
        if "<" not in text:
            sources.append(_joints(text))
        sources.append(_entities(text))
    if "*" in text:
        sources.append((match.start(), match.end(), "") for match in _EMPHASIS.finditer(text))
    if "\\f" in text or "\\&" in text:
        sources.append((match.start(), match.end(), "") for match in _FONT.finditer(text))
    if ("\\" in text and _COMMAND.search(text)) or ("{}" in text and _EMPTY.search(text)):
        sources.append(_latex(text))
    if not sources:
        return []
    found = list(chain.from_iterable(sources))
    if len(sources) > 1:
        found.sort(key=lambda edit: (edit[0], -edit[1]))
    done = 0
    out: list[Edit] = []
    for edit in found:
        if edit[0] >= done:
            out.append(edit)
            done = edit[1]
    return out


def coded_text(text: str) -> list[tuple[int, int]]:
    """Stretches in which letter after letter is written as a number, as nobody does who wants to be read."""
    return [match.span() for match in _CODED.finditer(text)] if "&#" in text else []
