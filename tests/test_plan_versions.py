"""The same documents, policy and seed give the same plan on every machine and Python version: pinned digests."""

import hashlib

import pytest

from selfstudy_guard import Document, TargetSampler

PLANS = {
    "uniform": "76e821bfa603f535",
    "stratified": "8ac94598421b5dd6",
    "tokens": "d8f5d6d1b7a7ac51",
}


def corpus() -> list[Document]:
    names = ("harbour", "orchard", "mill", "bridge", "quarry")
    documents = []
    for number, name in enumerate(names):
        sentences = [
            f"The {name} keeps {17 * (place + 1) + number} crates of sort {place} in shed {place % 4 + 1}."
            for place in range(6 + 5 * number)
        ]
        paragraphs = [" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4)]
        documents.append(Document(text="\n\n".join(paragraphs) + "\n", id=name))
    return documents


@pytest.mark.parametrize("policy", sorted(PLANS))
def test_a_plan_is_the_one_that_was_pinned(policy: str) -> None:
    sampler = TargetSampler(corpus(), policy=policy, seed=7, styles=("factual", "creative"))
    digest = hashlib.sha256()
    for draw in sampler.draws(150):
        digest.update(f"{draw.target.document_id} {draw.target.start} {draw.target.end} {draw.style}\n".encode())
    assert digest.hexdigest()[:16] == PLANS[policy]
