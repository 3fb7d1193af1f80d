"""Attribution finds the target that a question and its answer draw on, in any script, and says when there is none."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfstudy_guard.attribution.terms import canonical, is_unspaced, words
from selfstudy_guard.coverage import AttributionIndex, CoverageTracker, judge_footprint
from selfstudy_guard.errors import InputError
from selfstudy_guard.records import Document, Footprint, Reply, Target

MANUAL = [
    "The pump starts when the water in the tank falls below forty litres.",
    "Its motor draws 750 watts and is cooled by the water that it moves.",
    "Clean the filter once a month, because sand shortens the life of the seals.",
    "A red lamp means that the thermal switch has opened.",
    "The warranty covers the motor for five years and the seals for one.",
    "In winter, drain the housing through the plug at its lowest point.",
]


def targets_of(sentences: Sequence[str], **changes: object) -> list[Target]:
    found, place = [], 0
    for index, text in enumerate(sentences):
        found.append(
            Target(document_id="manual", start=place, end=place + len(text), text=text, index=index, **changes)
        )
        place += len(text) + 1
    return found


@pytest.fixture(scope="module")
def manual() -> AttributionIndex:
    return AttributionIndex(targets_of(MANUAL))


@pytest.mark.parametrize(
    ("question", "answer", "best"),
    [
        ("When does the pump start?", "when the water falls below forty litres", 0),
        ("How much power does it take?", "750 watts", 1),
        ("How often should one clean the filters?", None, 2),
        ("What does the red light tell you?", "the thermal switch has opened", 3),
        ("How long is the motor under warranty?", "FIVE  YEARS", 4),
        ("How do you drain the housing in winter?", None, 5),
    ],
)
def test_finds_the_target(manual: AttributionIndex, question: str, answer: str | None, best: int) -> None:
    footprint = manual.attribute(question, answer)
    assert footprint.targets[0].index == best
    assert not footprint.artefact
    assert footprint.margin > 0


@pytest.mark.parametrize(
    ("sentences", "question", "answer", "best"),
    [
        (
            ["水泵在水箱低于四十升时启动。", "电机功率为七百五十瓦。", "每月清洗一次过滤器。"],
            "多久清洗过滤器？",
            None,
            2,
        ),
        (
            ["水泵在水箱低于四十升时启动。", "电机功率为七百五十瓦。", "每月清洗一次过滤器。"],
            "功率多少？",
            "七百五十瓦",
            1,
        ),
        (
            ["ポンプは水位が下がると始動します。", "フィルターは毎月掃除してください。"],
            "フィルターの掃除はいつ？",
            None,
            1,
        ),
        (["ปั๊มเริ่มทำงานเมื่อน้ำในถังต่ำ", "ควรทำความสะอาดตัวกรองทุกเดือน"], "ทำความสะอาดตัวกรองเมื่อใด", None, 1),
        (
            ["Насос включается при низком уровне воды.", "Фильтр чистят раз в месяц."],
            "Как часто чистить фильтры?",
            None,
            1,
        ),
        (
            ["Η αντλία ξεκινά όταν πέσει η στάθμη.", "Το φίλτρο καθαρίζεται κάθε μήνα."],
            "Πότε καθαρίζουμε τα φίλτρα;",
            None,
            1,
        ),
        (["تعمل المضخة عند انخفاض الماء.", "يُنظف المرشح كل شهر."], "متى ننظف المرشحات؟", None, 1),
        (["पानी कम होने पर पंप चालू होता है।", "फ़िल्टर को हर महीने साफ़ करें।"], "फ़िल्टर कब साफ़ करना चाहिए?", None, 1),
        (["Su azalınca pompa çalışır.", "Filtreyi ayda bir temizleyin."], "Filtreler ne zaman temizlenmeli?", None, 1),
        (["펌프는 물이 줄면 작동합니다.", "필터는 매달 청소하세요."], "필터를 언제 청소하나요?", None, 1),
    ],
)
def test_finds_the_target_in_every_script(sentences: list[str], question: str, answer: str | None, best: int) -> None:
    footprint = AttributionIndex(targets_of(sentences)).attribute(question, answer)
    assert footprint.targets
    assert footprint.targets[0].index == best


def test_what_is_not_in_the_document_has_no_footprint(manual: AttributionIndex) -> None:
    assert manual.attribute("Which king signed the treaty of Verdun?").targets == ()
    assert manual.attribute("Which king signed the treaty of Verdun?", "Charles the Bald").targets == ()
    assert manual.attribute("", "").targets == ()
    assert manual.attribute("???").scores == ()


def test_an_answer_may_span_targets(manual: AttributionIndex) -> None:
    footprint = manual.attribute(
        "Summarise the upkeep.",
        "Clean the filter once a month, and in winter drain the housing through the plug at its lowest point.",
    )
    assert {target.index for target in footprint.targets} == {2, 5}
    assert list(footprint.scores) == sorted(footprint.scores, reverse=True)
    single = manual.attribute("How often must the filter be cleaned?", "Clean it once a month.")
    assert [target.index for target in single.targets] == [2]


def test_an_answer_cut_by_a_target_boundary_is_found() -> None:
    index = AttributionIndex(targets_of(["The station was built under mayor W.", "Haydon Burns in 1958.", *MANUAL]))
    footprint = index.attribute("Who ran the city when it was built?", "mayor W. Haydon Burns")
    assert [target.index for target in footprint.targets] == [0, 1]


def test_an_answer_inside_a_compound_is_found() -> None:
    sentences = [
        "Die Wasserpumpenwartung dauert zwei Tage.",
        "Der Zulauf wird im Herbst entleert.",
        "Der Motor ist neu.",
    ]
    assert AttributionIndex(targets_of(sentences)).attribute("Was dauert?", "Pumpenwartung").targets[0].index == 0


def test_an_artefact_is_told_apart() -> None:
    sentences = [*MANUAL, "Home Products Support Contact us"]
    targets = targets_of(sentences)
    targets[-1] = targets[-1].model_copy(update={"kind": "markup", "eligible": False, "reason": "navigation"})
    targets[2] = targets[2].model_copy(update={"eligible": False, "reason": "near-duplicate"})
    index = AttributionIndex(targets)
    assert index.attribute("Where are Products, Support and Contact?").artefact
    assert not index.attribute("How often should one clean the filter?").artefact


def test_rank_tells_every_target_and_scores_agree(manual: AttributionIndex) -> None:
    ranking = manual.rank("How often should one clean the filter?", top=20)
    assert len(ranking.targets) == len(MANUAL)
    scores = manual.scores("How often should one clean the filter?")
    assert [scores[target.index] for target in ranking.targets] == pytest.approx(list(ranking.scores))
    assert manual.rank("anything", top=0).targets == ()


def test_no_targets() -> None:
    empty = AttributionIndex([])
    assert empty.attribute("What?", "That.").targets == ()
    assert empty.scores("What?").shape == (0,)
    assert empty.rank("What?").targets == ()


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(text, max_size=6), text, st.one_of(st.none(), text))
def test_any_text_gives_scores_between_0_and_1(sentences: list[str], question: str, answer: str | None) -> None:
    index = AttributionIndex(targets_of(sentences))
    scores = index.scores(question, answer)
    assert scores.shape == (len(sentences),)
    assert ((scores >= 0) & (scores <= 1)).all()
    footprint = index.attribute(question, answer)
    assert len(footprint.targets) == len(footprint.scores) <= 5
    assert list(footprint.scores) == sorted(footprint.scores, reverse=True)
    assert footprint.margin >= 0


@settings(max_examples=60, deadline=None)
@given(text)
def test_a_target_is_the_best_match_of_its_own_text(other: str) -> None:
    index = AttributionIndex(targets_of([*MANUAL, other]))
    for place, sentence in enumerate(MANUAL):
        assert int(np.argmax(index.scores(sentence))) in {
            place,
            *(i for i, s in enumerate([*MANUAL, other]) if canonical(s) == canonical(sentence)),
        }


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["Kühl-Anlage", "四十升", "ปั๊มน้ำ", "B12", "ÉCOLE", "one", "٣٤", "foo_bar"]), min_size=1))
def test_canonical_phrases_are_found_in_their_text(parts: list[str]) -> None:
    whole = ", ".join(parts)
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            assert canonical(" ".join(parts[start:end])) in canonical(whole)


def test_canonical_finds_whole_words_only() -> None:
    assert canonical("art") not in canonical("The start of it")
    assert canonical("école") == canonical("ECOLE")
    assert canonical("1886") in canonical("1886年成立")
    assert words("Don't stop") == ["don", "t", "stop"]
    assert is_unspaced("水泵")
    assert not is_unspaced("pump")


def test_large_indexes_agree_with_small_ones() -> None:
    """Above 200 targets the answer is looked up through the rarest word: the best target must stay the same."""
    rng = np.random.default_rng(0)
    nouns = ["valve", "gasket", "rotor", "bearing", "flange", "sensor", "relay", "coil", "hose", "clamp"]
    sentences = [
        f"Part {n} is a {rng.choice(nouns)} that fits the {rng.choice(nouns)} of series {n * 7 % 1013}."
        for n in range(900)
    ]
    index = AttributionIndex(targets_of(sentences))
    for n in (3, 250, 512, 899):
        footprint = index.attribute(f"Which series does part {n} fit?", f"series {n * 7 % 1013}")
        assert footprint.targets[0].index == n
        assert canonical(f"series {n * 7 % 1013}") in canonical(footprint.targets[0].text)


class TwoTopics:
    """An embedder that knows only whether a text is about cleaning."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        about = [any(word in text.lower() for word in ("clean", "hygiene")) for text in texts]
        return np.array([[1.0, 0.0] if yes else [0.0, 1.0] for yes in about], dtype=np.float32)


def test_an_embedder_joins_the_score() -> None:
    plain = AttributionIndex(targets_of(MANUAL))
    helped = AttributionIndex(targets_of(MANUAL), embedder=TwoTopics())
    question = "What does hygiene demand of the owner?"
    assert int(np.argmax(helped.scores(question))) == 2
    assert helped.scores(question)[2] > plain.scores(question)[2]


def test_a_broken_embedder_is_named() -> None:
    class Broken:
        def embed(self, texts: Sequence[str]) -> np.ndarray:
            return np.zeros(3)

    with pytest.raises(InputError, match="embedder"):
        AttributionIndex(targets_of(MANUAL), embedder=Broken())


def judged(index: AttributionIndex, reply: str, answer: str | None = None) -> Footprint:
    flow = judge_footprint(index, "How often should one clean the filter?", answer, candidates=4)
    request = next(flow)
    assert request.purpose == "judge"
    assert "[1] Clean the filter" in request.messages[-1].content
    with pytest.raises(StopIteration) as stop:
        flow.send(Reply(text=reply))
    found = stop.value.value
    assert isinstance(found, Footprint)
    return found


def test_a_judge_chooses_among_the_candidates(manual: AttributionIndex) -> None:
    ranking = manual.rank("How often should one clean the filter?", top=4)
    both = judged(manual, "3, 1, 99, 3")
    assert both.targets == (ranking.targets[2], ranking.targets[0])
    assert list(both.scores) == sorted(both.scores, reverse=True)
    assert judged(manual, " None.").targets == ()
    assert judged(manual, "I cannot tell.") == manual.attribute("How often should one clean the filter?")
    assert judged(manual, "1", "once a month").targets[0].index == 2


def test_a_judge_without_candidates_asks_nothing() -> None:
    with pytest.raises(StopIteration) as stop:
        next(judge_footprint(AttributionIndex([]), "What?"))
    assert stop.value.value == Footprint()


def _shared() -> Path | None:
    root = os.environ.get("SELFSTUDY_GUARD_SHARED")
    path = Path(root) if root else Path(__file__).resolve().parents[2] / "shared"
    return path / "data" / "xquad" if (path / "data" / "xquad").is_dir() else None


@pytest.mark.skipif(_shared() is None, reason="the XQuAD files are not here (SELFSTUDY_GUARD_SHARED)")
@pytest.mark.parametrize(
    ("language", "with_answer", "alone"), [("en", 0.985, 0.80), ("de", 0.97, 0.70), ("zh", 0.97, 0.70)]
)
def test_human_questions_are_attributed(language: str, with_answer: float, alone: float) -> None:
    folder = _shared()
    assert folder is not None
    both = only = n = 0
    for article in json.loads((folder / f"xquad.{language}.json").read_text("utf-8"))["data"]:
        document, gold = "", []
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answer = qa["answers"][0]
                gold.append((qa["question"], answer["text"], len(document) + answer["answer_start"]))
            document += paragraph["context"] + "\n\n"
        tracker = CoverageTracker([Document(id="article", text=document)])
        for question, answer, place in gold:
            n += 1
            found = tracker.attribute(question, answer).targets
            both += bool(found) and found[0].start <= place < found[0].end
            found = tracker.attribute(question).targets
            only += bool(found) and found[0].start <= place < found[0].end
    assert both / n >= with_answer
    assert only / n >= alone


def test_small_indexes_add_up_what_large_ones_gather(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a word brings each row is kept in small indexes alone; many words in turn drop what was kept."""
    texts = [*MANUAL, "泵的电机功率为750瓦。", *(f"Part K{number} carries seal {number * 7}." for number in range(60))]
    questions = ["When does the pump start?", "电机的功率是多少?", "What of nothing known?", "", "the the the"]
    questions += [f"Which seal does part K{number} carry below the filter?" for number in range(60)]
    small = AttributionIndex(targets_of(texts))
    kept = [(small.scores(q), small.attribute(q, a)) for q in questions for a in (None, "seal 21", q)]
    monkeypatch.setattr("selfstudy_guard.attribution.postings._SMALL", 0)
    large = AttributionIndex(targets_of(texts))
    gathered = [(large.scores(q), large.attribute(q, a)) for q in questions for a in (None, "seal 21", q)]
    for (one, mine), (other, theirs) in zip(kept, gathered, strict=True):
        assert np.allclose(one, other, rtol=0, atol=1e-12)
        assert mine.targets == theirs.targets
        assert np.allclose(mine.scores, theirs.scores, rtol=0, atol=1e-12)
