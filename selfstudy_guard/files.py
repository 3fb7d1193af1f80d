"""Files: data that is shipped beside the code, and writing a file whole or not at all, never through a link."""

from __future__ import annotations

import os
import tempfile
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any


def shipped(package: str, name: str) -> dict[str, Any]:
    """What the TOML file `name` holds that lies beside the modules of `package`."""
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))


def shipped_patterns(package: str, name: str) -> dict[str, str]:
    """The regular expressions of a shipped file, by name."""
    return {key: joined(found) for key, found in shipped(package, name).items()}


def joined(found: str | dict[str, Any]) -> str:
    """A regular expression as shipped files write it: one of `any`, between `begins` and `ends`."""
    if isinstance(found, str):
        return found
    return f"{found.get('begins', '')}{'|'.join(map(joined, found['any']))}{found.get('ends', '')}"


def write_whole(path: Path, data: str | bytes) -> None:
    """Write `path` under a name that nobody can guess, and rename it when it is complete.

    A link at `path` is replaced and not followed. Pipes and devices (`/dev/stdout`) are written to as they are.

    Args:
        path: in a folder that exists.
        data: text is written as UTF-8; lone surrogates become the replacement character.

    Raises:
        OSError: it cannot be written; nothing is left behind, and what was there before is as it was.
    """
    data = data.encode("utf-8", "replace") if isinstance(data, str) else data
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        scratch.chmod(0o666 & ~_mask())  # as an ordinary new file; temporary ones are private
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
