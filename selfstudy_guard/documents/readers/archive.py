"""Office files are archives of XML: limits against those that unpack without end, and a parser without entities."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from selfstudy_guard.documents.readers.text import UnreadableError

MAX_FILE_BYTES = 512 * 2**20
_MAX_UNPACKED_BYTES = 256 * 2**20
_MAX_RATIO = 250


def check_archive(data: bytes, what: str) -> None:
    """Refuse archives that unpack to far more than they weigh, before anything is unpacked.

    Args:
        data: the whole file.
        what: its kind, for the message ("Word file").

    Raises:
        UnreadableError: no archive, or one beyond the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        old = data.startswith(b"\xd0\xcf\x11\xe0")
        raise UnreadableError(
            f"broken {what}: not an archive" + (" (the old binary format, or encrypted: save it anew)" if old else "")
        ) from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MAX_UNPACKED_BYTES or len(members) > 10_000 or unpacked > _MAX_RATIO * len(data) + 2**20:
        raise UnreadableError(f"archive that unpacks from {len(data):,} to {unpacked:,} bytes (decompression bomb?)")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableError(f"encrypted {what}: needs a password")


def parsed(content: bytes) -> Any:
    """The root of an XML part; entities and document types of one's own are refused.

    Raises:
        UnreadableError: it declares a document type (nothing good in an office file does).
        lxml.etree.XMLSyntaxError: it is no XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None and root.getroottree().docinfo.internalDTD.entities():
        raise UnreadableError("declares entities of its own")
    return root
