"""Numbers that depend on a seed and a name only: the same on every machine and Python version."""

from __future__ import annotations

import hashlib

_SCALE = 1 / (1 << 53)


def unit_key(seed: int, *name: object) -> float:
    """A number in [0, 1) that looks random, from BLAKE2b over the seed and the parts of the name."""
    return (number_key(seed, *name) >> 11) * _SCALE


def number_key(seed: int, *name: object) -> int:
    """64 bits that look random, from BLAKE2b over the seed and the parts of the name."""
    data = repr((seed, *name)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
