"""Subtitles (.srt, .vtt, .ass, .sub ...) through pysubs2 (MIT), as running text.

Kept: what is said, sentences joined over cues, one paragraph a speaker or a pause; the times of cues as metadata. Left
out: cue numbers, styles, repeated lines of scrolling captions, sounds in brackets ("[music]").
"""

# ruff: noqa: E501  # a pattern stays on one line
from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.extra import needed
from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError, decode

_CUE = re.compile(
    r"^(?:\d{1,6}[ \t]*\r?\n)?(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}[ \t]*-->[ \t]*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}",
    re.MULTILINE,
)
_SOUND = re.compile(r"[\[(\u266a][^\])\u266a\n]{1,60}[\])\u266a]|\u266a+")
_SPEAKER = re.compile(r"(?:[-\u2013\u2014]\s?|>>\s?)(?=\S)|([A-Z\u00c0-\u00de][\w.' \u00c0-\u00ff-]{1,30}):\s(?=\S)")
_VOICE = re.compile(r"<v(?:\.[\w.-]{1,40})?\s+([^<>\n]{1,60})>")
_TAG = re.compile(r"</?[a-zA-Z0-9:.][^<>\n]{0,200}>|\{\\?[^{}\n]{1,200}\}")
_PAUSE = 4_000
"""Milliseconds without a cue after which a new paragraph begins."""
_ENDED = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u0964][\"'\u201d\u2019\u00bb)\]]{0,2}\s*\Z")


def is_subtitles(text: str) -> bool:
    """Whether a plain text is really subtitles: cues with times, from its beginning on."""
    sample = text[:5000]
    found = _CUE.findall(sample)
    return len(found) >= 2 and sample.lstrip("\ufeff \n\r\t").startswith(("WEBVTT", found[0][:3]))


def read_subtitles(path: Path) -> FileText:
    """One subtitle file as running text.

    Raises:
        UnreadableError: no cues, or beyond the limits.
        MissingExtraError: pysubs2 is not installed.
    """
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise UnreadableError(f"larger than {MAX_DOCUMENT_BYTES // 2**20} MB")
    return from_subtitles(decode(path.read_bytes())[0])


def from_subtitles(source: str) -> FileText:
    """The running text of subtitles; arguments and errors as for `read_subtitles`."""
    (pysubs2,) = needed("reading subtitles", "pysubs2")
    source = source.replace("\r\n", "\n")
    if source.lstrip().startswith("WEBVTT"):
        source = _VOICE.sub(lambda match: f"{match[1].strip()}: ", source)
    else:
        source = re.sub(
            r"^(\d+:\d\d:\d\d\.\d{1,3}),(\d+:\d\d:\d\d\.\d{1,3})$", r"\1 --> \2", source, flags=re.MULTILINE
        )
    try:
        # The library knows the format by its styles, which files of bare events lack.
        known = "ass" if "[Events]" in source else None
        events = [event for event in pysubs2.SSAFile.from_string(source, format_=known) if not event.is_comment]
    except Exception as error:  # pysubs2 raises errors of many types
        raise UnreadableError(f"no subtitles: {type(error).__name__}") from error
    text, cues, sounds = _running(events)
    if not text.strip():
        raise UnreadableError("no cue with words in it")
    notes = (f"{sounds} sounds in brackets left out",) if sounds else ()
    return FileText(text, "text/plain", {"cues": cues}, notes)


def _running(events: list[Any]) -> tuple[str, list[dict[str, int]], int]:
    """Text; where in it each cue begins, with its times in milliseconds; and how many sounds were left out."""
    text = ""
    cues: list[dict[str, int]] = []
    before: list[str] = []
    end = None
    sounds = 0
    parts: list[str] = []
    size = 0
    last = name = ""
    for event in sorted(events, key=lambda one: (one.start, one.end)):
        lines: list[str] = []
        for line in str(event.plaintext).split("\n"):
            bare = _TAG.sub("", line)
            silent = " ".join(_SOUND.sub(" ", bare).split())
            sounds += len(_SOUND.findall(bare))
            if silent:
                lines.append(silent)
        new = [line for line in lines if line not in before]  # captions that scroll say their last line again
        before = lines
        if not new:
            continue
        paused = end is not None and event.start - end > _PAUSE and bool(_ENDED.search(last))
        end = max(event.end, end or 0)
        for at, line in enumerate(new):
            speaker = _SPEAKER.match(line)
            goes_on = speaker is not None and speaker[1] == name != "" and not _ENDED.search(last)
            if speaker is not None:
                name = speaker[1] or ""
            said = line[speaker.end() :] if speaker and (goes_on or not speaker[1]) else line
            between = "" if not size else "\n\n" if (speaker and not goes_on) or (paused and at == 0) else " "
            if at == 0:
                cues.append({"offset": size + len(between), "start_ms": int(event.start), "end_ms": int(event.end)})
            parts.append(between + said)
            size += len(between) + len(said)
            last = said
    text = "".join(parts)
    return text, cues, sounds
