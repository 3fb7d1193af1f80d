"""Dumps of MediaWiki (.xml, also .xml.bz2): one document an article, in raw wiki markup, one at a time.

Left out: redirects, pages of other namespaces (talk, user, template ...), older revisions.
"""

from __future__ import annotations

import bz2
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError
from selfstudy_guard.languages import every

_REDIRECT = re.compile(rf"\#(?:{'|'.join(every('redirects'))})\b", re.IGNORECASE)


def is_wiki_dump(path: Path) -> bool:
    """Whether an XML file is a dump of a wiki.

    Raises:
        UnreadableError: packed, and broken.
    """
    try:
        with _opened(path) as file:
            return b"<mediawiki" in file.read(4096)
    except (EOFError, OSError, ValueError) as error:
        if path.suffix.lower() == ".bz2":
            raise UnreadableError("broken bzip2 file") from error
        raise


def read_wiki_dump(path: Path) -> Iterator[FileText | UnreadableError]:
    """The articles of a dump.

    Raises:
        UnreadableError: broken XML (the articles before it were given).
    """
    import xml.etree.ElementTree as ET  # expat of 2.4.1 on refuses entities that grow

    title, space, text = "", "0", ""
    others = 0
    with _opened(path) as file:
        try:
            events = iter(ET.iterparse(file, ("start", "end")))  # noqa: S314
            _, root = next(events)
            for event, element in events:
                name = element.tag.rpartition("}")[2]
                if event == "start":
                    continue
                if name == "title":
                    title = element.text or ""
                elif name == "ns":
                    space = element.text or "0"
                elif name == "text":
                    text = element.text or ""
                elif name == "page":
                    redirect = element.find("{*}redirect") is not None or _REDIRECT.match(text.lstrip()[:40])
                    root.clear()
                    if space.strip() != "0" or redirect or not text.strip():
                        others += 1
                    elif len(text) > MAX_DOCUMENT_BYTES:
                        yield UnreadableError(f"article {title[:80]!r}: too long")
                    else:
                        yield FileText(text, "text/x-wiki", {"title": title[:300]}, (), title[:300] or "untitled")
                    title, space, text = "", "0", ""
        except (ET.ParseError, OSError, EOFError, ValueError, StopIteration) as error:
            raise UnreadableError("broken XML; the articles before it were read") from error
    if others:
        yield UnreadableError(f"{others} redirects and pages that are no articles")


def _opened(path: Path) -> IO[bytes]:
    return bz2.open(path, "rb") if path.suffix.lower() == ".bz2" else path.open("rb")
