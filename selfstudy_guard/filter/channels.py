"""The places in a document whose text a reader may not see as text: comments, attributes, chat tokens ..."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CHANNELS = (
    "prose", "heading", "list-item", "blockquote", "footnote", "code-comment", "table-cell", "code", "html-comment",
    "hidden-html", "attribute", "image-alt", "link-title", "script", "front-matter", "json-field", "chat-template",
    "dialogue", "metadata",
)  # fmt: skip
"""Every surface form that is told apart; invisible and encoded text come on top, named by what hides it."""


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of canonical text in a channel of its own: `[start, end)` wrapped, `[inner, inner_end)` bare."""

    start: int
    end: int
    inner: int
    inner_end: int
    channel: str


_HTML = "|".join(
    (  # a list of words reads better as one
        "a abbr address article aside b big blockquote body br button caption center cite code col colgroup dd del "
        "details dfn div dl dt em fieldset figcaption figure font footer form h[1-6] head header hr html i img input "
        "ins kbd label legend li link main mark meta nav noscript ol option p picture pre q rp rt ruby s samp section "
        "select small source span strong sub summary sup svg path table tbody td textarea tfoot th thead time title "
        "tr tt u ul var video wbr iframe script style template object embed audio canvas map area base g rect circle "
        "polygon"
    ).split()
)
TAG = re.compile(rf"</?(?:{_HTML})(?:\s[^<>]{{0,3000}})?/?>", re.I)
BLOCK_TAG = re.compile(
    r"""
    </?(?:address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer
            |form|h[1-6]|head|header|hr|html|li|main|meta|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot
            |th|thead|title|tr|ul)\b
    """,
    re.I | re.X,
)
_HIDING = re.compile(
    r"""
      display\s{0,3}:\s{0,3}none
    | visibility\s{0,3}:\s{0,3}hidden
    | font-size\s{0,3}:\s{0,3}[01](?:px|pt|em|%)?\b
    | opacity\s{0,3}:\s{0,3}0(?:\.0\d?)?\s{0,3}[;"']
    | color\s{0,3}:\s{0,3}(?:\#?f{3}(?:f{3})?|white|transparent)\b
    | (?:left|top|text-indent)\s{0,3}:\s{0,3}-\d{3,6}
    | (?:height|width)\s{0,3}:\s{0,3}0
    | clip\s{0,3}:
    | \shidden(?=[\s>=/])
    | aria-hidden\s{0,3}=\s{0,3}["']?true
    | class\s{0,3}=\s{0,3}["'][^"']{0,80}(?:hidden|sr-only|invisible|visually)
    """,
    re.I | re.X,
)
_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9]{0,20})")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "source", "col", "wbr", "area", "base", "embed"})
_ATTRIBUTE = re.compile(
    r"""
    \b(?:alt|title|aria-label|aria-description|aria-describedby|placeholder|content|summary|value|data-[a-z-]{1,24})
        \s{0,2}=\s{0,2}(?:"([^"<>]{12,4000})"|'([^'<>]{12,4000})')
    """,
    re.I | re.X,
)
_IMAGE = re.compile(
    r'!\[([^\]\[\n]{8,3000})\](?:\([^()\s"]{0,500}(?:[ \t]{1,9}"([^"\n]{0,3000})")?[ \t]{0,9}\)|\[[^\]\[\n]{0,99}\])'
)
_INLINE_TITLE = re.compile(r'\]\([^()\s"]{0,500}[ \t]{1,9}"([^"\n]{8,3000})"\)')
_LINK_TITLE = re.compile(
    r"""
      \]\([^()\s"]{0,500}[ \t]{1,9}"([^"\n]{8,3000})"\)
    | ^\[[^\]\[\n]{1,99}\]:[ \t]{1,9}\S{1,500}[ \t]{1,9}["(]([^"\n]{8,3000})[")]$
    """,
    re.M | re.X,
)
_JSON = re.compile(r'"[\w $.@-]{1,64}"[ \t]{0,4}:[ \t]{0,4}"((?:[^"\\\n]|\\.){12,6000})"')
_ROLE_TAG = (
    r"system|assistant|user|human|instructions?|prompt|tool_call|"
    r"tool_response|function_calls?|function_results|admin|"
    r"important|information|hidden|secret|override|developer|thinking|"
    r"end|begin|context|document|documents|data|untrusted"
)
# Every pattern below that all texts are searched for begins with characters that a search can run to.
_ANGLED = (
    r"\|[\w /.-]{1,40}\|>|/?s>|</?SYS>>|(?:start|end)_of_turn>|[|｜][^<>|｜\n]{1,40}[|｜]>|"
    rf"/?(?:{_ROLE_TAG})(?:[ _-][\w ]{{0,30}})?>"
)
_SQUARE = rf"/?INST\]|/?(?:{_ROLE_TAG}|rest-of-document|end\ of\ document|tool_calls|available_tools)\]"
_CHAT_HEADING = r"""
      ^\#{2,4}[ ]?(?:system|instructions?|response|human|assistant|user|input|end|new\ instructions?|system\ prompt
          |system\ message)[ \t]*:?[ \t]*(?=\n|$)
    | ^\#{2,4}[ ]?(?:system|instructions?|response|human|assistant|user|new\ instructions?|system\ prompt
          |system\ message)[ \t]{0,3}:
    | ^[-=*#\s]{0,12}<?(?:end|begin|start)\ of\ (?:session|document|file|text|input|context|prompt|conversation
          |instructions|data)>?
"""
"""A heading of a chat, with or without a colon, and a line that begins or ends a part; to be read with `re.X`."""
_BRACKETED = rf"[<\[](?:(?<=<)(?:{_ANGLED})|(?<=\[)(?:{_SQUARE}))"
_BRACKET_TOKEN = re.compile(_BRACKETED, re.I)
_MAY_BRACKET = re.compile(rf"<(?:{_ANGLED})", re.I), re.compile(rf"\[(?:{_SQUARE})", re.I)
"""The same by their first character: a search for one character is several times as fast."""
CHAT_TOKEN = re.compile(rf"{_BRACKETED}|{_CHAT_HEADING}", re.I | re.M | re.X)
_CHAT_HEADING_START = re.compile(
    r"\n#{2,4}[ ]?(?:system|instruction|response|human|assistant|user|input|end|new instruction)", re.I
)
_BOUNDARY = re.compile(
    r"""
    \ of\ (?:(?<=end\ of\ )|(?<=begin\ of\ )|(?<=start\ of\ ))
        (?:session|document|file|text|input|context|prompt|conversation|instructions|data)
    """,
    re.I | re.X,
)
_FOLDING = "\u0130\u0131\u017f\u212a"
"""Letters that a pattern takes for i, s or k when it ignores case, and that lower case does not make so."""
_ROLE_LINE = re.compile(
    r"""
    \n(?=[^\n:：]{2,25}[:：])[ \t>*_#]{0,8}(?:user|human|assistant|system|ai|bot|chatbot|chatgpt|gpt|claude|gemini|llm
            |model|agent|operator|developer|usuario|asistente|utilisateur|benutzer|assistent|utente|assistente
            |usuário|пользователь|ассистент|用户|助手|ユーザー|アシスタント)[*_]{0,2}[ \t]{0,3}[:：]
    """,
    re.I | re.X,
)
_PARAGRAPH_END = re.compile(r"\n[ \t\r]{0,200}\n")


def _paragraph_end(text: str, start: int) -> int:
    match = _PARAGRAPH_END.search(text, start)
    return match.start() if match else len(text)


def _enclosed(text: str, opening: str, closing: str, channel: str) -> Iterator[Region]:
    """Regions between two literals; an unclosed one ends with its paragraph."""
    at = text.find(opening)
    while at >= 0:
        inner = at + len(opening)
        close = text.find(closing, inner)
        if close < 0:
            end = _paragraph_end(text, inner)
            yield Region(at, end, inner, end, channel)
            return
        yield Region(at, close + len(closing), inner, close, channel)
        at = text.find(opening, close + len(closing))


def _elements(text: str) -> Iterator[Region]:
    """Script, style and template elements, and elements that a style or attribute hides from the reader."""
    missing: set[str] = set()
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    done = 0
    for match in TAG.finditer(text):
        tag = match.group()
        if match.start() < done or tag.startswith("</"):
            continue
        named = _NAME.match(tag)
        name = named.group(1).lower() if named else ""
        code = name in ("script", "style", "template", "noscript")
        if name in _VOID or name in missing or not (code or _HIDING.search(tag)):
            continue
        close = lowered.find(f"</{name}", match.end())
        if close < 0:
            missing.add(name)
            continue
        end = lowered.find(">", close)
        end = close + len(name) + 2 if end < 0 else end + 1
        if not code and close - match.end() > 4000:
            continue  # a whole page below a "hidden" ancestor is a page, not a hiding place
        done = end
        yield Region(match.start(), end, match.end(), close, "script" if code else "hidden-html")


def _grouped(text: str, pattern: re.Pattern[str], channel: str, *, whole: bool) -> Iterator[Region]:
    """Regions of the group that matched; `whole` takes the wrapper along."""
    for match in pattern.finditer(text):
        group = match.lastindex
        if group is None:
            continue
        if match.group(1) and match.lastindex == 2 and len(match.group(1)) > len(match.group(2)):
            group = 1
        inner, inner_end = match.span(group)
        start, end = match.span() if whole else (inner, inner_end)
        yield Region(start, end, inner, inner_end, channel)


def _front_matter(text: str) -> Iterator[Region]:
    if not text.startswith(("---\n", "---\r\n")):
        return
    first = text.find("\n") + 1
    close = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M).search(text, first, first + 20_000)
    if close:
        yield Region(0, close.end(), first, close.start(), "front-matter")


def _may_head_a_chat(text: str) -> bool:
    """Whether a line may name a role or the end of a document without brackets."""
    if not text.isascii() and any(letter in text for letter in _FOLDING):
        return True
    if "##" in text and _CHAT_HEADING_START.search(f"\n{text}"):
        return True
    return _BOUNDARY.search(text) is not None


def _chat(text: str) -> Iterator[Region]:
    """Runs of chat-template and document-boundary tokens with the text between them."""
    start = end = -1
    token = CHAT_TOKEN if _may_head_a_chat(text) else _BRACKET_TOKEN
    if token is _BRACKET_TOKEN and not any(begins.search(text) for begins in _MAY_BRACKET):
        return
    for match in token.finditer(text):
        near = start >= 0 and match.start() - end < 4000
        if near and _PARAGRAPH_END.search(text, end, match.start()) is None:
            end = match.end()
            continue
        if start >= 0:
            yield _closed(text, start, end)
        start, end = match.span()
    if start >= 0:
        yield _closed(text, start, end)


def _closed(text: str, start: int, end: int) -> Region:
    # A run that ends with an opening token goes on to the end of its line, or of its paragraph when it ends a line.
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    token = text[text.rfind("<", start, end) : end] if text[end - 1 : end] == ">" else text[max(start, end - 24) : end]
    closing = "/" in token or "end" in token.lower() or "rest-of" in token.lower()
    if not closing:
        rest = text[end:line_end].strip()
        end = line_end if rest else min(_paragraph_end(text, end), end + 4000)
    return Region(start, end, start, end, "chat-template")


def _dialogue(text: str) -> Iterator[Region]:
    """Consecutive lines that begin with the name of a role, at least two of them."""
    if text.count(":") + text.count("：") < 2:
        return
    # The pattern begins with the line break before the line.
    matches = [(match.start(), match.end() - 1) for match in _ROLE_LINE.finditer(f"\n{text}")]
    index = 0
    while index < len(matches):
        start = matches[index][0]
        last = index
        end = text.find("\n", matches[index][1])
        while last + 1 < len(matches) and end >= 0 and matches[last + 1][0] <= end + 2:
            last += 1
            end = text.find("\n", matches[last][1])
        if last > index:
            end = len(text) if end < 0 else end
            yield Region(start, end, start, end, "dialogue")
        index = last + 1


_ASSIGNED = re.compile(r"=\s{0,2}[\"']")
_ATTRIBUTES = (
    "alt", "title", "aria-label", "aria-description", "aria-describedby", "placeholder", "content", "summary", "value",
)  # fmt: skip


def _attributes(text: str) -> Iterator[Region]:
    """What attributes say; the pattern is tried only where one of the names stands before an equals sign."""
    for match in _ASSIGNED.finditer(text):
        name = text[max(0, match.start() - 34) : match.start()]
        if not name.isascii() or "data-" in name.lower() or name.rstrip().lower().endswith(_ATTRIBUTES):
            yield from _grouped(text, _ATTRIBUTE, "attribute", whole=False)
            return


def _link_titles(text: str) -> Iterator[Region]:
    if "]:" in text:
        yield from _grouped(text, _LINK_TITLE, "link-title", whole=False)
    elif '"' in text:
        yield from _grouped(text, _INLINE_TITLE, "link-title", whole=False)


def find_regions(text: str) -> list[Region]:
    """All regions of canonical `text`, sorted and disjoint (an outer one wins), in linear time."""
    found: list[Region] = []
    steps: list[tuple[str, Callable[[], Iterator[Region]]]] = [
        ("---", lambda: _front_matter(text)),
        ("<!--", lambda: _enclosed(text, "<!--", "-->", "html-comment")),
        ("<", lambda: _elements(text)),
        ("", lambda: _chat(text)),
        ("![", lambda: _grouped(text, _IMAGE, "image-alt", whole=True)),
        ("](", lambda: _link_titles(text)),
        ("=", lambda: _attributes(text)),
        ('":', lambda: _grouped(text, _JSON, "json-field", whole=False)),
        ("", lambda: _dialogue(text)),
        ("/*", lambda: _enclosed(text, "/*", "*/", "code-comment")),
    ]
    for needle, step in steps:
        if needle in text:
            found.extend(step())
    if not found:
        return found
    # Outer regions win over what they hold; equal starts go to the longer one.
    found.sort(key=lambda region: (region.start, -region.end))
    disjoint: list[Region] = []
    for region in found:
        if region.end > region.start and (not disjoint or region.start >= disjoint[-1].end):
            disjoint.append(region)
    return disjoint
