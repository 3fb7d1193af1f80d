"""Encoded text: what base64, hex, percent signs, rot13, Morse ... say, where it reads as text at all."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from selfstudy_guard.filter.codes import Span, long_words
from selfstudy_guard.filter.common_words import COMMON, listed
from selfstudy_guard.filter.encodings.byte_codes import (
    from_base32,
    from_base64,
    from_base85,
    from_binary,
    from_hex,
    utf8,
)
from selfstudy_guard.filter.encodings.readable import reads_as_text

LONGEST_CODED = 20_000
"""Code points of one encoded run that are decoded; what is longer is decided by its beginning."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An encoded run of canonical text: its span, what it says, and the names of the encodings, outermost first."""

    start: int
    end: int
    text: str
    encoding: str


_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{20,}(?:\n[ \t]{0,8}[A-Za-z0-9+/_-]{16,})*={0,2}")
_BASE32 = re.compile(r"[A-Z2-7](?<![A-Za-z0-9].)[A-Z2-7]{23,}={0,6}")
_BASE85 = re.compile(r"(?<!\S)[!-~]{24,}(?!\S)")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?(?:[0-9a-fA-F]{2}){12,}(?![0-9A-Za-z])|(?:\\x[0-9a-fA-F]{2}){8,}")
_HEX_SPACED = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}[ :,]){11,}[0-9a-fA-F]{2}\b")
_PERCENT = re.compile(r"(?<![^\s\"'(<>=])[^\s\"'<>%=(]{0,400}(?:%[0-9a-fA-F]{2}[^\s\"'<>%]{0,60}){4,}")
_BINARY = re.compile(r"(?<![0-9])(?:[01]{8}[ ,]?){6,}")
_MORSE = re.compile(r"(?<![.\-–—_·•/|])(?:[.\-·•–—]{1,7}[ /|]{1,3}){11,}[.\-·•–—]{0,7}")
_ESCAPES = re.compile(r"(?:\\u00[0-9a-fA-F]{2}){6,}|(?:&#(?:\d{2,3}|x[0-9a-fA-F]{2});){6,}")
_DECIMAL = re.compile(
    r"(?<!\d)(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])[ ,]{1,2}){14,}(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])(?!\d)"
)
_SPACED = re.compile(
    r"""
      (?<!\S)(?:\S[ ]{1,3}){11,}\S(?!\S)
    | (?<![^\s"'(])(?:[^\W\d_][.\-_*][ ]{0,3}){9,}[^\W\d_]?(?!\w)
    | (?<![^\s"'(])(?:[^\W\d_](?:[.\-_*][^\W\d_]){0,30}[ ]{1,3}){4,}[^\W\d_](?:[.\-_*][^\W\d_]){0,30}(?!\w)
    """,
    re.X,
)
_LEET = re.compile(r"[A-Za-z][013457@$!|]{1,3}[A-Za-z]")
_WORD = re.compile(r"[A-Za-z]{2,}")

_MORSE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!/-'():;=+\"@"
_MORSE_CODES = """
    .- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..
    ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. -.-.-- -..-. -....- .----.
    -.--. -.--.- ---... -.-.-. -...- .-.-. .-..-. .--.-.
"""
_LETTER_OF_MORSE = dict(zip(_MORSE_CODES.split(), _MORSE_LETTERS, strict=True))
_LEET_I = str.maketrans("0134578@$!|", "oieastbasil")
_LEET_L = str.maketrans("0134578@$!|", "oleastbasil")


def _english(words: list[str]) -> float:
    """Share of the words that are among the most frequent of a few languages."""
    return sum(word in COMMON for word in words) / max(1, len(words))


def _morse(run: str) -> str | None:
    plain = run.replace("·", ".").replace("•", ".").replace("–", "-").replace("—", "-")
    words = re.split(r"[ ]{0,2}[/|][ ]{0,2}|[ ]{3}", plain)
    text = " ".join("".join(_LETTER_OF_MORSE.get(code, "\x00") for code in word.split()) for word in words)
    return None if text.count("\x00") > 0.1 * len(text) else text.replace("\x00", "").capitalize()


def _escapes(run: str) -> str | None:
    codes = re.findall(r"\\u([0-9a-fA-F]{4})|&#x([0-9a-fA-F]{2});|&#(\d{2,3});", run)
    return "".join(chr(int(four or two, 16)) if four or two else chr(int(number)) for four, two, number in codes)


def _decimal(run: str) -> str | None:
    return "".join(chr(int(number)) for number in re.findall(r"\d+", run))


def _spaced(run: str) -> str | None:
    words = re.split(r"[ ]{2,3}", run) if "  " in run else run.split(" ") if re.search(r"\w[.\-_*]\w", run) else [run]
    return " ".join(re.sub(r"[ .\-_*]", "", word) for word in words).lower()


_LOOKED_AT, _CAPITALS = 80, 3
_LONG = re.compile(r"(?<!\S)\S{20,}(?:\n[ \t]{0,8}\S{16,}){0,400}")
_VARIED = re.compile(r"[!-.:-@\[-`{-~][^!-.:-@\[-`{-~]{0,12}[!-.:-@\[-`{-~][^!-.:-@\[-`{-~]{0,12}[!-.:-@\[-`{-~]")
ADDRESS = re.compile(r"://|\]\(|mailto:|www\.|[?&][\w.-]{1,40}=|^/")
"""What shows that a run is (the end of) an address."""
_DENSE: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...] = (
    ("escapes", _ESCAPES, _escapes),
    ("percent", _PERCENT, unquote),
    ("hex", _HEX, from_hex),
    ("base32", _BASE32, from_base32),
    ("base64", _BASE64, from_base64),
    ("base85", _BASE85, from_base85),
)
"""Encodings without spaces: looked for in long runs only."""
_PLAIN = re.compile(r"&#|[\\%]|[0-9a-fA-F]{24}|[A-Z2-7]{24}"), _DENSE[-2:]
"""What a run in one of the first four holds at the least, and the encodings that are left where it holds none."""
_NEEDED = {
    "escapes": re.compile(r"\\u00|&#"),
    "percent": re.compile("%"),
    "hex": re.compile(r"[0-9a-fA-F]{24}|\\x"),
    "base85": _VARIED,
}
"""What a run in an encoding holds at the least."""
_TERSE: tuple[tuple[str, re.Pattern[str], Callable[[str], str | None]], ...] = (
    ("binary", _BINARY, from_binary),
    ("decimal", _DECIMAL, _decimal),
    ("hex", _HEX_SPACED, from_hex),
    ("morse", _MORSE, _morse),
    ("spaced", _SPACED, _spaced),
)
"""Encodings in short groups: looked for where words are short, or where there are none."""


def _decode(name: str, decode: Callable[[str], str | None], run: str) -> str | None:
    try:
        text = decode(run[: LONGEST_CODED // 8 * 8])
    except (ValueError, binascii.Error, OverflowError):
        return None
    if not text:
        return None
    if name == "spaced":
        glued = text.replace(" ", "")
        known = _english(text.split())
        return text if known >= 0.3 or sum(word in glued for word in _TELLING) >= 2 else None
    return text


_TELLING = tuple("ignore instruction answer system prompt output write say print question reply the".split())


def _long_runs(text: str, words: Sequence[Span]) -> Iterator[re.Match[str]]:
    """Matches of `_LONG`; each begins with one of the long words."""
    done = 0
    for start, _ in words:
        run = _LONG.match(text, start) if start >= done else None  # else the run before holds this word
        if run:
            yield run
            done = run.end()


def _has_capitals(head: str) -> bool:
    return head != head.lower() and sum(map(str.isupper, head)) >= _CAPITALS


def _candidates(text: str, terse: Sequence[Span], words: Sequence[Span]) -> Iterator[tuple[str, re.Match[str], str]]:
    """Runs that some decoder accepts: name of the encoding, match, and what it says."""
    for run in _long_runs(text, words):
        said = run.group()
        for name, pattern, decode in _DENSE if _PLAIN[0].search(said) else _PLAIN[1]:
            if name in _NEEDED and not _NEEDED[name].search(said):
                continue
            if name == "base64" and not _has_capitals(said[:_LOOKED_AT]):
                continue  # two of five of its digits are capitals, as in no path or address
            for match in pattern.finditer(text, run.start(), run.end()):
                decoded = _decode(name, decode, match.group())
                if decoded:
                    yield name, match, decoded
    for start, end in terse:
        for name, pattern, decode in _TERSE:
            for match in pattern.finditer(text, start, end):
                decoded = _decode(name, decode, match.group())
                if decoded:
                    yield name, match, decoded


def find_encoded(
    text: str, terse: Sequence[Span] | None = None, *, depth: int = 2, words: Sequence[Span] | None = None
) -> list[Decoded]:
    """Encoded runs of `text` that decode to written language, sorted and disjoint, in linear time.

    Args:
        text: canonical text.
        terse: disjoint spans in which encodings that consist of short groups (binary, Morse, spaced letters ...) are
            looked for; None for all of `text`.
        depth: how many encodings may lie in one another.
        words: its long words; None if they are not known.
    """
    found: list[Decoded] = []
    terse = [(0, len(text))] if terse is None else terse
    for name, match, decoded in _candidates(text, terse, long_words(text) if words is None else words):
        encoding = name
        for _ in range(depth - 1):
            inner = _whole(decoded)
            if inner is None:
                break
            decoded, encoding = inner.text, f"{encoding}+{inner.encoding}"
        # A query in an address is percent-encoded by everybody.
        if name == "percent" and ADDRESS.search(match.group()) and decoded.count(" ") < 6:
            continue
        if name == "spaced" or reads_as_text(decoded):
            found.append(Decoded(match.start(), match.end(), decoded, encoding))
    found.sort(key=lambda run: (run.start, -run.end))
    disjoint: list[Decoded] = []
    for run in found:
        if not disjoint or run.start >= disjoint[-1].end:
            disjoint.append(run)
    return disjoint


def _whole(text: str) -> Decoded | None:
    """`text` decoded once more, where nearly all of it is one encoded run."""
    inner = find_encoded(text[:LONGEST_CODED], depth=1)
    if inner and sum(run.end - run.start for run in inner) >= 0.7 * len(text.strip()):
        return inner[0]
    return None


def _small_words(text: str) -> int:
    """How many words of a text are in the word lists, which hold the most frequent words of many languages."""
    return len([1 for word in text.lower().split() if len(word) > 1 and word.strip(_MARKS) in listed()])


def _sentence_like(text: str) -> int:
    """How much a text looks like a sentence read forwards: by its first letter, its last word and its stop."""
    words = text.split()
    first, last = words[0].strip(_MARKS), words[-1].strip(_MARKS)
    return first[:1].isupper() + (last.lower() not in listed()) + words[-1].endswith((".", "!", "?", ":"))


_MARKS = ".,;:!?()\"'"
_TELLTALE = 2


def ciphered(text: str, familiar: Callable[[str], float]) -> Decoded | None:
    """What a sentence says when letters were exchanged (rot13, atbash), reversed or written with digits; None
    if it is plain.

    Args:
        text: a sentence.
        familiar: share of the words of a text that are known words of some language.
    """
    head = text[:300]
    if sum(map(str.isalpha, head)) < 8:
        return None
    leet = _LEET.search(head) is not None
    if not leet and _small_words(head) >= _TELLTALE:
        return None  # it has the small words of a language as they are
    best, ordered, name = -1.0, 0, ""
    for candidate, change in _CIPHERS.items():
        if candidate.startswith("leet") and not leet:
            continue
        said = change(head)
        if said == head or not _small_words(said):
            continue
        if best < 0:
            best = max(0.55, familiar(head) + 0.3)
        share = familiar(said)
        # A text reversed whole and one reversed word by word hold the same words: the better sentence is what was said.
        if share > best or (share == best and name and _sentence_like(said) > ordered):
            best, ordered, name = share, _sentence_like(said), candidate
    return Decoded(0, len(text), _CIPHERS[name](text), name.partition("/")[0]) if name else None


_ATBASH = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA"
)
_CIPHERS: dict[str, Callable[[str], str]] = {
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "reversed-words": lambda text: re.sub(r"\S+", lambda match: match.group()[::-1], text),
    "atbash": lambda text: text.translate(_ATBASH),
    "leetspeak": lambda text: text.translate(_LEET_I),
    "leetspeak/l": lambda text: text.translate(_LEET_L),
}


def invisible_messages(text: str) -> Iterator[Decoded]:
    """Messages in raw `text` that are written with variation selectors (bytes) or two zero-width characters (bits)."""
    for match in re.finditer("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{6,}", text):
        codes = [ord(char) for char in match.group()[:LONGEST_CODED]]
        data = bytes(code - 0xFE00 if code < 0xFE10 else code - 0xE0100 + 16 for code in codes)
        yield Decoded(match.start(), match.end(), utf8(data) or "", "variation-selectors")
    for match in re.finditer("[\u200b\u200c\u200d\u2060\u2062-\u2064\ufeff]{24,}", text):
        run = match.group()[: LONGEST_CODED // 8 * 8]
        kinds = sorted(set(run))
        decoded = ""
        if len(kinds) == 2:
            for zero in (0, 1):
                bits = "".join("0" if char == kinds[zero] else "1" for char in run)
                said = utf8(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))) or ""
                decoded = said if reads_as_text(said) else decoded
        yield Decoded(match.start(), match.end(), decoded, "zero-width-bits")
