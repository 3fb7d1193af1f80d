"""Bytes to text: byte-order marks, UTF-8 first, then declared or detected encodings; binary content is refused."""

from __future__ import annotations

import codecs
import re

from selfstudy_guard.documents.readers.code_pages import dense_page, latin_page

MAX_DOCUMENT_BYTES = 64 * 2**20
"""Largest single document, in bytes: beyond it, a text is a data set and belongs in rows."""

SAMPLE_BYTES = 256 * 1024
"""How much of a file encoding detection looks at."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""")
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27}) + b"\x7f"
_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\x7fELF",
    b"PAR1",
    b"MZ\x90",
    b"BZh9",
    b"7z\xbc\xaf",
    b"\xfd7zXZ",
    b"SQLite format 3",
)


_MENDING = "selfstudy-utf8"
"""Error handler under which single bytes of another encoding do not spoil a UTF-8 text."""
_FEWER = 4
"""How many times more sound characters outside ASCII than broken bytes a UTF-8 text must have."""


class UnreadableError(Exception):
    """A file or row that cannot be read; the message is the reason, for the user."""


def detect_encoding(sample: bytes, *, markup: bool = False) -> tuple[str, int]:
    """The encoding of a text that begins with `sample`, and the length in bytes of its byte-order mark.

    Args:
        sample: the first bytes of the text (up to `SAMPLE_BYTES` are looked at).
        markup: whether a declaration inside the text (`<meta charset=...>`) counts.

    Raises:
        UnreadableError: the bytes are not text.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name, len(mark)
    sample = sample[:SAMPLE_BYTES]
    if sample.startswith(_MAGIC):
        raise UnreadableError("binary content")
    if _is_utf8(sample) and b"\0" not in sample:
        return "utf-8", 0
    if wide := _wide_encoding(sample):
        return wide, 0
    if b"\0" not in sample and _nearly_utf8(sample):
        return "utf-8", 0
    if b"\0" in sample or len(sample.translate(None, _CONTROL)) < 0.98 * len(sample):
        raise UnreadableError("binary content")
    if markup and (declared := _DECLARED.search(sample[:4096])):
        name = declared.group(1).decode("ascii")
        if _decodes(sample, name):
            return codecs.lookup(name).name, 0
    return _guess(sample), 0


def decode(data: bytes, *, markup: bool = False) -> tuple[str, str]:
    """The text of `data` and the name of its encoding; line ends stay as they are, a byte-order mark goes.

    Raises:
        UnreadableError: empty or binary content, or bytes that break their own encoding.
    """
    text, encoding, _ = decode_noted(data, markup=markup)
    return text, encoding


def decode_noted(data: bytes, *, markup: bool = False) -> tuple[str, str, tuple[str, ...]]:
    """As `decode`; and what was mended, in a few words."""
    encoding, skip = detect_encoding(data, markup=markup)
    if skip == 0 and encoding != "utf-8" and b"\0" not in data and (_is_utf8(data) or _nearly_utf8(data)):
        encoding = "utf-8"
    if encoding == "utf-8" and not _nearly_utf8(data) and not _is_utf8(data):
        # The sample was clean UTF-8 and a later part is not: detect again on the part that broke.
        start = max(0, _first_error(data) - SAMPLE_BYTES // 2)
        encoding, _ = detect_encoding(data[start : start + SAMPLE_BYTES], markup=False)
    notes: tuple[str, ...] = ()
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            what = f"broken {encoding} text at byte {error.start + skip}" if skip else None
            raise UnreadableError(what or f"unknown encoding (byte {error.start} fits none)") from error
        text = data[skip:].decode("utf-8", mending("utf-8"))
        bad = _bad_bytes(data[skip:])
        notes = (f"{bad} {'byte is' if bad == 1 else 'bytes are'} no UTF-8 and stand as \ufffd or as Western letters",)
        encoding = "utf-8 with bad bytes"
    if not text.strip():
        raise UnreadableError("empty")
    return text, encoding, notes


def mending(encoding: str) -> str:
    """The error handler for an encoding: of UTF-8, single bad bytes between ASCII are read as Western letters."""
    if encoding != "utf-8":
        return "strict"
    codecs.register_error(_MENDING, _mended)
    return _MENDING


def _mended(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    before, after = error.object[max(0, error.start - 1) : error.start], error.object[error.end : error.end + 1]
    alone = error.end == error.start + 1 and all(not byte or byte[0] < 0x80 for byte in (before, after))
    bad = error.object[error.start : error.end]
    if alone and bad[0] >= 0xC0:
        return bad.decode("cp1252", "replace"), error.end
    return "\ufffd", error.end


def _bad_bytes(data: bytes) -> int:
    return sum("\udc80" <= char <= "\udcff" for char in data.decode("utf-8", "surrogateescape"))


def _first_error(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _nearly_utf8(sample: bytes) -> bool:
    """Whether a text is UTF-8 but for a few bytes: far more sound characters outside ASCII than broken bytes."""
    text = sample.decode("utf-8", "surrogateescape")
    bad = sum("\udc80" <= char <= "\udcff" for char in text)
    return bool(bad) and sum(char > "\x7f" for char in text) - bad >= _FEWER * bad


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # a character cut at the end is no error
    except UnicodeDecodeError:
        return False
    return True


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            return False
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except (UnicodeDecodeError, LookupError, ValueError):
        return False
    return True


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte of Western text is zero."""
    even, odd = sample[0::2], sample[1::2]
    if len(sample) < 8:
        return None
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > 0.7 * len(zeros) and others.count(0) < 0.05 * len(others) and _decodes(sample, name):
            return name
    return None


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    if page := latin_page(sample) or dense_page(sample):
        return page
    best = from_bytes(sample).best()
    if best is not None and not best.encoding.startswith(("utf_16", "utf_32")):
        name = codecs.lookup(best.encoding).name
        if name.startswith("koi8") and str(best).isupper() and _decodes(sample, "cp1255"):
            return "cp1255"  # Hebrew has no small letters, and stands where KOI8 has its capitals
        return name
    if _decodes(sample, "cp1252"):
        return "cp1252"
    raise UnreadableError("unknown encoding")
