"""How much memory this process may still take, by the operating system, its control group and its own limit."""

from __future__ import annotations

import os
from pathlib import Path


def available_memory(root: Path = Path("/")) -> int | None:
    """Bytes that can be taken without swapping; None where the system does not tell.

    Args:
        root: where `proc` and `sys` are mounted.
    """
    figures = [_meminfo(root / "proc/meminfo"), _control_group(root / "sys/fs/cgroup"), _address_space(root)]
    known = [figure for figure in figures if figure is not None]
    if known:
        return min(known)
    names = getattr(os, "sysconf_names", {})
    if "SC_AVPHYS_PAGES" in names and "SC_PAGE_SIZE" in names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _meminfo(path: Path) -> int | None:
    for line in _lines(path):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _control_group(folder: Path) -> int | None:
    """The limit of a container (version 2 of control groups, then version 1)."""
    for limit_name, used_name, cache_name in (
        ("memory.max", "memory.current", "memory.stat"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ):
        limit, used = _number(folder / limit_name), _number(folder / used_name)
        if limit is None or used is None or limit > 1 << 60:
            continue
        # What the page cache holds is given back when it is needed.
        cached = sum(int(line.split()[1]) for line in _lines(folder / cache_name) if line.startswith("inactive_file "))
        return max(0, limit - used + cached)
    return None


def _address_space(root: Path) -> int | None:
    try:
        import resource
    except ImportError:
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    used = _lines(root / "proc/self/statm")
    if limit == resource.RLIM_INFINITY or not used:
        return None
    return max(0, limit - int(used[0].split()[0]) * resource.getpagesize())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", "replace").splitlines()
    except OSError:
        return []


def _number(path: Path) -> int | None:
    lines = _lines(path)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None
