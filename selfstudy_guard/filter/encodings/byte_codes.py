"""Encodings of bytes: what runs of base64, base32, base85, hexadecimal and binary digits say.

All raise ValueError (binascii.Error is one) for what is no run of their digits.
"""

from __future__ import annotations

import base64
import binascii
import re

from selfstudy_guard.filter.encodings.readable import reads_as_text

_ROT13 = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM"
)


def from_base64(run: str) -> str | None:
    """Text in base64, of either alphabet, or in base64 whose letters were exchanged by rot13; None where it is none."""
    run = re.sub(r"\s", "", run).rstrip("=").replace("-", "+").replace("_", "/")
    run = run[: len(run) // 4 * 4] if len(run) % 4 == 1 else run
    padding = "=" * (-len(run) % 4)
    return utf8(binascii.a2b_base64(run + padding)) or utf8(binascii.a2b_base64(run.translate(_ROT13) + padding))


def from_base32(run: str) -> str | None:
    """Text in base32; None where it is none."""
    run = run.rstrip("=")
    return utf8(base64.b32decode(run + "=" * (-len(run) % 8)))


_NOT_B85 = re.compile(r"[^0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]")
_NOT_A85 = re.compile(r"[^!-uz]")
_B85 = {
    char: value
    for value, char in enumerate(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    )
}
_A85 = {chr(33 + value): value for value in range(85)}


def _begins_as_text(run: str, digits: dict[str, int]) -> bool:
    """Whether the first twenty digits of base 85 may be the beginning of printable text; False only where they cannot.

    Args:
        run: at least 24 digits, so that what is cut off at the end of a message does not matter here.
        digits: value of each digit.
    """
    for at in range(0, 20, 5):
        value = 0
        for char in run[at : at + 5]:
            if char not in digits:
                return True
            value = value * 85 + digits[char]
        if value >= 1 << 32:
            return False
        data = value.to_bytes(4, "big")
        if any((byte < 32 and byte not in b"\n\r\t") or byte == 127 for byte in data):
            return False
        if not at and data[0] in _NEVER_FIRST:
            return False
    return True


_NEVER_FIRST = frozenset([*range(0x80, 0xC2), *range(0xF5, 0x100)])
"""Bytes that no character begins with in UTF-8."""


def from_base85(run: str) -> str | None:
    """Written language in base85 or Ascii85; None where it is none."""
    run = run.removeprefix("<~").removesuffix("~>").removesuffix("~>.")
    for decode, alien, digits in ((base64.b85decode, _NOT_B85, _B85), (base64.a85decode, _NOT_A85, _A85)):
        if alien.search(run) or (len(run) >= 24 and not _begins_as_text(run, digits)):
            continue
        try:
            text = utf8(decode(run))
        except ValueError:
            continue
        if text and reads_as_text(text):
            return text
    return None


def utf8(data: bytes) -> str | None:
    """`data` as text; up to three bytes at its end may belong to a character that was cut off."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return data[: error.start].decode() if error.start > max(0, len(data) - 4) else None


def from_hex(run: str) -> str | None:
    """Text in hexadecimal digits, however they are set apart; None where it is none."""
    return utf8(bytes.fromhex(re.sub(r"0x|\\x|[ :,]", "", run)))


def from_binary(run: str) -> str | None:
    """Text in binary digits, eight a byte; None where it is none."""
    bits = re.sub(r"[ ,]", "", run)
    return utf8(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)))
