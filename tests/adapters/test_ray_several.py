"""Several targets in one request inside a worker of a Ray job; no cluster is needed for that."""

from __future__ import annotations

import asyncio

import pytest

from selfstudy_guard import generate
from selfstudy_guard.records import Record, Reply, Request
from tests.test_several import DOCUMENT, Harbours

pytest.importorskip("ray", reason="Ray is not installed")

from selfstudy_guard_ray.orders import make_order
from selfstudy_guard_ray.work import Worker


class AsyncHarbours(Harbours):
    """The same, awaited."""

    async def acomplete(self, request: Request) -> Reply:
        await asyncio.sleep(0)
        return self.complete(request)


def _pair(record: Record) -> tuple[int, str, str]:
    return record.target.start, record.question.text, record.answer.text


def test_a_worker_asks_about_several_targets_at_once_as_generate_does() -> None:
    model = AsyncHarbours(frozenset({"Dover"}))
    order = make_order(model, 12, seed=0, unit=("text", None), per_call=4, prompts="large")
    (result,) = asyncio.run(Worker(order).run([DOCUMENT], {}))
    made = [one.outcome for one in result.ended if isinstance(one.outcome, Record)]
    alone = generate([DOCUMENT], model=Harbours(frozenset({"Dover"})), n=12, per_call=4, prompts="large")
    assert len(made) == 12
    assert model.calls == {"together": 3, "question": 1, "answer": 1}
    assert {_pair(record) for record in made} == {_pair(record) for record in alone.records}
