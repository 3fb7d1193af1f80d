"""Tallies lose no figure: split over documents and added up, they say what one tracker of everything says."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.coverage import CoverageTracker
from selfstudy_guard.coverage.footprint_overlap import jaccard, morisita_horn, overlap_of
from selfstudy_guard.coverage.histogram import EXACT, Histogram, even_draws, poisson_draws
from selfstudy_guard.coverage.joint import Joint
from selfstudy_guard.coverage.repeats import SKETCH, count_repeats, count_repeats_of
from selfstudy_guard.coverage.saturation_curve import rarefied
from selfstudy_guard.coverage.statistics import concentration, gini, resampled
from selfstudy_guard.coverage.summarise import summarise
from selfstudy_guard.coverage.summary import Duplicates
from selfstudy_guard.coverage.tallies import Tallies, added_tallies
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document, Finding, Footprint, Rejection, Segmentation, Target
from tests.test_tracker import make_record

KINDS = ("sentence", "list_item", "heading", "markup")


def pieces(number: int, size: int) -> tuple[Document, Segmentation]:
    """A document of `size` targets of several kinds and sections; some are bold, hold numbers, or are not eligible."""
    name, words = f"doc-{number}", ("plain words", "**bold** one", "number 7 here", "more of it")
    targets = []
    for i in range(size):
        kind = KINDS[(i * 3 + number) % len(KINDS)]
        may = kind in ("sentence", "list_item")
        text = words[(i + number) % len(words)].ljust(20)
        place = {"start": i * 20, "end": i * 20 + 20, "index": i, "section": (str(i // 3),), "tokens": 3 + i % 4}
        why = {"eligible": may, "reason": "" if may else "navigation"}
        targets.append(Target(document_id=name, text=text, kind=kind, **place, **why))
    text = "".join(target.text for target in targets)
    return Document(id=name, text=text), Segmentation(document_id=name, targets=tuple(targets))


events = st.lists(
    st.tuples(
        st.integers(0, 5),  # document
        st.lists(st.integers(0, 11), max_size=3),  # targets in the footprint
        st.sampled_from(("why", "how", "what")),
        st.sampled_from(("m", "n")),
        st.sampled_from(("kept", "filtered", "rejected")),
    ),
    max_size=40,
)


def counted(rows: list, numbers: range, sizes: list[int], *, seen: bool = True) -> CoverageTracker:
    """A tracker of the documents `numbers` and of the rows that are about them."""
    known = {number: pieces(number, sizes[number]) for number in numbers}
    tracker = CoverageTracker(segmentations={seg.document_id: seg for _, seg in known.values()})
    for document, segmentation in known.values():
        if seen or document.id != "doc-0":  # a document of which only records are known
            tracker.add_document(document, segmentation)
    for i, (number, hit, style, model, how) in enumerate(rows):
        if number not in known:
            continue
        if how == "rejected":
            target = known[number][1].targets[0]
            tracker.add_rejection(
                Rejection(key=f"k{i}", target=target, style=style, draw=0, stage="question", reason=style)
            )
            continue
        targets = known[number][1].targets
        footprint = tuple(dict.fromkeys(targets[j % len(targets)] for j in hit))
        found = Finding(start=20, end=40, quote="x", intent=style, channel=model, score=1.0, detector="d")
        record = make_record(
            f"k{i}",
            targets[i % len(targets)],
            footprint=footprint,
            style=style,
            model=model,
            findings=(found,) if how == "filtered" else (),
        )
        artefact = bool(footprint) and footprint[0].kind == "markup"
        footprint_ = Footprint(targets=footprint, scores=tuple(1.0 for _ in footprint), artefact=artefact)
        tracker.add_record(record.model_copy(update={"footprint": footprint_}))
    return tracker


@settings(max_examples=60, deadline=None)
@given(events, st.lists(st.integers(1, 12), min_size=6, max_size=6), st.sets(st.integers(1, 5)), st.booleans())
def test_tallies_of_parts_add_up_to_those_of_the_whole(
    rows: list, sizes: list[int], cuts: set[int], seen: bool
) -> None:
    whole = counted(rows, range(6), sizes, seen=seen)
    edges = [0, *sorted(cuts), 6]
    parts = [counted(rows, range(a, b), sizes, seen=seen).tallies() for a, b in itertools.pairwise(edges)]
    assert added_tallies(parts) == whole.tallies()
    assert added_tallies(parts).to_json() == added_tallies(parts[::-1]).to_json() == whole.tallies().to_json()
    written = added_tallies(Tallies.from_json(part.to_json()) for part in parts)
    assert written == whole.tallies()
    summary = whole.summary(seed=3)
    assert summarise(written, summary.duplicates, seed=3) == summary, "every figure and every interval"


@settings(max_examples=60, deadline=None)
@given(events, st.lists(st.integers(2, 12), min_size=6, max_size=6))
def test_figures_are_those_of_the_single_targets(rows: list, sizes: list[int]) -> None:
    """Against the definitions, target by target, without any tallies."""
    tracker = counted(rows, range(6), sizes)
    summary = tracker.summary()
    targets = [(name, t) for name in tracker.documents for t in tracker.segmentation(name).targets]
    column = {g: [n for name in tracker.documents for n in tracker.counts(name, g).tolist()] for g in ("", *groups())}
    may = np.array([target.eligible for _, target in targets])
    count = np.array(column[""])[may]
    tokens = np.array([target.tokens for _, target in targets])[may]
    assert (summary.targets, summary.eligible, summary.covered) == (len(targets), count.size, (count > 0).sum())
    assert summary.token_coverage == pytest.approx(tokens[count > 0].sum() / tokens.sum())
    sections = [(name, target.section) for name, target in targets if target.eligible]
    covered = {section for section, n in zip(sections, count, strict=True) if n}
    assert summary.section_coverage == pytest.approx(len(covered) / len(set(sections)))
    if count.sum():
        pairs = np.abs(count[:, None] - count[None, :]).sum()  # half the relative mean difference is the coefficient
        assert summary.concentration.gini.value == pytest.approx(pairs / (2 * count.size * count.sum()))
        share = count[count > 0] / count.sum()
        wanted = float(np.exp(-(share * np.log(share)).sum()))
        assert summary.concentration.effective_number.value == pytest.approx(wanted)
        top = np.sort(count)[::-1][: max(1, round(0.1 * count.size))].sum() / count.sum()
        assert summary.concentration.top_decile_share.value == pytest.approx(top)
    listed = np.array([target.kind == "list_item" for _, target in targets])[may]
    for bias in summary.kinds:
        if bias.name == "list_item":
            assert bias.targets == listed.sum()
            assert bias.observed == pytest.approx(count[listed].sum() / count.sum() if count.sum() else 0)
            assert bias.expected == pytest.approx(tokens[listed].sum() / tokens.sum())
    for family, pairs_ in summary.convergence.items():
        for one in pairs_:
            x, y = (np.array(column[f"{family}={name}"])[may] for name in (one.one, one.two))
            assert one.jaccard == pytest.approx(jaccard(x, y))
            assert one.morisita_horn == pytest.approx(morisita_horn(x, y))
            assert one.questions == (x.sum(), y.sum())


def groups() -> list[str]:
    return ["style=why", "style=how", "style=what", "model=m", "model=n"]


def test_what_are_no_tallies_is_named() -> None:
    for text in ("", "{}", '{"format":9}', "[1]", '{"format":1,"worst":[],"sums":3}'):
        with pytest.raises(InputError, match="tallies"):
            Tallies.from_json(text)


def test_a_summary_of_a_hundred_million_targets() -> None:
    """Nothing is made that grows with the corpus."""
    tallies = Tallies()
    tallies.sums.update(documents=10_000_000, targets=120_000_000, eligible=100_000_000, covered=22_000_000)
    tallies.totals.update(questions=30_000_000, footprints=30_000_000)
    tallies.counts[""] = {1: 15_000_000, 2: 6_000_000, 3: 1_000_000}
    tallies.groups.update({"style=why": 15_000_000, "style=how": 15_000_000})
    tallies.counts["style=why"] = {1: 13_000_000, 2: 1_000_000}
    tallies.counts["style=how"] = {1: 13_000_000, 2: 1_000_000}
    tallies.pairs["style=how", "style=why"] = {(1, 1): 6_000_000}
    found = summarise(tallies, Duplicates())
    assert found.coverage == pytest.approx(0.22)
    assert found.saturation.curve[-1].coverage == pytest.approx(0.22)
    assert found.saturation.curve[0].coverage == pytest.approx(1 / 1e8, rel=1e-6), "one question covers one target"
    bounds = found.concentration.gini.interval
    assert bounds.low < found.concentration.gini.value < bounds.high < bounds.low + 0.001
    (pair,) = found.convergence["style"]
    assert pair.jaccard == pytest.approx(6 / 22)
    assert pair.by_chance < pair.if_same < pair.morisita_horn
    assert pair.interval.low < pair.morisita_horn < pair.interval.high < pair.interval.low + 0.01
    assert pair.p_value < 1e-6


def test_drawn_histograms_are_those_of_drawn_targets() -> None:
    """The Poisson bootstrap of many targets against the multinomial one, target by target."""
    rng = np.random.default_rng(4)
    counts = rng.poisson(rng.gamma(0.5, 2.0, size=EXACT))
    by_target = [gini(row) for row in resampled(counts, 1, 100)]
    by_histogram = [gini(one) for one in poisson_draws(Histogram.of(counts), 100, 1)]
    assert np.mean(by_histogram) == pytest.approx(np.mean(by_target), abs=3 * np.std(by_target))
    assert 0.6 < np.std(by_histogram) / np.std(by_target) < 1.6
    even = even_draws(EXACT, int(counts.sum()), 20, 2)
    chance = concentration(counts[: EXACT - 1]).gini.at_random
    assert np.mean([gini(one) for one in even]) == pytest.approx(chance, abs=0.02)
    assert all(one.size == EXACT for one in even)


def test_computed_overlaps_are_those_of_drawn_ones() -> None:
    rng = np.random.default_rng(6)
    wanted = rng.gamma(0.4, 1.0, size=4000)
    x, y = rng.poisson(wanted), rng.poisson(wanted * rng.gamma(2.0, 0.5, size=4000))
    joint = Joint.of(x, y)
    drawn = overlap_of(("x", "y"), joint)
    chance, p_value = joint.by_chance()
    assert chance == pytest.approx(drawn.by_chance, abs=0.01)
    assert p_value < 1 / 201 <= drawn.p_value
    assert joint.if_same() == pytest.approx(drawn.if_same, abs=0.01)
    low, high = np.quantile(joint.resampled(400, 0), [0.025, 0.975])
    assert (low, high) == pytest.approx((drawn.interval.low, drawn.interval.high), abs=0.015)
    unrelated = Joint.of(x, rng.permutation(y))
    assert 0.001 < unrelated.by_chance()[1] <= 1


def test_few_questions_on_very_many_targets() -> None:
    """The chance of being among the first questions is right where it is tiny, and where counts are large."""
    expected, _ = rarefied(Histogram(np.array([0, 1, 3]), np.array([10, 1000, 5])), 100_000_000, np.array([1, 1000]))
    assert expected[0] == pytest.approx(1015 / 1e8, rel=1e-6)
    large = np.array([4096, 4097])
    few, _ = rarefied(Histogram(large[:1], np.array([1])), 50_000, np.array([3, 49_000]))
    more, _ = rarefied(Histogram(large[1:], np.array([1])), 50_000, np.array([3, 49_000]))
    assert (more >= few).all()
    assert more == pytest.approx(few, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 5), max_size=40), st.integers(1, 7), st.integers(1, 50))
def test_repeats_are_counted_in_parts(rows: list, most: int, chunk: int) -> None:
    """Against connected parts that are found one by one, in chunks and parts of any size."""
    sketches = np.zeros(len(rows), dtype=SKETCH)
    for i, (same, *bands) in enumerate(rows):
        sketches[i] = (same, bands)
    clusters: list[set[int]] = []
    for i, row in enumerate(rows):
        meets = [c for c in clusters if any(a == b for j in c for a, b in zip(row, rows[j], strict=True))]
        clusters = [c for c in clusters if c not in meets] + [set().union({i}, *meets)]

    def read(key: int) -> list[np.ndarray]:
        column = sketches["bands"][:, key - 1] if key else sketches["same"]
        return [column[at : at + chunk] for at in range(0, column.size, chunk)]

    found = count_repeats_of(read, len(rows), most=most)
    assert found == count_repeats(sketches)
    assert (found.exact, found.near) == (len(rows) - len({row[0] for row in rows}), len(rows) - len(clusters))
