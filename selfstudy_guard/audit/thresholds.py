"""Thresholds that make an audit a gate: `experiment.figure[.condition]=value`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfstudy_guard.audit.results import AuditResult
from selfstudy_guard.errors import InputError


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure that must be at least (or, where lower is better, at most) a value.

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
            raise InputError(
                f"--fail-under {self.experiment}.{self.figure}: this audit measured no such figure; --json names them"
            )
        return lines


def parse_thresholds(texts: Sequence[str]) -> list[Threshold]:
    """Thresholds from the command line.

    Raises:
        InputError: a text is not `experiment.figure=value` or `experiment.figure.condition=value`.
    """
    found = []
    for text in texts:
        name, _, value = text.partition("=")
        parts = name.split(".", 2)
        try:
            number = float(value)
        except ValueError as error:
            raise InputError(f"--fail-under {text!r}: write EXPERIMENT.FIGURE=VALUE") from error
        if len(parts) < 2:
            raise InputError(f"--fail-under {text!r}: write EXPERIMENT.FIGURE=VALUE")
        found.append(Threshold(parts[0], parts[1], parts[2] if len(parts) > 2 else None, number))
    return found
