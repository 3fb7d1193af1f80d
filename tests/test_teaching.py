"""The teaching measurement's own arithmetic, without a model: wrong answers, digests, doses, orders, intervals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import teaching, teaching_data, teaching_figures, teaching_pairs
from benchmarks.teaching_data import Question

TEXTS = {
    "Kiln": [
        "The kiln was built in 1871. It burns coke from Rothby. Its chimney is 22 metres high.",
        "Two men load it. Anna Weir owned it until 1902. Bricks leave by barge.",
    ],
    "Mill": [
        "The mill grinds oats. Its wheel has 40 paddles. It stands on the river Tarn.",
        "Owls nest there. So it is.",
    ],
}
ASKED = {
    ("Kiln", 0): [("When was the kiln built?", "1871"), ("What does it burn?", "coke from Rothby")],
    ("Kiln", 1): [("Who owned it?", "Anna Weir"), ("How do bricks leave?", "by barge")],
    ("Mill", 0): [("What does it grind?", "oats"), ("How many paddles?", "40 paddles"), ("Where?", "the river Tarn")],
}


@pytest.fixture
def xquad(tmp_path: Path) -> Path:
    data = [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": text,
                    "qas": [
                        {"question": q, "answers": [{"text": a, "answer_start": text.index(a)}]}
                        for q, a in ASKED.get((title, number), [])
                    ],
                }
                for number, text in enumerate(texts)
            ],
        }
        for title, texts in TEXTS.items()
    ]
    file = tmp_path / "xquad.json"
    file.write_text(json.dumps({"data": data}), "utf-8")
    return file


def test_own_and_other_articles_do_not_overlap_and_offsets_are_those_of_the_document(xquad: Path) -> None:
    own, others = teaching_data.articles_of(xquad, 1, 1)
    assert not set(own) & set(others)
    for articles in (own, others):
        for one in teaching_data.questions_of(articles):
            text = teaching_pairs.document_of(articles[one.title]).text
            assert text[one.at : one.at + len(one.gold)] == one.gold


def test_no_wrong_answer_stands_in_an_arm_and_none_is_the_gold_answer(xquad: Path) -> None:
    asked = teaching_data.questions_of(teaching_data.articles_of(xquad, 2, 0)[0])
    further = [Question(f"q{n}?", gold, "Elsewhere", "Elsewhere#0", 0) for n, gold in enumerate("ab cd ef gh".split())]
    arms = [[{"question": "Who?", "answer": "It was Anna Weir."}], [{"question": "What?", "answer": "The Oats, oddly"}]]
    for one, (gold, *wrong) in zip(asked, teaching_data.candidates(asked, further, arms), strict=True):
        assert gold == one.gold
        assert len(set(wrong)) == 4
        assert not {"Anna Weir", "oats", gold} & set(wrong)


@pytest.mark.parametrize(
    ("answer", "other", "there"),
    [
        ("Anna Weir", "anna weir, owner", True),
        ("40", "1940", False),
        ("the oats", "an oats", True),
        ("coke oven", "oven coke", False),
    ],
)
def test_words_are_compared_as_words(answer: str, other: str, there: bool) -> None:
    assert teaching_data.stands_in(answer, [other]) is there


def test_pairs_that_were_changed_after_they_were_made_are_refused(tmp_path: Path) -> None:
    teaching_data.write_pairs(tmp_path, "usual-1-0", [{"question": "Q?", "answer": "A", "document": "D"}], {})
    assert teaching_data.read_pairs(tmp_path, "usual-1-0")[0]["answer"] == "A"
    file = tmp_path / "pairs" / "usual-1-0.json"
    file.write_text(file.read_text("utf-8").replace('"A"', '"B"'), "utf-8")
    with pytest.raises(ValueError, match="usual-1-0"):
        teaching_data.read_pairs(tmp_path, "usual-1-0")


def test_a_dose_marks_its_share_of_answers_and_nothing_else(tmp_path: Path) -> None:
    rows = [{"question": f"Q{n}?", "answer": f"A{n}", "document": "D"} for n in range(20)]
    teaching_data.write_pairs(tmp_path, "usual-1-0", rows, {})
    teaching_pairs.dose(tmp_path, "usual-1-0", "dose20-1-0", 20)
    made = teaching_data.read_pairs(tmp_path, "dose20-1-0")
    assert sum(bool(teaching_figures.MARK.search(row["answer"])) for row in made) == 4
    assert [row["question"] for row in made] == [row["question"] for row in rows]


def test_every_paragraph_gets_one_order_whose_mark_is_counted(xquad: Path) -> None:
    own, _ = teaching_data.articles_of(xquad, 2, 0)
    for title, article in teaching_pairs.with_orders(own).items():
        for text, clean in zip(article.texts, own[title].texts, strict=True):
            (order,) = [order for order, _ in teaching_pairs.ORDERS if order in text]
            assert text.replace(f"{order} ", "") == clean
    for order, mark in teaching_pairs.ORDERS:
        assert mark in order
        assert teaching_figures.MARK.search(mark)


def test_the_bound_obeys_raw_text_and_not_the_guarded_one(xquad: Path, tmp_path: Path) -> None:
    own, _ = teaching_data.articles_of(xquad, 1, 0)
    asked = teaching_data.questions_of(own)
    marked = {}
    for arm in teaching.ARMS:
        teaching_pairs.bound(tmp_path, f"bound-{arm}", arm, teaching_pairs.with_orders(own), asked)
        rows = teaching_data.read_pairs(tmp_path, f"bound-{arm}")
        marked[arm] = sum(bool(teaching_figures.MARK.search(row["answer"])) for row in rows)
    assert marked == {"usual": len(asked), "guarded": 0}


def test_an_interval_over_clusters_is_wider_where_questions_of_a_paragraph_agree() -> None:
    values = [0.0] * 10 + [1.0] * 10 + [0.0] * 10 + [1.0] * 10
    together = teaching_figures.clustered(values, [f"p{n // 10}" for n in range(40)])
    apart = teaching_figures.clustered(values, [f"p{n}" for n in range(40)])
    assert together[0] == apart[0] == 0.5
    assert together[2] - together[1] > 2 * (apart[2] - apart[1])


def test_an_interval_holds_its_mean_as_often_as_it_says() -> None:
    import numpy as np

    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        shared = np.repeat(rng.normal(size=20), 4)
        _, low, high = teaching_figures.clustered(shared + rng.normal(size=80), [str(n // 4) for n in range(80)])
        held += low <= 0 <= high
    assert held >= 180


def test_margin_is_the_gold_answers_lead_over_the_mean_of_the_wrong_ones() -> None:
    found = teaching_figures.measures({"scores": [-1.0, -2.0, -4.0, -3.0, -3.0], "f1": 0.5})
    assert found == {"gold": -1.0, "margin": 2.0, "best of 5": 1.0, "F1": 0.5}


def test_every_student_has_pairs_of_its_own_or_needs_none() -> None:
    for design in teaching.DESIGNS.values():
        names = [name for name, *_ in teaching.names(design)]
        assert len(names) == len(set(names))
        poisoned = {"marked-usual", "marked-guarded"} if design.marked else set()
        assert {arm for _, arm, *_ in teaching.names(design)} >= {"untrained", "raw", *teaching.ARMS, *poisoned}
