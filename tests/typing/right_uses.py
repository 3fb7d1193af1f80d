"""Right uses of the public names; `mypy --strict` must accept every line. Never run, only checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import assert_type

from selfstudy_guard import (
    CoverageTracker,
    Document,
    Evidence,
    FilterResult,
    Footprint,
    Guard,
    InstructionFilter,
    Record,
    Reply,
    Request,
    Run,
    Target,
    TargetSampler,
    agenerate,
    generate,
)
from selfstudy_guard.questions import Prompts
from selfstudy_guard.records import Balance, Finding
from selfstudy_guard.sampling import Stratified, Uniform


class Model:
    def complete(self, request: Request) -> Reply:
        return Reply(text=request.messages[-1].content)


class Bar:
    def update(self, balance: Balance) -> None: ...


class Layer:
    def detect(self, text: str) -> Sequence[Finding]:
        return []


def line(balance: Balance) -> None: ...


def kept(record: Record) -> None: ...


def completion(*, model: str, messages: list[dict[str, str]]) -> str:
    return model + messages[0]["content"]


documents = [Document(id="a.md", text="The kiln holds 40 pots.")]

run = generate(["docs/", Path("more.md")], model="openai/gpt-4o-mini", n=5, out="runs/a", seed=0, per_call=5)
assert_type(run, Run)
generate(documents, model=Model(), concurrency=4, max_cost=1.5, tries=2, price=(0.1, 0.4))
generate("docs/", policy="uniform", styles=("factual", "why"), withhold=None, spotlight="datamarking")
generate("docs/", policy=Stratified(), progress=Bar(), on_record=kept)
generate("docs/", policy=Uniform(), progress=line, notify=print, on_record=print)
generate("docs/", prompts={"question": {}}, judge=(0.2, 0.8), hops="far", min_score=0.5, rate=True)
generate("docs/", prompts=Prompts.builtin("large"), instruction_filter=InstructionFilter(detectors=[Layer()]))
generate("docs/", batch=True, batch_every=5.0, until_coverage=0.99, draws_per_target=3, model_options={"api_base": "x"})


async def main() -> Run:
    return await agenerate(documents, model=Model(), concurrency=4)


guard = Guard(documents, out="runs/b", unguarded="warn")
ask = guard.asking(completion)
assert_type(ask(model="m", messages=[]), str)
assert_type(guard.generating(completion, per_call=5)(model="m", messages=[]), str)
for target in guard.targets(5):
    assert_type(target.evidence_for("What?"), Evidence)

result = InstructionFilter(mode="mask", threshold=0.6).clean("text")
assert_type(result, FilterResult)
plan = TargetSampler(documents, policy="stratified", seed=0).plan(100)
assert_type(plan, list[Target])
tracker = CoverageTracker(documents)
assert_type(tracker.add("What does the kiln hold?"), Footprint)
assert_type(tracker + tracker, CoverageTracker)
