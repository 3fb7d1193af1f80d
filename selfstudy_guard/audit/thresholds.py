"""Thresholds that make an audit a gate: `experiment.figure[.condition]=value`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from selfstudy_guard.audit.results import AuditResult
from selfstudy_guard.errors import InputError


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure that must be at least (or, where lower is better, at most) a value.

    Every model must meet it, and so must the obedient reader where it measured the same figure.

    Attributes:
        experiment, figure: their names.
        condition: of the figure; None for the guarded ones, which are the last of each figure.
        value: the bound.
    """

    experiment: str
    figure: str
    condition: str | None
    value: float

    def missed(self, result: AuditResult) -> list[str]:
        """One line for every model that misses it.

        Raises:
            InputError: no experiment of the audit measured this figure.
        """
        lines, met = [], False
        for experiment in result.experiments:
            found = [
                figure
                for figure in experiment.figures
                if experiment.name == self.experiment
                and figure.name == self.figure
                and not figure.group
                and self.condition in (None, figure.condition)
            ]
            if not found:
                continue
            met = True
            figure = found[-1]
            bad = figure.value > self.value if figure.better == "lower" else figure.value < self.value
            if bad:
                lines.append(
                    f"{experiment.model}: {self.experiment} {self.figure} ({figure.condition}) is {figure.value:.3f}, "
                    f"the threshold is {self.value:.3f}"
                )
        if not met:
            names = {
                f"{figure.name}.{figure.condition}"
                for experiment in result.experiments
                if experiment.name == self.experiment
                for figure in experiment.figures
                if not figure.group
            }
            asked = f"{self.figure}.{self.condition}" if self.condition else self.figure
            raise InputError(
                f"--fail-under {self.experiment}.{asked}: this audit measured no such figure, "
                f"only {', '.join(sorted(names)) or 'none'}"
            )
        return lines


def parse_thresholds(texts: Sequence[str], experiments: Sequence[str] | None = None) -> list[Threshold]:
    """Thresholds from the command line.

    Args:
        texts: `experiment.figure=value` or `experiment.figure.condition=value`.
        experiments: those that will be run; None does not check.

    Raises:
        InputError: a text has another form, or names an experiment that will not be run.
    """
    found = []
    for text in texts:
        name, _, value = text.rpartition("=")
        parts = [part.strip() for part in name.split(".", 2)]
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if len(parts) < 2 or not all(parts) or not math.isfinite(number):
            raise InputError(f"--fail-under {text!r}: write EXPERIMENT.FIGURE=NUMBER, as in compliance.exposure=0.05")
        if experiments is not None and parts[0] not in experiments:
            raise InputError(f"--fail-under {text!r}: this audit runs {', '.join(experiments)}, not {parts[0]!r}")
        found.append(Threshold(parts[0], parts[1], parts[2] if len(parts) > 2 else None, number))
    return found
