"""A limit of questions a document holds for every policy, for every entry point, and when a run is made longer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest

from selfstudy_guard import Document, TargetSampler, generate
from selfstudy_guard.errors import InputError, LedgerMismatchError
from selfstudy_guard.generation import plan
from selfstudy_guard.sampling import Capped, LeastCovered, Proportional, Stratified, Uniform, Weighted
from selfstudy_guard.testing import ExtractiveReader

SIZES = {"a.md": 40, "b.md": 3, "c.md": 12, "d.md": 90}
DOCUMENTS = [
    Document(
        id=name, text="# Wharf\n\n" + "\n\n".join(f"The wharf keeps {p + 100} barrels in shed {p}." for p in range(n))
    )
    for name, n in SIZES.items()
]
POLICIES = [
    Stratified(),
    Stratified(("document",)),
    Uniform(),
    Proportional(),
    Weighted(lambda target: target.index % 3),
]


@pytest.mark.parametrize("policy", POLICIES, ids=range(len(POLICIES)))
@pytest.mark.parametrize("most", [1, 5, 20])
def test_no_document_gives_more_and_no_prefix_is_uneven(policy, most):
    drawn = TargetSampler(DOCUMENTS, Capped(policy, most), seed=3).plan(1000)
    counts = Counter(target.document_id for target in drawn)
    assert counts == dict.fromkeys(SIZES, most)
    shares = {name: min(most, size) for name, size in SIZES.items()}
    for size in range(1, sum(shares.values())):
        prefix = Counter(target.document_id for target in drawn[:size])
        for name, share in shares.items():
            assert abs(prefix[name] - size * share / sum(shares.values())) < 2.5


def test_the_draws_of_a_document_are_those_of_the_policy_alone():
    for policy in POLICIES:
        drawn = TargetSampler(DOCUMENTS, Capped(policy, 7), seed=5).plan(1000)
        for document in DOCUMENTS:
            alone = TargetSampler([document], policy, seed=5).plan(7)
            assert [target for target in drawn if target.document_id == document.id] == alone


def test_a_longer_plan_begins_with_the_shorter_one():
    sampler = TargetSampler(DOCUMENTS, Capped(Stratified(), 9), seed=2)
    whole = sampler.plan(36)
    assert all(sampler.plan(n) == whole[:n] for n in (1, 8, 20, 35))


@pytest.mark.parametrize("policy", ["stratified", "uniform", "tokens", Weighted({})], ids=range(4))
def test_a_run_keeps_to_it_and_goes_on(tmp_path, policy):
    def run(n, **more):
        return generate(DOCUMENTS, model=ExtractiveReader(), n=n, out=tmp_path / "run", policy=policy, **more)

    assert run(6, per_document=4).balance.planned == 6
    whole = run(500, per_document=4)
    found = Counter(one.target.document_id for one in (*whole.records, *whole.rejections))
    assert found == dict.fromkeys(SIZES, 4)
    with pytest.raises(LedgerMismatchError, match="per_document"):
        generate(DOCUMENTS, model=ExtractiveReader(), n=500, out=tmp_path / "run", policy=policy, per_document=5)


def test_without_a_number_each_target_is_asked_about_once_at_most():
    assert plan(DOCUMENTS, per_document=20).questions == 20 + 3 + 12 + 20


def test_a_plan_that_is_shorter_than_asked_for_says_so():
    told: list[str] = []
    generate(DOCUMENTS, model=ExtractiveReader(), n=9, per_document=1, notify=told.append).close()
    assert any("4 questions are planned, not 9" in line for line in told)


@pytest.mark.parametrize("hops", ["section", "far", "entity"])
def test_it_holds_for_questions_about_two_targets(hops):
    assert plan(DOCUMENTS, n=100, per_document=2, hops=hops).questions == 8


def test_uncovered_targets_are_not_drawn_beyond_it():
    run = generate(DOCUMENTS, model=ExtractiveReader(), n=8, per_document=3, until_coverage=1.0)
    found = Counter(one.target.document_id for one in (*run.records, *run.rejections))
    assert max(found.values()) <= 3
    assert sum(found.values()) > 8


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "3", True])
def test_a_limit_is_a_number_from_one(wrong):
    if wrong != "3":  # a number in quotes is read as one
        with pytest.raises(InputError, match="per_document"):
            generate(DOCUMENTS, model=ExtractiveReader(), per_document=wrong)
    with pytest.raises(InputError, match="Capped"):
        Capped(Uniform(), wrong)


def test_a_policy_that_asks_for_coverage_cannot_be_limited():
    with pytest.raises(InputError, match="Capped cannot limit"):
        Capped(LeastCovered(lambda target: 0), 3)


def test_the_command_has_it(tmp_path):
    (tmp_path / "docs").mkdir()
    for document in DOCUMENTS:
        (tmp_path / "docs" / document.id).write_text(document.text)
    command = [
        sys.executable,
        "-m",
        "selfstudy_guard",
        "generate",
        "docs",
        "--per-document",
        "2",
        "--dry-run",
        "--json",
    ]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["questions"] == 8
