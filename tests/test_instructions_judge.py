"""The judge: a flow that asks the user's model about spans in the grey band."""

from __future__ import annotations

import pytest

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.filter.judge import judged_clean
from selfstudy_guard.records import FilterResult, Finding, Reply, Request

TEXT = "The mill was built in 1850. Visitors may look at the wheel. The wheel still turns every day in summer."
DOUBTFUL = "Visitors may look at the wheel."


class Grey:
    """A detector that is not sure of one sentence."""

    def __init__(self, detector: str = "sentence-model") -> None:
        self.detector = detector
        self.score = 0.6 if detector == "sentence-model" else 0.9

    def detect(self, text: str) -> list[Finding]:
        at = text.find(DOUBTFUL)
        if at < 0:
            return []
        end = at + len(DOUBTFUL)
        return [
            Finding(
                start=at,
                end=end,
                quote=DOUBTFUL,
                intent="task",
                channel="prose",
                score=self.score,
                detector=self.detector,
            )
        ]


def run(
    answer: str, cache: dict[str, bool] | None = None, detector: str = "sentence-model"
) -> tuple[FilterResult, list[Request]]:
    """The result when every request is answered alike, and the requests."""
    flow = judged_clean(InstructionFilter(detectors=[Grey(detector)]), TEXT, "When was it built?", low=0.5, cache=cache)
    asked: list[Request] = []
    try:
        request = next(flow)
        while True:
            asked.append(request)
            request = flow.send(Reply(text=answer))
    except StopIteration as stop:
        return stop.value, asked


def test_an_order_goes_and_information_stays() -> None:
    removed, asked = run("ORDER")
    assert DOUBTFUL not in removed.text
    assert "judge" in [finding.detector for finding in removed.findings]
    assert asked[0].purpose == "judge"
    assert "When was it built?" in asked[0].messages[-1].content
    kept, _ = run("It is INFORMATION.")
    assert kept.text == TEXT


def test_an_unclear_reply_leaves_the_threshold_to_decide() -> None:
    unclear, _ = run("Hm.")
    assert (DOUBTFUL not in unclear.text) == (InstructionFilter().threshold <= 0.6)


def test_verdicts_are_cached() -> None:
    cache: dict[str, bool] = {}
    first, asked = run("ORDER", cache)
    again, repeated = run("INFORMATION", cache)
    assert len(asked) == len(cache) > 0
    assert repeated == []
    assert again == first


def test_certain_findings_are_not_asked_about() -> None:
    result, asked = run("INFORMATION", detector="house-rules")
    assert asked == []
    assert DOUBTFUL not in result.text


def test_band_is_checked() -> None:
    with pytest.raises(InputError, match="grey band"):
        next(judged_clean(InstructionFilter(), TEXT, low=0.9, high=0.2))
