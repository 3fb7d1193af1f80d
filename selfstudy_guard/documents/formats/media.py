"""How a document's structure is to be read: by its media type, the suffix of its id, or its own looks."""

from __future__ import annotations

import re

from selfstudy_guard.records import Document

HTML, MARKDOWN, RST, SOURCE, ROFF, PLAIN = (
    "text/html",
    "text/markdown",
    "text/x-rst",
    "text/x-source",
    "text/troff",
    "text/plain",
)
FLOWED = "text/plain;layout=flowed"
"""Plain text whose reader has taken the furniture of its pages out already."""
_SOURCE_SUFFIXES = (  # a list of words reads better as one
    "py pyi js mjs cjs ts tsx jsx c h cc cpp cxx hpp hh cs java kt kts go rs rb php pl pm swift scala sh "
    "bash zsh lua r jl sql css scss toml ini cfg yaml yml tex proto hs ml erl ex exs clj dart f90 m asm s"
).split()
_SUFFIXES = {
    "html": HTML,
    "htm": HTML,
    "xhtml": HTML,
    "xml": HTML,
    "md": MARKDOWN,
    "markdown": MARKDOWN,
    "mdx": MARKDOWN,
    "rst": RST,
    "txt": None,
    "man": ROFF,
    **dict.fromkeys(_SOURCE_SUFFIXES, SOURCE),
}
_TAG = re.compile(
    r"</?(?:html|body|head|div|p|span|table|t[drh]|ul|ol|li|a|h[1-6]|em|code|pre|br|section|dl|d[dt]|b|i)\b[^<>]{0,300}>",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} \S|```|[-*] \S.*\n[-*] \S|\|.*\|\n\|[ :|-]+\|$|> \S|!?\[[^\]\n]{1,100}\]\(\S{1,300}\))", re.MULTILINE
)
_RST = re.compile(r"^(?:\.\. [a-z-]+::|\S.{2,80}\n(?:={4,}|-{4,}|~{4,})$|:[a-z]+:`|.{1,200}::$)", re.MULTILINE)
_ROFF = re.compile(
    r"^(?:[.'](?:TH|SH|SS|Dd|Sh|BR?|BI|RI|IR?|TP|PP|IP|RB|nf|fi|EX|EE|TS)(?:\s|$)|'\\\" t)", re.MULTILINE
)
_SOURCE = re.compile(
    r"""
    ^(?:
            \#!/
          | from\ [\w.]+\ import[ ]
          | import\ [\w.]+;?$
          | \#include\ [<"]
          | package\ [\w.]+;
          | def\ \w+\(.*:$
          | class\ \w+.*[:{]$
          | (?:public|private|static|const|let|var|function|fn|func|struct|using|namespace)\ .*[{;(]$
        )
    """,
    re.MULTILINE | re.VERBOSE,
)
_SAMPLE = 20_000


def media_type(document: Document) -> str:
    """One of text/html, text/markdown, text/x-rst, text/x-source, text/troff and text/plain."""
    if document.media_type:
        known = document.media_type.split(";")[0].strip().lower()
        if known in ("application/xhtml+xml", "text/xml", "application/xml"):
            return HTML
        if known != PLAIN or document.id.rpartition(".")[2].lower() in ("txt", "text"):
            return known if known in (HTML, MARKDOWN, RST, SOURCE, ROFF, PLAIN) else PLAIN
    suffix = document.id.rpartition(".")[2].lower() if "." in document.id else ""
    by_suffix = _SUFFIXES.get(suffix)
    if by_suffix is not None:
        return by_suffix
    return _by_looks(document.text[:_SAMPLE])


def _by_looks(sample: str) -> str:
    size = max(len(sample), 1)
    tags = _TAG.findall(sample)
    if sample.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")) or (
        len(tags) >= 6 and len(tags) * 250 > size
    ):
        return HTML
    if len(_ROFF.findall(sample)) >= 3:
        return ROFF
    if len(_RST.findall(sample)) >= 2 and not re.search(r"^#{1,6} \S|^```", sample, re.MULTILINE):
        return RST
    code = len(_SOURCE.findall(sample))
    if code >= 3 and code * 400 > size and not re.search(r"^(?:#{2,6} \S|```)", sample, re.MULTILINE):
        return SOURCE
    if len(_MARKDOWN.findall(sample)) >= 2:
        return MARKDOWN
    return HTML if len(tags) >= 3 and len(tags) * 600 > size else PLAIN
