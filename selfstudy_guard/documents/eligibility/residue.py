"""Template residue and wiki markup: what a template engine or a wiki would have replaced."""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

import re

from selfstudy_guard.documents.formats.blocks import Offsets, merge_pairs

_PAIRS = re.compile(r"\{\{|\}\}|\{\||\|\}(?!\})")
_INLINE = re.compile(
    r"""
      (?<!`)\{\{.{0,400}?\}\}(?!`)
    | \{%-?\s?.{1,300}?%\}
    | <%[=@-]?.{1,300}?%>
    | <\?(?:php|=).{0,300}?\?>
    | \$\{[A-Za-z_][\w.:()-]{0,60}\}
    | \[%.{1,200}?%\]
    | %[A-Z][A-Z_]{2,30}% | %%[a-z_]{2,30}%% | @@[A-Z_]{2,30}@@ | \[\[\[[^\[\]]{1,60}\]\]\] | \{\$[\w.|:\[\]-]{1,60}\}
    | \[/?(?:caption|gallery|embed|shortcode|vc_\w{1,30}|et_pb_\w{1,30}|contact-form-7|audio|video|quote|b|i|u|url|img|code|size|color|list)(?:[\s=][^\[\]\n]{0,300})?\]
    | \[/?[a-z][\w-]{2,30}(?:\s+[\w-]{1,30}=(?:"[^"\[\]\n]{0,200}"|'[^'\[\]\n]{0,200}')){1,12}\s*/?\]
    | \{\#.{0,300}?\#\}
    | <ref\b[^<>]{0,200}/> | <ref\b[^<>]{0,200}>.{0,800}?</ref> | </?(?:ref|nowiki|gallery|references|noinclude|includeonly)\b[^<>]{0,100}/?>
    | \[\[(?:File|Image|Category|Datei|Bild|Kategorie|Archivo|Categor\u00eda|Fichier|Cat\u00e9gorie)\s?:(?:[^\[\]]|\[\[[^\[\]]{0,200}\]\]){0,600}\]\]
    | \[\[[^\[\]|\n]{1,120}\|(?=[^\[\]]{1,200}\]\]) | \[\[(?=[^\[\]|\n]{1,200}\]\]) | (?<=[^\[\]])\]\]
    | \[(?:https?:)?//[^\s\[\]]{1,300}\s(?=[^\[\]]{1,200}\])
    | '{2,5}(?=[^\s'])|(?<=[^\s'])'{2,5}
    | \\(?:begin|end)\{(?:figure|table|tabular|center|minipage|wrapfigure|flushleft|flushright)\*?\}(?:\[[^\[\]\n]{0,40}\])? | \\(?:includegraphics|vspace|hspace|label|bibliography|bibliographystyle|pagestyle|thispagestyle|setlength|input|include)\*?(?:\[[^\[\]\n]{0,120}\])?\{[^{}\n]{0,200}\} | \\(?:centering|newpage|clearpage|noindent|maketitle|pagebreak|linebreak|smallskip|medskip|bigskip|vfill|hfill|tableofcontents)(?![A-Za-z])
    | __(?:TOC|NOTOC|FORCETOC|NOEDITSECTION|NOGALLERY|NOINDEX|INDEX|NEWSECTIONLINK|HIDDENCAT)__
    | (?<!\S)(?P<marks>={2,6})[^\s=](?:[^=\n]{0,60}[^\s=])?(?P=marks)(?!\S)
    | \[(?:edit|citation\ needed|Bearbeiten|editar|modifier|clarification\ needed|dead\ link|when\?|who\?|by\ whom\?)\]
    | \[(?:\d{1,3}|[a-z]|note\ \d{1,2})\](?!\()
    | </?(?:br|span|font|div|p|b|i|u|em|strong|sup|sub|small|big|center|td|tr|th|table|tbody|a|img|li|ul|ol|hr|h[1-6]|iframe|script|style|input|button|svg|path|section|blockquote)\b[^<>\n]{0,600}/?>
    | <!--.{0,600}?-->
    | &lt;/?(?:br|p|b|i|u|em|strong|span|div|font|sup|sub|small|hr|center|li|ul|ol|td|tr|table|a)(?:\s[^<>&\n]{0,200})?\s?/?&gt;
    | &(?:nbsp|shy|zwnj|\#160|\#xA0|\#173|\#xAD|\#8203|\#x200B);
    """,
    re.VERBOSE | re.DOTALL,
)
_STRAY = re.compile(
    r"""
      <[a-zA-Z/!][^<>\n]{0,200}(?=<|$)
    | (?<![\w-])(?:class|style|href|src|id|align|width|height|colspan|rowspan|bgcolor|border|cellpadding|onclick|alt
              |rel|target|data-[\w-]{1,30})\s?=\s?(?:"[^"\n<>]{0,300}"?|'[^'\n<>]{0,300}'?|[\w%#.-]{1,80})\s{0,3}/?
          >?
    """,
    re.MULTILINE | re.VERBOSE,
)
_SAID = re.compile(
    r"""\{\{\s*(?:
      (?P<first>nowrap|nobr|small|big|smaller|larger|center|strong|em|abbr|circa|c\.|floruit|ill|interlanguage\ link|visible\ anchor|va|sc|smallcaps|no\ wrap
        |formatnum:|math|mvar|angbr|sic|linktext|ruby|tooltip|hover\ title)
    | (?P<second>lang|langx|transl|transliteration|font\ color|color|text\ color|colour|resize|script|lang-\w{2,3}(?=\|))
    | (?P<measure>convert|cvt|convertir|unidade|unit\u00e9|nombre|val|height|weight)
    )\s*\|""",
    re.VERBOSE | re.IGNORECASE,
)
"""Templates that stand for words of their sentence: those of their first or second argument, or a number and its unit."""
_NAMED = re.compile(r"\s{0,9}[a-z_]{2,20}\s{0,9}=", re.IGNORECASE)
_RANGE = frozenset(("to", "and", "or", "by", "x", "-", "\u2013", "+/-", "\u00b1", "and(-)", "to(-)"))
_HINTS = ("[", "<", "&", "%", "\\", "{{", "{$", "@@", "${", "''", "{|", "__", "==")


def template_spans(text: str, limit: int = 20_000) -> list[Offsets]:
    """Balanced `{{...}}` and `{|...|}` of a whole document, outermost only; found in one pass.

    What opens and does not close within `limit` characters is left alone, but for its two marks.
    """
    if "{{" not in text and "{|" not in text:
        return []
    found: list[Offsets] = []
    kept: list[Offsets] = []
    stack: list[tuple[str, int]] = []
    for match in _PAIRS.finditer(text):
        mark = match[0]
        if mark in ("{{", "{|"):
            if stack and match.start() - stack[0][1] > limit:
                stack.clear()
            stack.append((mark, match.start()))
            continue
        opener = "{{" if mark == "}}" else "{|"
        if not any(kind == opener for kind, _ in stack[-8:]):
            continue
        while stack[-1][0] != opener:
            stack.pop()
        start = stack.pop()[1]
        said = _said_parts(text, start, match.end())
        if said and (not stack or len(stack) < 3):
            kept.extend(said)
        if not stack or match.end() - stack[0][1] > limit:
            stack.clear()
            found.append((start, match.end()))
    return _without(merge_pairs(found), text, kept)


def _said_parts(text: str, start: int, end: int) -> list[Offsets]:
    """What a template says in its sentence: `{{convert|12|km|mi}}` says "12 km", `{{lang|de|M\u00fchle}}` "M\u00fchle"."""
    if end - start > 400:
        return []
    match = _SAID.match(text, start, end - 2)
    if match is None:
        return []
    arguments: list[Offsets] = []
    at = match.end()
    while at <= end - 2:
        bar = text.find("|", at, end - 2)
        bar = bar if bar >= 0 else end - 2
        if not _NAMED.match(text, at, bar):
            arguments.append((at, bar))
        at = bar + 1
    if match["measure"]:
        kept = 2
        while len(arguments) > kept + 1 and text[slice(*arguments[kept - 1])].strip() in _RANGE:
            kept += 2
        return arguments[:kept]
    if match["second"] and not match["second"].lower().startswith("lang-"):
        return arguments[1:2]
    return arguments[:1]


def _without(spans: list[Offsets], text: str, kept: list[Offsets]) -> list[Offsets]:
    """`spans` without the parts `kept` that lie in a span of their own template (in a table or an infobox they go)."""
    left: list[Offsets] = []
    at = 0
    kept = sorted(kept)
    for start, end in spans:
        here = start
        while at < len(kept) and kept[at][1] <= start:
            at += 1
        own = _SAID.match(text, start, end) is not None
        while own and at < len(kept) and kept[at][0] < end:
            if kept[at][0] > here:
                left.append((here, kept[at][0]))
            here = max(here, kept[at][1])
            at += 1
        if here < end:
            left.append((here, end))
    return left


def inline_residue(view: str) -> list[Offsets]:
    """Residue inside one paragraph (offsets of `view`)."""
    for hint in _HINTS:
        if hint in view:
            break
    else:
        return []
    return merge_pairs(match.span() for match in _INLINE.finditer(view))


def stray_markup(view: str) -> list[Offsets]:
    """Pieces of broken tags and attributes that stand where text should be."""
    if "<" not in view and "=" not in view:
        return []
    return merge_pairs(match.span() for match in _STRAY.finditer(view))
