"""Help for small models: openings from the words of a target, gap questions, and what records say of them."""

from __future__ import annotations

import pytest

from selfstudy_guard import Document, generate
from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.documents import segment
from selfstudy_guard.questions import Prompts, check_question, gap_question, opening_of, openings, question_request
from selfstudy_guard.questions.choices import sentences
from selfstudy_guard.questions.scaffold import Scaffold
from selfstudy_guard.records import Draw, Reply, Request, Target

SMALL = Prompts.builtin("small")


def target(text: str, kind: str = "sentence", lead: str = "") -> Target:
    return Target(document_id="d", start=0, end=len(text), text=text, kind=kind, lead=lead)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("The station keeps 412 apple trees on a slope.", "How many apple trees does the station"),
        ("The pump body is made of bronze.", "What is the pump body made of"),
        ("The well gives 1,800 litres in an hour.", "What does the well"),
        ("The mill was built in 1742 by a miller.", "When was the mill built"),
        ("In the United States, each state determines the requirements.", "What does each state"),
    ],
)
def test_openings_use_the_words_of_the_target(text: str, opening: str) -> None:
    assert opening in openings(target(text))


@pytest.mark.parametrize(
    "text", ["It was repaired twice.", "When it rains, nobody comes.", "Flush the pipes before the pump is mounted."]
)
def test_no_opening_begins_with_a_pronoun_or_a_clause(text: str) -> None:
    for opening in openings(target(text)):
        assert not {"it", "when it", "before"} & set(opening.lower().split()[2:3])
    assert openings(target(text)) == ()


def test_rows_are_asked_about_by_their_columns() -> None:
    row = target("| Boost | 3,300 turns | 45 watts |", "table_row", "| Setting | Speed | Power |")
    assert "What is the power of the setting Boost" in openings(row)


def test_gap_questions_pass_the_checks_and_leave_the_answer_out() -> None:
    document = Document(
        id="d.txt",
        text="The tidal mill of Carrow was built in 1742 by a miller. The dam was breached by a storm from the north. "
        "Die Mühle von Carrow wurde im Jahr 1851 von drei Männern betrieben.",
    )
    targets = segment(document).targets
    index = AttributionIndex(targets)
    for one in targets:
        question = gap_question(one)
        assert question is not None
        assert "____" in question
        verdict = check_question(question, one, index, prompts=SMALL, context=document.text, near=1.0)
        assert verdict.accepted, (question, verdict.reason)
    first = gap_question(targets[0])
    assert first is not None
    assert "1742" not in first
    german = gap_question(targets[2], "de")
    assert german is not None
    assert german.startswith("Was gehört in die Lücke")


def test_what_is_too_short_or_no_prose_gets_no_gap_question() -> None:
    assert gap_question(target("It rains.")) is None
    assert gap_question(target("It was repaired after the storm of January 1987 by the miller.")) is None
    assert gap_question(target("def f(): pass", "code_block")) is None
    assert (
        gap_question(target("The mill of Carrow was built in 1742.").model_copy(update={"also": (target("x"),)}))
        is None
    )


def test_attempts_alternate_between_openings_and_free_requests() -> None:
    one = target("The station keeps 412 apple trees of nine varieties on a slope that faces south.")
    help_ = Scaffold.of(Draw(target=one, style="factual"), "en", SMALL)
    given = [help_.opening(attempt) for attempt in range(1, 7)]
    assert given[0] == "How many apple trees does the station"
    assert given[2] == given[4] == ""
    assert Scaffold.of(Draw(target=one, style="factual", number=1), "en", SMALL).opening(1) != given[0]
    for draw, language, prompts in (
        (Draw(target=one, style="summarisation"), "en", SMALL),
        (Draw(target=one, style="factual"), "de", SMALL),
        (Draw(target=one, style="factual"), "en", Prompts.builtin("large")),
    ):
        assert Scaffold.of(draw, language, prompts).opening(1) == ""


def test_a_request_with_an_opening_ends_with_it() -> None:
    one = target("The well gives 1,800 litres in an hour.")
    request = question_request(one, one.text, prompts=SMALL, key="k", opening="How many litres")
    assert (request.messages[-1].role, opening_of(request)) == ("assistant", "How many litres")
    assert opening_of(question_request(one, one.text, prompts=SMALL, key="k")) == ""


class Mute:
    """Writes no question, and answers every one with the same words."""

    model = "embedded"
    prompts = "small"

    def complete(self, request: Request) -> Reply:
        if request.purpose == "question":
            return Reply(text="", model="mute")
        carrow = "Carrow" in request.messages[-1].content.partition("Question:")[2]
        return Reply(text="1742" if carrow else "1878", model="mute")


def test_a_gap_question_is_told_in_the_record() -> None:
    text = "The tidal mill of Carrow was built in 1742 by a miller. The bakery of Penhale burned down in winter 1878."
    run = generate([Document(id="d.txt", text=text)], model=Mute(), prompts="small")
    assert run.balance.answered == 2
    assert {record.question.origin for record in run.records} == {"gap"}
    without = SMALL.model_copy(update={"last_resort": "none"})
    run = generate([Document(id="d.txt", text=text)], model=Mute(), prompts=without)
    assert run.balance.rejected == 2


def test_choices_are_sentences_and_rows_without_their_markup() -> None:
    page = (
        "<p>The <b>oak</b> gate closes.</p><table><tr><th>Setting</th><th>Power</th></tr>"
        "<tr><td>Night</td><td>9 watts</td></tr></table>"
    )
    assert sentences(page) == ["The oak gate closes.", "Setting: Night; Power: 9 watts"]
    table = "| Step | Time |\n| --- | --- |\n| First rise | 5 hours |\n\n- The dough is cut.\n"
    assert sentences(table) == ["Step: First rise; Time: 5 hours", "The dough is cut."]


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the 28 April 28 April of the mill of Carrow in the 28 April 28 April?", "repeats"),
        ("How many metres of dam lie between 40 metres and the mill of Carrow?", "contains-answer"),
        ("How many years is it?", "needs-passage"),
    ],
)
def test_degenerate_questions_are_refused(question: str, reason: str) -> None:
    one = target("The dam of the mill of Carrow was 40 metres long on 28 April and lasted two years.")
    verdict = check_question(question, one, AttributionIndex([one]), near=1.0)
    assert (verdict.accepted, verdict.reason) == (False, reason)


@pytest.mark.parametrize(
    "text",
    [
        "&lt;br/&gt; In 1924 the oil lamp of the tower was replaced by gas.",
        "Hansen lived in the northern wing :121,154 of the abbey for years.",
        "The [[harbour]] of Callow holds forty large fishing boats.",
        "The '''old''' mill of Carrow grinds rye and barley flour.",
    ],
)
def test_a_gap_question_never_shows_markup(text: str) -> None:
    assert gap_question(target(text)) is None


def test_a_gap_question_asks_for_a_telling_word() -> None:
    asked = gap_question(target("The pen traces the pressure throughout the long cycle of the engine on paper."))
    assert asked is not None
    assert "throughout" in asked


def test_tiny_prompts_leave_a_word_out_before_the_model_asks_freely() -> None:
    text = "Rye bread of the mill keeps its crust soft in the cellar."
    one = Scaffold.of(Draw(target=target(text), style="factual"), "en", Prompts.builtin("tiny"))
    assert (one.guided, Prompts.builtin("tiny").gap_first, Prompts.builtin("small").gap_first) == (0, True, False)
    asked = []

    class Free:
        def complete(self, request: Request) -> Reply:
            asked.append(request.purpose)
            return Reply(text="No idea", finish_reason="stop", model="m")

    run = generate([Document(id="d.txt", text=text)], model=Free(), prompts="tiny")
    (record,) = run.records
    assert record.question.origin == "gap"
    assert asked == ["answer"], "no question was asked for"
    assert record.answer.text in text
    assert len(record.answer.text.split()) == 1


def test_an_answer_without_the_words_that_a_rule_knows_gives_way_to_them() -> None:
    text = "The station keeps 412 apple trees of nine varieties on a slope."
    replies = {"question": "How many apple trees does the station keep?", "answer": "412"}
    apart = Prompts.builtin("small").model_copy(update={"several": None, "per_call": None})

    class Model:
        def complete(self, request: Request) -> Reply:
            return Reply(text=replies[request.purpose], finish_reason="stop", model="m")

    (record,) = generate([Document(id="d.txt", text=text)], model=Model(), prompts=apart, n=1).records
    assert (record.answer.text, record.answer.origin) == ("412 apple trees", "sentence")
    replies["answer"] = "The station keeps 412 apple trees."
    (record,) = generate([Document(id="e.txt", text=text)], model=Model(), prompts=apart, n=1).records
    assert record.answer.origin == "model"


def test_a_long_sentence_with_a_gap_is_no_repetition_of_it() -> None:
    text = "In the autumn of 1926 a passenger could board the green sleeping car in Ely at noon and wake up in Oban."
    index = AttributionIndex([target(text)])
    made = gap_question(target(text))
    assert made is not None
    assert check_question(made, target(text), index, prompts=Prompts.builtin("tiny")).accepted
