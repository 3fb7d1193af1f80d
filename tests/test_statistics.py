"""Every statistic against cases worked out by hand, its bounds, and invariance under relabelling."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from selfstudy_guard.coverage.footprint_overlap import convergence, jaccard, morisita_horn, overlap
from selfstudy_guard.coverage.repeats import SKETCH, count_repeats, sketch
from selfstudy_guard.coverage.saturation_curve import (
    at_random,
    chao2,
    chao2_interval,
    fitted_asymptote,
    further_questions,
    rarefied,
    saturation,
    unseen_mass,
)
from selfstudy_guard.coverage.statistics import (
    concentration,
    effective_number,
    entropy,
    gini,
    normalised_entropy,
    odds_ratio,
    share_bias_of,
    top_share,
    wilson,
)

counts = hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 9))


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([1, 3], 0.25), ([0, 0], 0.0), ([], 0.0), ([5], 0.0)],
)
def test_gini_by_hand(values: list[int], expected: float) -> None:
    assert gini(np.array(values)) == pytest.approx(expected)


def test_entropy_by_hand() -> None:
    assert entropy(np.array([2, 2, 0])) == pytest.approx(math.log(2))
    assert normalised_entropy(np.array([2, 2, 2, 2])) == pytest.approx(1.0)
    assert normalised_entropy(np.array([4, 0, 0, 0])) == 0.0
    assert normalised_entropy(np.array([7])) == 0.0
    assert effective_number(np.array([3, 3, 3, 0])) == pytest.approx(3.0)
    assert effective_number(np.array([0, 0])) == 0.0


def test_top_share_by_hand() -> None:
    assert top_share(np.array([6, 1, 1, 1, 1, 0, 0, 0, 0, 0])) == pytest.approx(0.6)
    assert top_share(np.array([1, 1]), part=0.5) == pytest.approx(0.5)
    assert top_share(np.zeros(10, dtype=int)) == 0.0


@settings(max_examples=80, deadline=None)
@given(counts, st.randoms(use_true_random=False))
def test_concentration_bounds_and_relabelling(values: np.ndarray, random) -> None:
    order = list(range(values.size))
    random.shuffle(order)
    for figure, high in ((gini, 1), (normalised_entropy, 1), (top_share, 1), (effective_number, values.size)):
        value = figure(values)
        assert 0 <= value <= high + 1e-9
        assert figure(values[order]) == pytest.approx(value)


def test_concentration_of_even_questions_looks_like_chance() -> None:
    rng = np.random.default_rng(1)
    found = concentration(rng.multinomial(300, np.full(100, 0.01)))
    assert found.gini.value == pytest.approx(found.gini.at_random, abs=0.06)
    assert found.gini.interval.low <= found.gini.value <= found.gini.interval.high
    skewed = concentration(np.array([300] + [0] * 99))
    assert skewed.gini.value > 0.95 > skewed.gini.at_random
    assert concentration(np.zeros(5, dtype=int)).gini.value == 0.0
    few = concentration(np.array([1, 1]))
    assert 0 <= few.gini.interval.low <= few.gini.interval.high <= 1
    assert few.effective_number.interval.high <= 2
    assert concentration(np.zeros(0, dtype=int)).top_decile_share.value == 0.0


def test_wilson_by_hand() -> None:
    # 0 of 10: the upper end is z^2 / (n + z^2).
    assert wilson(0, 10).high == pytest.approx(1.959964**2 / (10 + 1.959964**2))
    assert wilson(0, 10).low == 0.0
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert wilson(5, 10).low == pytest.approx(1 - wilson(5, 10).high)


def test_rarefaction_is_the_average_over_all_orders() -> None:
    questions = [{0}, {0}, {1}, {0, 2}, set()]
    tally = np.array([sum(t in q for q in questions) for t in range(4)])
    at = np.arange(1, 6)
    expected, deviation = rarefied(tally, len(questions), at)
    for m in at:
        chosen = [len(set().union(*some)) for some in itertools.combinations(questions, m)]
        assert expected[m - 1] == pytest.approx(np.mean(chosen))
    assert expected[-1] == pytest.approx(3)
    assert (deviation >= 0).all()


@settings(max_examples=60, deadline=None)
@given(counts)
def test_the_curve_rises_and_ends_at_the_coverage(values: np.ndarray) -> None:
    questions = int(values.sum())
    found = saturation(values, questions)
    if not questions:
        assert found.curve == ()
        return
    shares = [point.coverage for point in found.curve]
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(shares))
    assert shares[-1] == pytest.approx((values > 0).sum() / values.size)
    assert all(0 <= p.low <= p.coverage + 1e-9 <= p.high + 2e-9 <= 1 + 1e-6 for p in found.curve)
    assert (values > 0).sum() / values.size <= found.reachable + 1e-9 <= 1 + 2e-9
    assert 0 <= found.next_is_new <= 1


def test_chao_and_good_turing_by_hand() -> None:
    # Five targets, of which two were hit once and one twice, after six questions.
    tally = np.array([1, 1, 2, 2, 0, 0]) + np.array([0, 0, 0, 1, 0, 0])
    assert chao2(tally, 7) == pytest.approx(4 + 6 / 7 * 2**2 / (2 * 1))
    assert chao2(np.array([1, 1, 1]), 3) == pytest.approx(3 + 2 / 3 * 3)
    assert unseen_mass(tally) == pytest.approx(2 / 7)
    assert unseen_mass(np.zeros(3, dtype=int)) == 1.0


def test_the_interval_of_what_can_be_reached() -> None:
    tally = np.array([1, 1, 2, 3, 0, 0])
    found = chao2_interval(tally, 7)
    factor, ratio = 6 / 7, 2.0
    variance = factor / 2 * ratio**2 + factor**2 * ratio**3 + factor**2 / 4 * ratio**4
    unseen = chao2(tally, 7) - 4
    spread = math.exp(1.959964 * math.sqrt(math.log(1 + variance / unseen**2)))
    assert (found.low, found.high) == pytest.approx((4 + unseen / spread, 4 + unseen * spread))
    assert chao2_interval(np.array([2, 2]), 4).high == 2.0
    assert chao2_interval(np.array([1, 1, 1]), 3).low >= 3


def test_further_questions() -> None:
    tally = np.array([1] * 10 + [2] * 5 + [0] * 50)
    questions = 20
    unseen = chao2(tally, questions) - 15
    n = further_questions(tally, questions, 2.0, eligible=65)
    assert n is not None
    rate = 10 / (10 + questions * unseen)
    assert unseen * (1 - (1 - rate) ** n) >= 2.0 > unseen * (1 - (1 - rate) ** (n - 1))
    assert further_questions(np.array([5, 5, 0]), 10, 0.5, eligible=3) is None
    assert further_questions(tally, questions, 0, eligible=65) == 0


def test_estimates_find_what_a_generator_can_reach() -> None:
    """A generator that asks about 60 of 200 targets only: coverage ends at 0.3, and both estimates say so."""
    rng = np.random.default_rng(3)
    tally = np.zeros(200, dtype=int)
    tally[:60] = rng.multinomial(150, np.full(60, 1 / 60))
    found = saturation(tally, 150)
    assert found.reachable == pytest.approx(0.3, abs=0.03)
    assert found.asymptote == pytest.approx(0.3, abs=0.03)
    assert found.curve[-1].at_random == pytest.approx(1 - (199 / 200) ** 150)
    x = np.arange(1, 200)
    assert fitted_asymptote(x, 80 * x / (30 + x)) == pytest.approx(80, rel=0.01)
    assert fitted_asymptote(x, 80 * (1 - np.exp(-x / 30))) == pytest.approx(80, rel=0.01)
    assert float(at_random(10, 0)) == 0.0


def test_overlap_by_hand() -> None:
    one, two = np.array([2, 0, 2, 0]), np.array([1, 1, 0, 0])
    assert jaccard(one, two) == pytest.approx(1 / 3)
    assert morisita_horn(one, two) == pytest.approx(2 * 0.25 / (0.5 + 0.5))
    assert morisita_horn(one, one * 7) == pytest.approx(1.0)
    assert morisita_horn(one, np.array([0, 3, 0, 3])) == 0.0
    assert jaccard(one * 0, two * 0) == morisita_horn(one * 0, two) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 20).flatmap(lambda n: st.tuples(*[hnp.arrays(np.int64, n, elements=st.integers(0, 9))] * 2)))
def test_overlap_is_symmetric_and_bounded(pair: tuple[np.ndarray, np.ndarray]) -> None:
    one, two = pair
    for figure in (jaccard, morisita_horn):
        assert 0 <= figure(one, two) <= 1
        assert figure(one, two) == pytest.approx(figure(two, one))


def test_convergence_is_set_against_chance() -> None:
    rng = np.random.default_rng(5)
    liked = np.array([0.08] * 10 + [0.2 / 90] * 90)
    groups = {name: rng.multinomial(200, liked) for name in ("why", "what")}
    groups["spread"] = rng.multinomial(200, np.full(100, 0.01))
    found = {frozenset((pair.one, pair.two)): pair for pair in convergence(groups)}
    alike = found[frozenset(("why", "what"))]
    assert alike.morisita_horn > 0.9
    assert alike.p_value < 0.02
    assert alike.interval.low <= alike.morisita_horn <= alike.interval.high <= 1
    assert alike.by_chance < 0.4
    assert alike.if_same == pytest.approx(alike.morisita_horn, abs=0.1)
    assert found[frozenset(("why", "spread"))].morisita_horn < alike.morisita_horn
    assert convergence({"a": np.zeros(3), "b": np.ones(3)}) == ()
    unrelated = overlap(("a", "b"), rng.permutation(groups["why"]), rng.permutation(groups["what"]))
    assert unrelated.p_value > 0.01


def test_bias_by_hand() -> None:
    found = share_bias_of("start", targets=2, hits=8, total=10, expected=0.5)
    assert (found.observed, found.expected, found.ratio) == pytest.approx((0.8, 0.5, 1.6))
    assert found.interval is not None
    assert found.interval.low < 1.6 < found.interval.high
    assert share_bias_of("none", targets=0, hits=0, total=10, expected=0.0).ratio is None


def test_odds_ratio_by_hand() -> None:
    covered = np.array([True] * 3 + [False] + [True] + [False] * 5)
    marked = np.array([True] * 4 + [False] * 6)
    found = odds_ratio("bold", covered, marked)
    assert found.ratio == pytest.approx(3.5 * 5.5 / (1.5 * 1.5))
    assert found.interval is not None
    assert found.interval.low < found.ratio < found.interval.high
    assert odds_ratio("bold", covered, marked | True).ratio is None


def _sketches(*questions: str) -> np.ndarray:
    rows = np.zeros(len(questions), dtype=SKETCH)
    for row, question in enumerate(questions):
        rows[row] = sketch(question)
    return rows


def test_repeats_by_hand() -> None:
    found = count_repeats(
        _sketches(
            "How much power does the motor of the pump draw when it starts in winter?",
            "how much power does the motor of the pump draw, when it starts in winter",
            "How much power does the motor of the pump draw when it starts in summer?",
            "Which lamp shows that the thermal switch has opened?",
        )
    )
    assert found.exact == 1
    assert found.near in (1, 2)  # 80 per cent alike: found with probability 0.7
    assert found.exact_share == 0.25
    assert count_repeats(_sketches()).near == 0
    same = count_repeats(_sketches(*["What is it?"] * 5))
    assert (same.exact, same.near) == (4, 4)


def test_different_questions_are_no_repeats() -> None:
    questions = [
        f"What is the {a} of the {b}?" for a in ("size", "age", "price", "weight", "colour") for b in "abcdefgh"
    ]
    found = count_repeats(_sketches(*questions))
    assert found.exact == 0
    unrelated = [f"{n * 7919 % 1009} {n * 104729 % 2003} {n * 15485863 % 4001} {n}" for n in range(300)]
    assert count_repeats(_sketches(*unrelated)).near == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["a b c", "a b d", "x", "y z", "水泵何时启动", ""]), max_size=12), st.randoms())
def test_repeats_do_not_depend_on_order(questions: list[str], random) -> None:
    before = count_repeats(_sketches(*questions))
    random.shuffle(questions)
    assert count_repeats(_sketches(*questions)) == before
    assert before.exact == len(questions) - len(set(questions))
    assert before.exact <= before.near
