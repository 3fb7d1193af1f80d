"""The tracker counts footprints, merges exactly in any order, and survives being written down."""

import itertools
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.coverage import CoverageSummary, CoverageTracker
from selfstudy_guard.documents.target_table import TargetTable
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import (
    Answer,
    Document,
    Evidence,
    Finding,
    Footprint,
    Question,
    Record,
    Rejection,
    Segmentation,
    Target,
)

TEXT = """# Pump

The pump starts when the water in the tank falls below forty litres. Its motor draws 750 watts.

## Upkeep

Clean the **filter** once a month, because sand shortens the life of the seals.

- In winter, drain the housing through the plug at its lowest point.
- A red lamp means that the thermal switch has opened.
"""
PUMP = Document(id="pump.md", text=TEXT)
LAMP = Document(id="lamp.md", text="# Lamp\n\nThe lamp holds a battery of nine volts. It shines for forty hours.\n")


def make_target(start: int, document_id: str = "doc", size: int = 10, **changes: object) -> Target:
    return Target(document_id=document_id, start=start, end=start + size, text="x" * size, tokens=3, **changes)


def make_record(
    key: str,
    target: Target,
    *,
    footprint: tuple[Target, ...] = (),
    style: str = "factual",
    model: str = "m",
    findings: tuple[Finding, ...] = (),
    question: str = "",
) -> Record:
    return Record(
        key=key,
        document_id=target.document_id,
        document_digest="",
        target=target,
        style=style,
        draw=0,
        question=Question(text=question or f"question {key}?"),
        answer=Answer(text="answer"),
        evidence=Evidence(
            document_id=target.document_id,
            start=0,
            end=100,
            text="",
            findings=findings,
            retention=1 - sum(f.end - f.start for f in findings) / 100,
        ),
        footprint=Footprint(
            targets=footprint,
            scores=tuple(1.0 for _ in footprint),
            artefact=bool(footprint) and footprint[0].kind == "markup",
        ),
        model=model,
    )


def layout(document_id: str = "doc", n: int = 6) -> tuple[Document, Segmentation]:
    targets = tuple(
        make_target(
            i * 10,
            document_id,
            index=i,
            section=("a",) if i < 3 else ("b",),
            **({"kind": "markup", "eligible": False, "reason": "navigation"} if i == n - 1 else {}),
        )
        for i in range(n)
    )
    return Document(id=document_id, text="x" * (n * 10)), Segmentation(document_id=document_id, targets=targets)


def tracker_of(*documents: tuple[Document, Segmentation]) -> CoverageTracker:
    return CoverageTracker([d for d, _ in documents], segmentations={d.id: s for d, s in documents})


def test_questions_are_counted_where_they_draw() -> None:
    tracker = CoverageTracker([PUMP, LAMP])
    first = tracker.add("How many watts does the motor draw?", "750 watts")
    assert first.targets[0].text.startswith("Its motor")
    tracker.add("What does a red lamp mean?", "that the thermal switch has opened", document_id="pump.md")
    tracker.add("How long does the lamp shine?", "forty hours")
    tracker.add("Who signed the treaty of Verdun?", "three grandsons of Charlemagne")
    assert tracker.count(first.targets[0]) == 1
    summary = tracker.summary()
    assert (summary.questions, summary.covered, summary.unattributed) == (4, 3, 1)
    assert summary.coverage == tracker.coverage == 3 / summary.eligible
    assert summary.documents == 2
    assert 0 < summary.token_coverage < 1
    assert {row.document_id for row in summary.worst} == {"pump.md", "lamp.md"}


def test_small_case_by_hand() -> None:
    tracker = tracker_of(layout())
    t = tracker._corpus.segmentation("doc").targets
    for number, row in enumerate([0, 0, 0, 1, 3]):
        tracker.add_record(make_record(str(number), t[row], footprint=(t[row],), style="what" if number % 2 else "why"))
    tracker.add_record(make_record("multi", t[4], footprint=(t[3], t[4]), style="why"))
    tracker.add_record(make_record("hijacked", t[2], footprint=(t[5],), style="why"))
    found = tracker.summary()
    assert (found.questions, found.targets, found.eligible, found.covered) == (7, 6, 5, 4)
    assert found.coverage == 0.8
    assert found.token_coverage == 0.8
    assert found.section_coverage == 1.0
    assert found.hijack_rate == pytest.approx(1 / 7)
    assert found.on_target == pytest.approx(6 / 7)
    assert found.on_target_interval is not None
    assert found.on_target_interval.low < 6 / 7 < found.on_target_interval.high
    assert found.coverage_interval.low <= found.coverage <= found.coverage_interval.high
    assert found.targets_per_question == pytest.approx(8 / 7)
    assert found.concentration.top_decile_share.value == pytest.approx(3 / 7)
    assert found.styles == {"what": 2, "why": 5}
    assert found.models == {"m": 7}
    assert found.saturation.curve[-1].coverage == pytest.approx(0.8)
    assert [pair.questions for pair in found.convergence["style"]] == [(2, 5)]
    assert tracker.counts("doc").tolist() == [3, 1, 0, 2, 1, 1]
    assert tracker.counts("doc", "planned").tolist() == [3, 1, 1, 1, 1, 0]


def test_findings_and_rejections_are_counted() -> None:
    tracker = tracker_of(layout())
    finding = Finding(
        start=20, end=40, quote="x" * 20, intent="override", channel="html-comment", score=0.9, detector="rules",
        action="removed",
    )  # fmt: skip
    for key in "abc":
        tracker.add_record(make_record(key, make_target(0), footprint=(make_target(0),), findings=(finding,)))
    tracker.add_record(make_record("d", make_target(0), footprint=(make_target(0),)))
    tracker.add_rejection(
        Rejection(key="r", target=make_target(10), style="factual", draw=0, stage="question", reason="off-target")
    )
    filtering = tracker.summary().filtering
    assert (filtering.findings, filtering.answers) == (1, 3)
    assert filtering.by_intent == {"override": 1}
    assert filtering.by_channel == {"html-comment": 1}
    assert filtering.retention == pytest.approx(1 - 60 / 400)
    assert tracker.summary().rejections == {"question: off-target": 1}


def test_a_record_without_footprint() -> None:
    unknown = CoverageTracker()
    unknown.add_record(make_record("a", make_target(0)))
    assert unknown.count(make_target(0)) == 1
    known = CoverageTracker([PUMP])
    target = next(t for t in known._corpus.segmentation("pump.md").targets if "750" in t.text)
    known.add_record(make_record("b", target, question="How many watts does the motor draw?"))
    assert known.count(target) == 1


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["doc", "other"]),
        st.lists(st.integers(0, 5), min_size=0, max_size=3, unique=True),
        st.sampled_from(["why", "what", ""]),
        st.sampled_from(["How big is it?", "how big is it", "How old is the pump of the tank?", "Who?"]),
    ),
    max_size=10,
)


def fold(rows: list, *, known: bool) -> CoverageTracker:
    documents = {name: layout(name) for name in ("doc", "other")}
    tracker = tracker_of(*documents.values()) if known else CoverageTracker()
    for number, (name, places, style, question) in enumerate(rows):
        targets = documents[name][1].targets
        record = make_record(
            str(number),
            targets[places[0] if places else 0],
            footprint=tuple(targets[place] for place in places),
            style=style,
            question=question,
        )
        if places:
            tracker.add_record(record)
        else:
            tracker.add(question, target=record.target, footprint=Footprint(), labels={"style": style})
    return tracker


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ROWS, st.booleans()), min_size=3, max_size=3), st.permutations(range(3)))
def test_merging_is_associative_and_commutative(parts: list, order: list[int]) -> None:
    """Also where some trackers know the documents and others only met them through records."""
    a, b, c = (fold(rows, known=known) for rows, known in parts)
    merged = (a + b) + c
    assert merged == a + (b + c)
    shuffled = [(a, b, c)[place] for place in order]
    assert merged == shuffled[0] + shuffled[1] + shuffled[2]
    assert merged + CoverageTracker() == merged == CoverageTracker() + merged
    assert merged.summary() == (shuffled[0] + shuffled[1] + shuffled[2]).summary()


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 10))
def test_splitting_and_shuffling_change_nothing(rows: list, random, cut: int) -> None:
    whole = fold(rows, known=True)
    assert fold(rows[:cut], known=True) + fold(rows[cut:], known=True) == whole
    assert fold(rows[:cut], known=False) + fold(rows[cut:], known=True) == whole
    mixed = rows.copy()
    random.shuffle(mixed)
    assert fold(mixed, known=True) == whole


@settings(max_examples=30, deadline=None)
@given(ROWS, st.booleans())
def test_json_round_trip(rows: list, known: bool) -> None:
    tracker = fold(rows, known=known)
    text = tracker.to_json()
    again = CoverageTracker.from_json(text)
    assert again == tracker
    assert again.to_json() == text
    assert again.summary() == tracker.summary()
    assert again + tracker == tracker + tracker


def test_documents_may_come_after_their_records() -> None:
    rows = [("doc", [0, 3], "why", "Who?"), ("doc", [5], "what", "Who?")]
    late = fold(rows, known=False)
    assert late.summary().eligible == 0
    for document, segmentation in (layout("doc"), layout("other")):
        late.add_document(document, segmentation)
    assert late == fold(rows, known=True)
    assert late.summary().coverage == 2 / 10


def test_trackers_that_judge_a_target_differently_still_commute() -> None:
    document, plain = layout("doc")
    changes = {"eligible": False, "reason": "instruction", "kind": "markup"}
    marked = [
        plain.model_copy(
            update={
                "targets": tuple(t.model_copy(update=changes) if i == n else t for i, t in enumerate(plain.targets))
            }
        )
        for n in (1, 3)
    ]
    a, b, c = (tracker_of((document, one)) for one in (plain, *marked))
    for tracker, row in ((a, 0), (b, 1), (c, 3)):
        tracker.add_record(make_record(str(row), plain.targets[row], footprint=(plain.targets[row],)))
    merged = (a + b) + c
    assert merged == a + (b + c) == c + b + a
    assert merged.summary().eligible == 3
    assert merged.summary().covered == 1
    a.add_document(document, marked[0])
    assert a.summary().eligible == 4
    with pytest.raises(InputError, match="different targets"):
        a.add_document(document, plain.model_copy(update={"targets": plain.targets[:3]}))


def test_pickled_trackers_count_on() -> None:
    tracker = CoverageTracker([PUMP])
    tracker.add("How many watts does the motor draw?", "750 watts")
    again = pickle.loads(pickle.dumps(tracker))
    assert again == tracker
    again.add("What does a red lamp mean?", "that the thermal switch has opened")
    assert again.summary().covered == 2
    assert tracker.summary().covered == 1


def test_counts_not_texts() -> None:
    tracker = CoverageTracker([PUMP])
    for number in range(50):
        tracker.add(f"How many watts does motor number {number} draw?", "750 watts")
    text = tracker.to_json()
    assert "watts" not in text
    assert len(text) < 6000
    assert set(json.loads(text)) == {"format", "totals", "groups", "rejections", "findings", "questions", "documents"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 99, "totals": {}}', "null", "7"])
def test_what_is_no_tracker_is_named(text: str) -> None:
    with pytest.raises(InputError, match="tracker"):
        CoverageTracker.from_json(text)


def test_clashes_are_named() -> None:
    tracker = CoverageTracker([PUMP])
    with pytest.raises(InputError, match="unknown document 'nowhere'"):
        tracker.attribute("What?", document_id="nowhere")
    with pytest.raises(InputError, match="unknown document"):
        tracker.counts("nowhere")
    with pytest.raises(InputError, match="no document"):
        CoverageTracker().add("What?")
    with pytest.raises(InputError, match="different texts"):
        tracker + CoverageTracker([Document(id="pump.md", text="Something else entirely, with one sentence.")])
    with pytest.raises(InputError, match="changed"):
        tracker.add_document(Document(id="pump.md", text="Something else entirely, with one sentence."))


def test_paths_are_read(tmp_path: Path) -> None:
    (tmp_path / "pump.md").write_text(TEXT, encoding="utf-8")
    tracker = CoverageTracker([tmp_path / "pump.md"])
    assert tracker.add("How many watts does the motor draw?", "750 watts").targets
    assert tracker.coverage > 0


def test_many_documents_are_routed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a size there is no joint index: the document is chosen first, and the footprint must stay the same."""
    documents = [
        Document(
            id=f"d{n}", text=f"Station {n} lies on the river Arn{n}. Its tower is {n + 20} metres high and made of oak."
        )
        for n in range(30)
    ]
    joint = CoverageTracker(documents)
    monkeypatch.setattr("selfstudy_guard.attribution.corpus_index._JOINT", 5)
    routed = CoverageTracker(documents)
    for n in range(0, 30, 7):
        question, answer = f"Which river does station {n} lie on?", f"the river Arn{n}"
        assert routed.attribute(question, answer).targets == joint.attribute(question, answer).targets
        assert routed.attribute(question, answer).targets[0].document_id == f"d{n}"


def test_the_summary_shows_itself() -> None:
    tracker = CoverageTracker([PUMP, LAMP])
    for question, answer in (
        ("How many watts does the motor draw?", "750 watts"),
        ("How long does it shine?", "forty hours"),
    ):
        tracker.add(question, answer, labels={"model": "<b>bold</b>"})
    summary = tracker.summary()
    assert "coverage" in str(summary)
    assert str(summary).startswith("2 questions draw on 2 of")
    html = summary._repr_html_()
    assert html.startswith("<table>")
    assert "<b>" not in html
    rich_console = pytest.importorskip("rich.console")
    console = rich_console.Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(summary)
    assert "Gini" in console.export_text()
    assert CoverageSummary.model_validate_json(summary.model_dump_json()) == summary
    assert "No question yet" in str(CoverageTracker([PUMP]).summary())
    assert CoverageTracker().summary().coverage == 0.0


def test_figures_for_papers() -> None:
    pytest.importorskip("matplotlib")
    from selfstudy_guard.coverage.show import figures

    tracker = CoverageTracker([PUMP])
    tracker.add("How many watts does the motor draw?", "750 watts")
    assert len(figures(tracker.summary()).axes) == 2
    assert len(figures(CoverageTracker().summary()).axes) == 2


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("Clean the **filter** once a month.", True),
        ("Clean the __filter__ once a month.", True),
        ("Clean the <strong>filter</strong> once a month.", True),
        ("Call obj.__init__ of the class, then 2 ** 3.", False),
        ("Clean the filter once a month.", False),
    ],
)
def test_what_counts_as_bold(text: str, bold: bool) -> None:
    target = Target(document_id="d", start=0, end=len(text), text=text)
    layout = TargetTable.whole(Segmentation(document_id="d", targets=(target,)))
    assert bool(layout.has(TargetTable.BOLD)[0]) is bold


def test_bias_of_forms() -> None:
    tracker = CoverageTracker([PUMP])
    targets = tracker._corpus.segmentation("pump.md").targets
    bold = next(t for t in targets if "**" in t.text)
    for _ in range(4):
        tracker.add("What should be cleaned?", footprint=Footprint(targets=(bold,), scores=(1.0,)))
    forms = {bias.name: bias for bias in tracker.summary().forms}
    assert forms["bold"].observed == 1.0
    assert forms["bold"].expected == 0.0
    assert forms["bold"].ratio is not None
    assert forms["bold"].ratio > 3
    positions = {bias.name: bias.observed for bias in tracker.summary().position}
    assert sum(positions.values()) == pytest.approx(1.0)
    assert all(a <= 1 for a in itertools.chain(positions.values()))


@pytest.mark.parametrize("wrong", [{"a": "text"}, {"a": PUMP}])
def test_a_mapping_holds_documents_under_their_own_ids(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="under its own id"):
        CoverageTracker(wrong)  # type: ignore[arg-type]
    assert CoverageTracker({PUMP.id: PUMP}).summary() == CoverageTracker([PUMP]).summary()
