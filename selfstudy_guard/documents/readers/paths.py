"""From files, folders and globs to the files in them: deterministic order, no hidden files, no loops, no way out."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from selfstudy_guard.documents.readers.text import UnreadableError
from selfstudy_guard.errors import DocumentError

MAX_DEPTH = 100
"""How many folders may lie inside each other."""

_GLOB_SIGNS = frozenset("*?[")


@dataclass(frozen=True)
class FoundFile:
    """One file to read.

    Attributes:
        path: where it is.
        name: its name in messages and ids: relative to the folder that was given, with forward slashes.
        named: whether the user named this very file, rather than a folder or glob that holds it.
    """

    path: Path
    name: str
    named: bool


def check_paths(paths: Sequence[str]) -> None:
    """Fail early for paths that do not exist and globs that match nothing.

    Raises:
        DocumentError: names the path and the remedy.
    """
    for path in paths:
        if os.path.lexists(path):
            continue
        if not _is_glob(path):
            raise DocumentError(
                f"no such file or folder: {printable(path)!r} "
                "(to pass a text itself instead of a path, use Document.from_text)"
            )
        if next(glob.iglob(path, recursive=True), None) is None:  # noqa: PTH207  # Path.glob takes no absolute pattern
            raise DocumentError(f"no file matches {printable(path)!r}")


def find_sources(paths: Sequence[str], skip: Callable[[str, UnreadableError], None]) -> Iterator[FoundFile]:
    """The files that `paths` lead to; what cannot be entered is given to `skip` with its name and reason."""
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from _walk(path, skip)
        elif os.path.lexists(given):
            yield FoundFile(path, printable(path.name), named=True)
        else:
            yield from _matches(given, skip)


def regular_file_size(path: Path) -> int:
    """Size in bytes of a regular file.

    Raises:
        UnreadableError: it is a pipe, socket or device (opening one could block for ever).
        OSError: it cannot be looked at.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file")
    return status.st_size


def printable(name: str) -> str:
    r"""`name` with control characters, lone surrogates and direction marks written as escapes (`\x1b`)."""
    if name.isprintable():
        return name
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii", "backslashreplace")
        for char in name
    )


def os_reason(error: OSError) -> str:
    """An operating-system error as a reason, without the path."""
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, FileNotFoundError):
        return "link to a file that does not exist, or removed while reading"
    return (error.strerror or type(error).__name__).lower()


def _is_glob(path: str) -> bool:
    return any(sign in path for sign in _GLOB_SIGNS)


def _matches(pattern: str, skip: Callable[[str, UnreadableError], None]) -> Iterator[FoundFile]:
    """Files that a glob matches, named relative to the part of it before the first wildcard."""
    parts = Path(pattern).parts
    fixed = 0
    while fixed < len(parts) and not _is_glob(parts[fixed]):
        fixed += 1
    root = Path(*parts[:fixed])
    for match in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207
        path = Path(match)
        if path.is_dir():
            continue
        yield FoundFile(path, printable(path.relative_to(root).as_posix()), named=False)


def _walk(root: Path, skip: Callable[[str, UnreadableError], None]) -> Iterator[FoundFile]:
    """Files under `root` in the order of their names, folders among them."""
    real_root = Path(os.path.realpath(root))
    above = [str(real_root)]
    stack = [iter(_listed(root, root, skip))]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            above.pop()
            continue
        path, special = child
        name = printable(path.relative_to(root).as_posix())
        if special:
            real = os.path.realpath(path)
            if path.is_symlink() and not Path(real).is_relative_to(real_root):
                # A folder of documents from elsewhere must not lead to other files of this machine.
                skip(name, UnreadableError("symbolic link that leads out of the folder; name its target to read it"))
                continue
            if path.is_dir():
                if real in above:
                    skip(name, UnreadableError("symbolic link back to a folder above it"))
                elif len(above) > MAX_DEPTH:
                    skip(name, UnreadableError(f"more than {MAX_DEPTH} folders deep"))
                else:
                    above.append(real)
                    stack.append(iter(_listed(path, root, skip)))
                continue
        yield FoundFile(path, name, named=False)


def _listed(folder: Path, root: Path, skip: Callable[[str, UnreadableError], None]) -> Iterator[tuple[Path, bool]]:
    """Children of a folder by name, without hidden ones, and whether each is a folder or a link."""
    names: list[str] = []
    special: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    names.append(entry.name)
                    if entry.is_symlink() or entry.is_dir(follow_symlinks=False):
                        special.add(entry.name)
    except OSError as error:
        skip(printable(folder.relative_to(root).as_posix()), UnreadableError(os_reason(error)))
        return
    names.sort()
    for name in names:
        yield folder / name, name in special
