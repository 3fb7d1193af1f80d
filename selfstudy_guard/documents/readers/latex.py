"""LaTeX (.tex) through pylatexenc (MIT), as Markdown.

Kept: titles, headings, paragraphs, lists, formulas as they are written, footnotes, captions, rows of simple tables.
Left out: comments, the preamble, citations and references to labels, pictures, what commands of its own stand for.
"""

# ruff: noqa: E501  # lists of names
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.extra import needed, silent
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode

_LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
_DROPPED = (
    "label cite citep citet citeauthor citeyear nocite ref pageref eqref autoref cref Cref includegraphics vspace hspace "
    "bibliography bibliographystyle input include usepackage documentclass newcommand renewcommand setlength pagestyle "
    "thispagestyle tableofcontents maketitle index graphicspath hypersetup DeclareMathOperator author date thanks"
).split()
_BODY = re.compile(r"\\begin\s*\{document\}(.*?)(?:\\end\s*\{document\}|\Z)", re.DOTALL)
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]{0,200}\])?\s*\{((?:[^{}]|\{[^{}]{0,300}\}){1,600})\}")
_TABLE = re.compile(
    r"""
    \\begin\{(?:tabular|tabularx|longtable|array)\*?\}
    (?:\[[^\]]{0,20}\])?                                         # where it stands on the line
    (?:\{[^{}]{0,80}(?:\{[^{}]{0,40}\}[^{}]{0,80}){0,9}\}){1,2}   # its width, its columns
    (.{0,20000}?)
    \\end\{(?:tabular|tabularx|longtable|array)\*?\}
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?[ \t]*")


def read_tex(path: Path) -> FileText:
    """One LaTeX file as Markdown.

    Raises:
        UnreadableError: broken, empty, or beyond the limits.
        MissingExtraError: pylatexenc is not installed.
    """
    latex2text, macrospec = needed("reading LaTeX files", "pylatexenc.latex2text", "pylatexenc.macrospec")
    if path.stat().st_size > MAX_DOCUMENT_BYTES // 16:
        raise UnreadableError(f"larger than {MAX_DOCUMENT_BYTES // 2**24} MB")
    source, _ = decode(path.read_bytes())
    title = _TITLE.search(source)
    body = _BODY.search(source)
    try:
        with silent("pylatexenc"):
            converter = _converter(latex2text, macrospec)
            text = _tidied(converter.latex_to_text(_tables(_COMMENT.sub(r"\1", body[1] if body else source))))
            heading = _tidied(converter.latex_to_text(title[1])) if title else ""
    except (Exception, RecursionError) as error:  # pylatexenc raises errors of many types
        raise UnreadableError(f"broken LaTeX: {type(error).__name__}") from error
    if not text.strip():
        raise UnreadableError("empty")
    return FileText((f"# {' '.join(heading.split())}\n\n" if heading else "") + text, "text/markdown")


def _converter(latex2text: Any, macrospec: Any) -> Any:
    context = latex2text.get_default_latex_context_db()
    spec = latex2text.MacroTextSpec
    headings = [spec(name, simplify_repl=_heading(level)) for name, level in _LEVELS.items()]
    context.add_context_category(
        "selfstudy",
        prepend=True,
        macros=[
            *headings,
            *(spec(name, discard=True) for name in _DROPPED),
            spec("item", simplify_repl=_item),
            spec("footnote", simplify_repl=" (%(2)s)"),
            spec("caption", simplify_repl="\n\n%(2)s\n\n"),
            spec("href", simplify_repl="%(2)s"),
            spec("\\", simplify_repl="\n"),
        ],
        environments=[
            latex2text.EnvironmentTextSpec(name, simplify_repl="\n\n%s\n\n")
            for name in (
                "itemize",
                "enumerate",
                "description",
                "quote",
                "quotation",
                "abstract",
                "center",
                "figure",
                "table",
            )
        ],
    )
    del macrospec
    return latex2text.LatexNodes2Text(
        latex_context=context, math_mode="verbatim", keep_comments=False, strict_latex_spaces=False
    )


def _heading(level: int) -> Any:
    def written(node: Any, l2tobj: Any) -> str:
        arguments = [one for one in (node.nodeargd.argnlist if node.nodeargd else []) if one is not None]
        said = l2tobj.nodelist_to_text([arguments[-1]]) if arguments else ""
        return "\n\n" + "#" * level + " " + " ".join(said.split()) + "\n\n"

    return written


def _item(node: Any, l2tobj: Any) -> str:
    named = [one for one in (node.nodeargd.argnlist if node.nodeargd else []) if one is not None]
    said = " ".join(l2tobj.nodelist_to_text(named).split()).strip("[]") if named else ""
    return "\n- " + (f"{said}: " if said else "")


def _tables(source: str) -> str:
    """Rows of tabular environments as rows of a Markdown table."""

    def written(match: re.Match[str]) -> str:
        rows = []
        for row in re.split(
            r"\\\\(?:\[[^\]]{0,20}\])?",
            re.sub(
                r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^}]{0,20}\}|cmidrule(?:\([^)]{0,9}\))?\{[^}]{0,20}\})",
                "",
                match[1],
            ),
        ):
            cells = [
                re.sub(r"\\multi(?:column|row)\{[^}]{0,9}\}\{[^}]{0,40}\}", "", " ".join(cell.split()))
                for cell in re.split(r"(?<!\\)&", row)
            ]
            if any(cells):
                rows.append("| " + " | ".join(cells) + " |")
        if rows:
            rows.insert(1, "|" + " --- |" * rows[0].count(" | ") + " --- |")
        return "\n\n" + "\n".join(rows) + "\n\n"

    return _TABLE.sub(written, source)


def _tidied(text: str) -> str:
    text = re.sub(r"[ \t]+\n", "\n", text)
    text = re.sub(r"[ \t\u00a0]+([.,;:])(?=\s|\Z)", r"\1", text)  # where a citation stood
    text = re.sub(r"\.\.(?=\s|\Z)(?<!\.\.\.)", ".", text)  # "see Fig. 3." without its reference
    text = re.sub(r"\n[ \t]+(?=\S)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
