"""EPUB books: the chapters of the reading order, joined into one HTML document.

Kept: everything in the chapters, footnotes too. Left out: pictures, styles, the table of contents that devices show.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

from selfstudy_guard.documents.readers.archive import check_archive, parsed
from selfstudy_guard.documents.readers.extra import needed
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode

_BODY = re.compile(r"<body\b[^>]{0,2000}>(.*?)(?:</body\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_DC = "{http://purl.org/dc/elements/1.1/}"


def read_epub(path: Path) -> FileText:
    """One book as HTML.

    Raises:
        UnreadableError: broken, encrypted, empty, or beyond the limits.
        MissingExtraError: lxml is not installed.
    """
    needed("reading EPUB files", "lxml.etree")
    data = path.read_bytes()
    check_archive(data, "EPUB file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.lower(): name for name in archive.namelist()}
            if "meta-inf/encryption.xml" in names and b"EncryptedData" in archive.read(
                names["meta-inf/encryption.xml"]
            ):
                hidden = archive.read(names["meta-inf/encryption.xml"])
                if b"html" in hidden:
                    raise UnreadableError("encrypted EPUB file")
            container = parsed(archive.read("META-INF/container.xml"))
            package = next(str(one.get("full-path")) for one in container.iter() if str(one.tag).endswith("}rootfile"))
            root = parsed(archive.read(package))
            title = next((one.text for one in root.iter(_DC + "title") if one.text), "") or ""
            items = {one.get("id"): one for one in root.iter() if str(one.tag).endswith("}item")}
            parts: list[str] = []
            missing = 0
            for reference in (one for one in root.iter() if str(one.tag).endswith("}itemref")):
                item = items.get(reference.get("idref"))
                if item is None or "nav" in str(item.get("properties") or "").split():
                    continue
                place = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(str(item.get("href")))))
                if place.lower() not in names:
                    missing += 1
                    continue
                chapter, _ = decode(archive.read(names[place.lower()]), markup=True)
                body = _BODY.search(chapter)
                parts.append((body[1] if body else chapter).strip())
    except UnreadableError:
        raise
    except (Exception, RecursionError) as error:  # zipfile and lxml raise errors of many types
        raise UnreadableError(f"broken EPUB file: {type(error).__name__}") from error
    text = "\n<hr/>\n".join(part for part in parts if part)
    if len(text) > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"EPUB file with more than {MAX_DOCUMENT_BYTES // 2**20} MB of text")
    if not re.sub(r"<[^>]{0,2000}>", "", text).strip():
        raise UnreadableError("empty")
    notes = (f"{missing} chapters are not in the file",) if missing else ()
    return FileText(text, "text/html", {"chapters": len(parts)} | ({"title": title[:300]} if title else {}), notes)
