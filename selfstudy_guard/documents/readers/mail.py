"""Mail (.eml, .mbox) with the standard library: one document a message.

Kept: subject as heading, the text (the plain part, else the HTML one), names of attachments. From, to and date become
metadata. Left out: quoted replies where the message says more than they do, signatures, attachments (counted).
"""

# ruff: noqa: E501  # one alternative of a pattern stays on one line
from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from selfstudy_guard.documents.readers.file_text import FileText
from selfstudy_guard.documents.readers.text import MAX_DOCUMENT_BYTES, UnreadableError

_FROM = re.compile(rb"^From (?=\S.{0,200}\d)", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*>")
_SIGNATURE = re.compile(r"^-- ?$")
_INTRODUCED = re.compile(
    r"""^(?:
      (?:on|am|le|el|em|il|op|w\ dniu|den)\ .{6,160}(?:wrote|schrieb|a\ \u00e9crit|escribi\u00f3|escreveu|ha\ scritto|schreef|napisa\u0142\(?a?\)?|skrev).{0,40}:
    | -{3,}\ ?(?:original\ message|urspr\u00fcngliche\ nachricht|message\ d'origine|mensaje\ original|forwarded\ message)\ ?-{3,}
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)


def read_eml(path: Path) -> FileText:
    """One message.

    Raises:
        UnreadableError: no message, or one without text.
    """
    return _message(path.read_bytes(), "")


def read_mbox(path: Path) -> Iterator[FileText | UnreadableError]:
    """The messages of a mailbox, in order; what cannot be read of it is given as its reason."""
    number = 0
    for raw in _messages(path):
        number += 1
        try:
            yield _message(re.sub(rb"^>(>*From )", rb"\1", raw, flags=re.MULTILINE), str(number))
        except UnreadableError as reason:
            yield UnreadableError(f"message {number}: {reason}")
    if not number:
        raise UnreadableError("no message (lines that begin with `From ` part the messages of a mailbox)")


def _messages(path: Path) -> Iterator[bytes]:
    """Raw messages; a line that begins with "From " after a blank line begins one."""
    part: list[bytes] = []
    size = 0
    blank = True
    begun = False
    with path.open("rb") as file:
        while line := file.readline(1 << 20):
            if blank and _FROM.match(line):
                if begun:
                    yield b"".join(part)
                part, size, begun = [], 0, True
            elif begun and size < MAX_DOCUMENT_BYTES:
                part.append(line)
                size += len(line)
            blank = not line.strip()
    if begun:
        yield b"".join(part)


def _message(raw: bytes, name: str) -> FileText:
    try:
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain", "html"))
        text = _decoded(body) if body is not None else ""
        html = body is not None and body.get_content_type() == "text/html"
        attached = [_header(part.get_filename()) or "unnamed" for part in message.iter_attachments()]
        subject = _header(message["subject"])
        metadata: dict[str, Any] = {
            key: value[:500]
            for key in ("from", "to", "cc", "date", "message-id", "in-reply-to")
            if (value := _header(message[key]))
        }
    except (Exception, RecursionError) as error:  # the parser lets errors of every type out of a broken message
        raise UnreadableError(f"broken mail: {type(error).__name__}") from error
    if not text.strip():
        raise UnreadableError("a mail without text")
    notes: list[str] = []
    if not html:
        text, quoted = _own_words(text)
        if quoted:
            notes.append(f"{quoted} quoted lines left out")
    if attached:
        notes.append(f"{len(attached)} attachments left out: {', '.join(attached[:5])}"[:300])
    if "date" in metadata:
        with contextlib.suppress(ValueError):
            metadata["date"] = parsedate_to_datetime(str(metadata["date"])).isoformat()
    if html:
        heading = f"<h1>{_escaped(subject)}</h1>\n" if subject else ""
        return FileText(heading + text, "text/html", metadata, tuple(notes), name)
    return FileText(
        (f"{subject}\n{'=' * max(4, len(subject))}\n\n" if subject else "") + text.strip() + "\n",
        "text/plain",
        metadata,
        tuple(notes),
        name,
    )


def _decoded(part: Any) -> str:
    """Text of a part; unknown and wrong charsets are read as UTF-8, or as Western text where that fails."""
    data = part.get_payload(decode=True) or b""
    charset = part.get_content_charset() or "utf-8"
    for encoding in (charset, "utf-8"):
        try:
            return str(data.decode(encoding)).replace("\r\n", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return str(data.decode("cp1252", "replace")).replace("\r\n", "\n")


def _header(value: Any) -> str:
    return " ".join(str(value or "").split())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _own_words(text: str) -> tuple[str, int]:
    """The text without quoted lines, what announces them, and the signature; and how many lines were quoted."""
    kept: list[str] = []
    quoted = 0
    for line in text.split("\n"):
        if _SIGNATURE.match(line):
            break
        if _QUOTED.match(line):
            quoted += 1
            while kept and quoted and not kept[-1].strip():
                kept.pop()
            if kept and _INTRODUCED.match(kept[-1]):
                kept.pop()
            elif len(kept) > 1 and _INTRODUCED.match(f"{kept[-2]} {kept[-1]}"):
                del kept[-2:]
            kept.append("")
        else:
            kept.append(line)
    own = "\n".join(kept)
    if len(own.split()) < 3:
        return text, 0  # a mail that only hands something on
    return re.sub(r"\n{3,}", "\n\n", own), quoted
