"""Office files written by hand, part by part, so that no reader is tested with the library that it reads with."""

# ruff: noqa: E501  # markup stays on one line
from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "r": _RELATION,
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def run(text: str) -> str:
    """A run of text."""
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*parts: str, properties: str = "") -> str:
    """A paragraph of runs, given as XML."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(parts)}</w:p>"


def cell(*blocks: str, properties: str = "") -> str:
    """A table cell; `blocks` are XML of paragraphs and tables."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(blocks)}</w:tc>"


def table(*rows: list[str]) -> str:
    """A table of rows of cells, given as XML."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"


def docx(path: Path, body: str, parts: Mapping[str, str] | None = None) -> Path:
    """A Word file of a body and of further parts ("footnotes", "numbering", "styles"), given as XML."""
    parts = dict(parts or {})
    kinds = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{name}+xml"/>' for name in parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>{kinds}</Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_RELATION}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr("word/document.xml", f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>")
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="p{n}" Type="{_RELATION}/{name}" Target="{name}.xml"/>'
                for n, name in enumerate(parts)
            )
            + "</Relationships>",
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {_NAMESPACES}>{content}</w:{name}>")
    return path


def pptx(path: Path, slides: list[tuple[str, list[str]]]) -> Path:
    """A PowerPoint file: each slide has a title and the paragraphs of one text box."""
    main = "application/vnd.openxmlformats-officedocument.presentationml"
    ns = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'xmlns:r="{_RELATION}" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    )
    tree = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'

    def shape(number: int, kind: str, texts: list[str]) -> str:
        lines = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts)
        return (
            f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="s{number}"/><p:cNvSpPr/><p:nvPr>{kind}</p:nvPr></p:nvSpPr>'
            f"<p:spPr/><p:txBody><a:bodyPr/>{lines}</p:txBody></p:sp>"
        )

    def relations(*pairs: tuple[str, str]) -> str:
        return (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{_RELATION}/{kind}" Target="{target}"/>'
                for n, (kind, target) in enumerate(pairs, 1)
            )
            + "</Relationships>"
        )

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        overrides = {
            "presentation": "presentation.main",
            "slideMasters/m": "slideMaster",
            "slideLayouts/l": "slideLayout",
        }
        overrides |= {f"slides/s{n}": "slide" for n in range(len(slides))}
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + "".join(
                f'<Override PartName="/ppt/{name}.xml" ContentType="{main}.{kind}+xml"/>'
                for name, kind in overrides.items()
            )
            + "</Types>",
        )
        archive.writestr("_rels/.rels", relations(("officeDocument", "ppt/presentation.xml")))
        listed = "".join(f'<p:sldId id="{256 + n}" r:id="r{n + 2}"/>' for n in range(len(slides)))
        archive.writestr(
            "ppt/presentation.xml",
            f'<p:presentation {ns}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="r1"/></p:sldMasterIdLst>'
            f'<p:sldIdLst>{listed}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="1" cy="1"/></p:presentation>',
        )
        archive.writestr(
            "ppt/_rels/presentation.xml.rels",
            relations(
                ("slideMaster", "slideMasters/m.xml"), *(("slide", f"slides/s{n}.xml") for n in range(len(slides)))
            ),
        )
        for place, name in (("slideMasters/m", "sldMaster"), ("slideLayouts/l", "sldLayout")):
            archive.writestr(
                f"ppt/{place}.xml", f"<p:{name} {ns}><p:cSld><p:spTree>{tree}</p:spTree></p:cSld></p:{name}>"
            )
        archive.writestr("ppt/slideMasters/_rels/m.xml.rels", relations(("slideLayout", "../slideLayouts/l.xml")))
        archive.writestr("ppt/slideLayouts/_rels/l.xml.rels", relations(("slideMaster", "../slideMasters/m.xml")))
        for number, (title, texts) in enumerate(slides):
            shapes = shape(2, '<p:ph type="title"/>', [title]) + shape(3, "", texts)
            archive.writestr(
                f"ppt/slides/s{number}.xml", f"<p:sld {ns}><p:cSld><p:spTree>{tree}{shapes}</p:spTree></p:cSld></p:sld>"
            )
            archive.writestr(
                f"ppt/slides/_rels/s{number}.xml.rels", relations(("slideLayout", "../slideLayouts/l.xml"))
            )
    return path


def epub(path: Path, chapters: list[str]) -> Path:
    """An EPUB file of chapters, given as the content of their bodies."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        items = "".join(
            f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
        )
        order = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
        archive.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Book</dc:title></metadata>'
            f"<manifest>{items}</manifest><spine>{order}</spine></package>",
        )
        for number, chapter in enumerate(chapters):
            archive.writestr(
                f"OEBPS/c{number}.xhtml",
                '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>'
                f"Chapter {number}</title></head><body>{chapter}</body></html>",
            )
    return path
