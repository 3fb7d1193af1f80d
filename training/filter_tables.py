"""Tables of the left-out figures of the instruction filter in Markdown, as they stand in RESULTS.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def _percent(value: float, places: int = 1) -> str:
    return f"{100 * value:.{places}f}"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _wide(name: str, shares: dict[str, float]) -> str:
    """One table of two rows: the groups, and their shares in percent."""
    head = _row([name, *shares])
    rule = _row(["---"] * (len(shares) + 1))
    return "\n".join((head, rule, _row(["%", *(_percent(value) for value in shares.values())])))


def tables(figures: Callable[[float], dict[str, Any]], threshold: float) -> str:
    """Markdown: the figures at one threshold by group, and precision and recall against the threshold.

    Args:
        figures: the figures at a threshold (`training.filter_evaluation.figures` of pooled rows).
        threshold: the one that ships.
    """
    at = figures(threshold)
    summary = {
        "payload recall": _percent(at["recall"]),
        "recall on plain prose": _percent(at["group"]["prose"]),
        "recall in encoded, invisible and hidden channels": _percent(at["group"]["hidden"]),
        "payload intact": _percent(at["intact"]),
        "decoys removed": _percent(at["decoys"]),
        "clean characters kept": _percent(at["clean"], 2),
        f"worst clean genre ({at['worst'][1]})": _percent(at["worst"][0], 2),
        "clean text kept round a planted passage": _percent(at["collateral"], 2),
        "NotInject kept": _percent(at["addressed"].get("notinject", 0)),
    }
    parts = [
        "\n".join([_row(["%", "left out"]), _row(["---"] * 2), *(_row([k, v]) for k, v in summary.items())]),
        *(_wide(name, at[name]) for name in ("form", "intent", "source", "lang", "length")),
        _wide("genre", at["genres"]),
        _wide("addressed", at["addressed"]),
        _wide("decoys removed in", at["decoy_form"]),
    ]
    names = [
        "recall",
        "prose",
        "hidden",
        "intact",
        "decoys",
        "clean kept",
        "worst genre",
        "round a passage",
        "NotInject",
    ]
    curve = [_row(["threshold", *names]), _row(["---"] * (len(names) + 1))]
    for value in sorted({*GRID, threshold}):
        one = figures(value)
        shares = (one["recall"], one["group"]["prose"], one["group"]["hidden"], one["intact"], one["decoys"])
        kept = (one["clean"], one["worst"][0], one["collateral"])
        cells = [f"{value:g}", *map(_percent, shares), *(_percent(share, 2) for share in kept)]
        curve.append(_row([*cells, _percent(one["addressed"].get("notinject", 0))]))
    return "\n\n".join([*parts, "\n".join(curve)]) + "\n"
