"""Numbers that depend on a seed and a name only: the same on every machine and Python version.

Nothing here uses `random`, floating-point functions of the C library, or Python's `hash`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SCALE = 1.0 / (1 << 53)
_MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
"""2**64 divided by the golden ratio, odd: multiples of it spread evenly over 64 bits."""


def number_key(seed: int, *name: str | int) -> int:
    """64 bits that look random, from BLAKE2b over the seed and the parts of the name."""
    data = "\x1f".join([str(seed), *map(str, name)]).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def mixed(base: int, numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """One 64-bit key for every number, from `base`: splitmix64 (Steele, Lea and Flood 2014), on whole arrays."""
    import numpy as np

    with np.errstate(over="ignore"):
        z = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN) + np.uint64(base & _MASK)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def units(keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Keys as numbers in [0, 1)."""
    import numpy as np

    return (keys >> np.uint64(11)).astype(np.float64) * _SCALE


def spread(size: int, shift: int) -> NDArray[np.int64]:
    """A permutation of `size` places whose every prefix lies evenly over them.

    The fractional parts of multiples of the golden ratio (a Kronecker sequence, the one-dimensional sequence of
    lowest discrepancy of its kind), as whole numbers, ranked; every second, every third ... of its members lies
    evenly too, which a bit-reversed order does not do.
    """
    import numpy as np

    with np.errstate(over="ignore"):
        points = np.arange(size, dtype=np.uint64) * np.uint64(GOLDEN) + np.uint64(shift & _MASK)
    ranks = np.empty(size, dtype=np.int64)
    ranks[np.argsort(points, kind="stable")] = np.arange(size)
    return ranks
