"""What an audit measured: figures with intervals, grouped by experiment and condition; JSON in and out, comparable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError

from selfstudy_guard.coverage.statistics import wilson
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Frozen, Usage

FORMAT = 1
Better = Literal["higher", "lower", "neither"]


class Figure(Frozen):
    """One measured number.

    Attributes:
        name: what was measured ("compliance", "coverage" ...), unique within experiment, condition and group.
        condition: under what ("raw document", "filter and window", "unguided", "anchored" ...).
        group: within which part of the design ("channel=html-comment"); "" for all of it.
        value: the number; shares are 0 to 1.
        low, high: 95 % interval; None where the figure is not an estimate.
        n: how many observations it rests on.
        better: which direction is good.
    """

    name: str
    condition: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int = 0
    group: str = ""
    better: Better = "neither"

    @classmethod
    def share(cls, name: str, condition: str, hits: int, n: int, better: Better = "neither", group: str = "") -> Self:
        """A share of `n` observations with its Wilson interval; 0 of none."""
        bounds, value = wilson(hits, n), hits / max(1, n)
        return cls(
            name=name,
            condition=condition,
            value=value,
            low=bounds.low,
            high=bounds.high,
            n=n,
            better=better,
            group=group,
        )


class Curve(Frozen):
    """A series to draw.

    Attributes:
        name, condition: as for `Figure`.
        x, y: as long as each other.
        low, high: band round y, as long as y; empty for none.
        x_label, y_label: axes.
    """

    name: str
    condition: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    x_label: str = ""
    y_label: str = ""


class ExperimentResult(Frozen):
    """Everything that one experiment found.

    Attributes:
        name: its name on the command line.
        title: for people.
        finding: what the paper found, and what is varied and held fixed here.
        model: name of the model.
        bound: whether the figures are an upper bound from the obedient reader, not a model's behaviour.
        figures, curves: the results.
        verdict: one sentence that a reader can act on.
        calls: model calls made.
        failed: calls that no reply could be had for.
        notes: limits of this result.
    """

    name: str
    title: str
    finding: str
    model: str
    bound: bool = False
    figures: tuple[Figure, ...] = ()
    curves: tuple[Curve, ...] = ()
    verdict: str = ""
    calls: int = 0
    failed: int = 0
    notes: tuple[str, ...] = ()

    def figure(self, name: str, condition: str, group: str = "") -> Figure | None:
        """The figure of that name, condition and group, if it was measured."""
        for figure in self.figures:
            if (figure.name, figure.condition, figure.group) == (name, condition, group):
                return figure
        return None


class AuditResult(Frozen):
    """A whole audit.

    Attributes:
        experiments: in the order they were run, for each model.
        settings: what it was run with.
        usage: tokens and cost.
        created: UTC, ISO 8601.
        version: of this library.
        stopped: why it ended before its last experiment (a limit was used up); "" if it did not.
    """

    experiments: tuple[ExperimentResult, ...]
    settings: dict[str, Any] = Field(default_factory=dict)
    usage: Usage = Usage()
    created: str = ""
    version: str = ""
    stopped: str = ""
    format: int = FORMAT

    @classmethod
    def load(cls, path: str | Path) -> AuditResult:
        """Read what `selfstudy-guard audit --save` or `--json` wrote.

        Raises:
            InputError: no such file, or not an audit.
        """
        try:
            text = Path(path).read_text("utf-8")
            if json.loads(text).get("format") != FORMAT:
                raise InputError(f"{path} is not an audit of format {FORMAT}")
            return cls.model_validate_json(text)
        except (OSError, ValueError, AttributeError, ValidationError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"cannot read the audit {path}: {str(error).splitlines()[0]}") from error
