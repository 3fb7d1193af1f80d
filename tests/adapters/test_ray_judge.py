"""The judge inside a worker of a Ray job; no cluster is needed for that."""

from __future__ import annotations

import asyncio

import pytest

from selfstudy_guard import generate
from selfstudy_guard.records import Record
from tests.test_judge_flow import AsyncJudge, Judge, documents

pytest.importorskip("ray", reason="Ray is not installed")

from selfstudy_guard_ray.orders import make_order
from selfstudy_guard_ray.work import Worker


def test_a_worker_judges_as_generate_does() -> None:
    wide = (0.001, 0.9)
    model = AsyncJudge("INFORMATION")
    order = make_order(model, 6, seed=0, unit=("text", None), judge=wide)
    assert order.settings.judge == wide
    (result,) = asyncio.run(Worker(order).run(documents(), {}))
    made = [one.outcome for one in result.ended if isinstance(one.outcome, Record)]
    alone = generate(documents(), model=Judge("INFORMATION"), n=6, judge=wide)
    assert any(record.evidence.judged for record in made)
    assert [record.evidence for record in made] == [record.evidence for record in alone.records]
    assert len({request.key for request in model.inner.judged}) == len(model.inner.judged) > 0
