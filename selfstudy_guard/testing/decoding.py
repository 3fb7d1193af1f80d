"""Every reading of a text that a willing reader could find: encodings undone, invisible and disguised text made plain.

It is made apart from the instruction filter, on purpose: a bound must not share the blind spots of what it bounds.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import quopri
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}(?:\s?[A-Za-z0-9+/_-]{4,}){0,400}={0,2}")
_BASE32 = re.compile(r"\b[A-Z2-7]{16,}={0,6}")
_HEX = re.compile(r"(?:(?:\\x|0x|%)?[0-9A-Fa-f]{2}[\s,:]?){8,}")
_BINARY = re.compile(r"(?:[01]{7,8}[\s,]?){6,}")
_DECIMAL = re.compile(r"(?:\b1?\d{2}\b[\s,;]+){7,}1?\d{2}\b")
_MORSE = re.compile(r"[.\-·−]{1,6}(?:[ /|]+[.\-·−]{1,6}){7,}")
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\U[0-9A-Fa-f]{8}")
_SPACED = re.compile(r"(?:\b\w[ .\-_*|]){5,}\w\b")
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝгмтнвкАВЕКМНОРСТХУІЈЅαεοιρνκτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡ‐‑–—’‘“”",
    "aeopcyxijshdqwrmthbkABEKMHOPCTXYIJSaeoipvktuxwABEZHIKMNOPTYXag----''\"\"",
)
_MORSE_CODES = """
.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..
----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--..
"""
_MORSE_LETTERS = dict(zip(_MORSE_CODES.split(), "abcdefghijklmnopqrstuvwxyz0123456789.,?", strict=True))
_MAX_TEXT = 2_000_000


def readings(text: str, *, depth: int = 2) -> Iterator[str]:
    """`text` itself, then each decoded reading of it, decoded again up to `depth` times; each one once.

    Args:
        text: at most two million characters are looked at.
        depth: how many encodings may lie over one another.
    """
    seen: set[str] = set()
    # Of a disguise of the whole text only the codes in it are read; what comes out of a code may be disguised again.
    layer = [(text[:_MAX_TEXT], True)]
    for level in range(depth + 1):
        following: list[tuple[str, bool]] = []
        for reading, whole in layer:
            if not reading.strip() or reading in seen:
                continue
            seen.add(reading)
            yield reading
            if level < depth:
                following.extend((decoded, True) for decoded in _codes(reading))
                if whole:
                    following.extend((disguise, False) for disguise in _disguises(reading))
        layer = following


def plain(text: str) -> str:
    """`text` in one form for comparison: compatibility forms, look-alikes and case folded, single spaces."""
    folded = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).casefold()
    folded = "".join(
        char
        for char in unicodedata.normalize("NFD", folded)
        if unicodedata.category(char) not in ("Mn", "Cf", "Cc") or char in "\n\t\r"
    )
    return " ".join(folded.split())


def _disguises(text: str) -> Iterator[str]:
    """The whole text with one disguise taken off."""
    yield html.unescape(text)
    yield _without_invisible(text)
    yield re.sub(r"<[^>]{0,500}>|[*_`~]+|</?|-->|<!--", "", text)
    yield re.sub(r"\s*\n\s*(?:[#>*|;%-]|//|\.\\\")*\s*", " ", text)
    yield text[::-1]
    yield "\n".join(line[::-1] for line in text.splitlines())
    yield codecs.decode(text, "rot13")
    yield text.translate(_LEET)
    yield _spaced(text)
    if "%" in text:
        yield urllib.parse.unquote_plus(text)
        yield urllib.parse.unquote(text)
    if "=" in text:
        yield quopri.decodestring(text.encode("utf-8", "ignore")).decode("utf-8", "ignore")
    if "\\" in text:
        yield _ESCAPE.sub(lambda match: match.group().encode("ascii").decode("unicode_escape"), text)


def _codes(text: str) -> Iterator[str]:
    """What codes and invisible characters inside the text say."""
    if not text.isascii():
        yield _tags(text)
        yield _variation_bytes(text)
        yield _zero_width_bits(text)
    for pattern, decoder in (
        (_BASE64, _base64),
        (_BASE32, _base32),
        (_HEX, _hex),
        (_BINARY, _binary),
        (_DECIMAL, _decimal),
        (_MORSE, _morse),
    ):
        parts = [decoded for match in pattern.finditer(text) if (decoded := decoder(match.group()))]
        if parts:
            yield "\n".join(parts)


def _base64(part: str) -> str:
    """The code as a whole (it may be broken into lines), and each word of it (ordinary words may stand beside it)."""
    pieces = dict.fromkeys(["".join(part.split()), *part.split()])
    return "\n".join(decoded for piece in pieces if (decoded := _base64_piece(piece)))


def _base64_piece(piece: str) -> str:
    packed = piece.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):  # ordinary letters may stand before the code without a space
        body = packed[start:]
        if len(body) % 4 == 1:
            body = body[:-1]
        try:
            data = base64.b64decode(body + "=" * (-len(body) % 4))
        except (binascii.Error, ValueError):
            continue
        if decoded := _if_text(data):
            return decoded
    return ""


def _base32(part: str) -> str:
    body = part.rstrip("=")
    try:
        return _if_text(base64.b32decode(body + "=" * (-len(body) % 8)))
    except (binascii.Error, ValueError):
        return ""


def _hex(part: str) -> str:
    digits = re.sub(r"\\x|0x|[%\s,:]", "", part)
    return _if_text(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _binary(part: str) -> str:
    groups = re.findall(r"[01]+", part)
    if len(groups) == 1:
        groups = re.findall(r"[01]{8}", part)
    return _if_text(bytes(int(group, 2) for group in groups if int(group, 2) < 256))


def _decimal(part: str) -> str:
    codes = [int(code) for code in re.findall(r"\d+", part)]
    return _if_text(bytes(code for code in codes if code < 256))


def _morse(part: str) -> str:
    plain_code = part.replace("·", ".").replace("−", "-")
    words = re.split(r"\s*[/|]\s*|\s{3,}", plain_code)
    return " ".join("".join(_MORSE_LETTERS.get(code, "") for code in word.split()) for word in words).strip()


def _if_text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    good = sum(char.isprintable() or char.isspace() for char in text)
    return text if len(text) >= 4 and good >= 0.95 * len(text) else ""


def _without_invisible(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn", "Co", "Cn"))


def _tags(text: str) -> str:
    """Text hidden in Unicode tag characters."""
    return "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)


def _variation_bytes(text: str) -> str:
    """Text hidden in variation selectors, one byte each."""
    codes = bytes(
        ord(char) - 0xFE00 if ord(char) < 0xFE10 else ord(char) - 0xE0100 + 16
        for char in text
        if 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF
    )
    return _if_text(codes)


def _zero_width_bits(text: str) -> str:
    """Text hidden as bits in zero-width characters (space for 0, non-joiner or joiner for 1)."""
    bits = "".join("0" if char == "\u200b" else "1" for char in text if char in "\u200b\u200c\u200d")
    return _if_text(bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits) - 7, 8)))


def _spaced(text: str) -> str:
    """`l i k e  t h i s` closed up."""
    return _SPACED.sub(lambda match: re.sub(r"[ .\-_*|](?=\w)", "", match.group()), text)
