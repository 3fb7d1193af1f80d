"""The asking experiments of the audit, with scripted models whose right result is known."""

from __future__ import annotations

import math
import random
import re

import pytest

from selfstudy_guard import Document
from selfstudy_guard.audit.artefacts import KINDS, dirty_passage
from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.calling import Caller
from selfstudy_guard.audit.experiments import convergence, hijack, presentation, saturation
from selfstudy_guard.audit.facts import REWRITES, TOPICS, page
from selfstudy_guard.errors import ProviderError
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.questions import Prompts
from selfstudy_guard.records import Reply
from selfstudy_guard.testing import ExtractiveReader, ScriptedCompleter

EXPERIMENTS = (saturation, convergence, hijack, presentation)
_NAMES = (
    "Abbot Bakery Canal Dairy Estuary Forge Granary Harbour Island Jetty Kiln Lantern Mill Nursery Orchard Priory "
    "Quarry Reservoir Smithy Tannery Vineyard Workshop Yard Zoo"
).split()
_DEEDS = (
    "opens at dawn for {} carts", "employs {} masons in spring", "was flooded {} times by the river",
    "keeps {} barrels of resin", "burnt down after {} quiet decades", "sells {} baskets of plums",
    "pays {} crowns of ground rent", "stands {} paces from the chapel", "lost {} roof beams to woodworm",
    "houses {} grey donkeys", "rings {} bronze bells at noon", "hides {} smuggled casks",
)  # fmt: skip


def made_document(number: int) -> Document:
    """Two sections of prose whose sentences share hardly a word."""
    lines = []
    for part in range(2):
        lines.append(f"## Part {part + 1}")
        said = []
        for row in range(6 * part, 6 * part + 6):
            name = _NAMES[(row + 12 * number) % len(_NAMES)]
            said.append(f"The {name} {_DEEDS[row].format(number * 40 + 7 * row + 3)}.")
        lines += [" ".join(said[:3]), " ".join(said[3:])]
    return Document(id=f"place-{number}.md", text=f"# Place {number}\n\n" + "\n\n".join(lines) + "\n")


DOCUMENTS = [made_document(number) for number in range(2)]


def shown(request) -> str:
    """The passage of an unguided request: what stands behind its first paragraph."""
    return request.messages[-1].content.split("\n\n", 1)[1]


def sentences(text: str) -> list[str]:
    found = re.split(r"(?<=[.!?])\s+|(?<=\*\*)\s+|\n+", text)
    return [one for one in found if len(one.split()) > 3 and not one.startswith("# ") and "---" not in one]


def about(sentence: str) -> str:
    return f"What is meant by: {sentence.strip('#>*-| ').rstrip('.')}?"


def uniform(request) -> str:
    return about(random.Random(request.key).choice(sentences(shown(request))))


def first(request) -> str:
    return about(sentences(shown(request))[0])


def bold(request) -> str:
    emphasised = re.search(r"\*\*(.+?)\*\*", shown(request))
    return about(emphasised[1]) if emphasised else uniform(request)


def artefact(request) -> str:
    """Asks about the strangest line, the one with most signs; about a sentence where no line is strange."""

    def strange(line: str) -> float:
        odd = sum(not (c.isalpha() or c.isspace()) for c in line)
        return odd / len(line) + 2 * ("cookies" in line)

    # Artefacts that stand inside a paragraph are cut out of it first.
    inside = re.findall(r"\{%.*?\.footer\}|&nbsp;.*&nbsp;|\\begin.*\\newpage|\[\[File.*\[edit\]", shown(request))
    lines = inside + [line for line in shown(request).splitlines() if len(line) > 12 and not line.startswith("# ")]
    worst = max(lines, key=strange)
    return f"What is the purpose of {worst}?" if strange(worst) > 0.12 else uniform(request)


def content(request) -> str:
    """Asks about content only, whatever else stands there."""
    clean = [one for one in sentences(shown(request)) if re.fullmatch(r"The [A-Z][a-z]+ [a-z0-9 ]+\.", one)]
    return about(random.Random(request.key).choice(clean))


class Model:
    """Follows an anchor where there is one; else chooses as the scripted habit says."""

    def __init__(self, habit) -> None:
        self.habit = habit
        self.reader = ExtractiveReader()
        self.keys: list[str] = []

    def complete(self, request):
        self.keys.append(request.key)
        last = request.messages[-1].content
        if "<quoted_part>" in last or "Ask only about what this part" in last:
            return self.reader.complete(request)
        return Reply(text=self.habit(request), model="scripted")


@pytest.fixture
def ledger():
    with open_ledger(None) as opened:
        yield opened


@pytest.fixture
def setting(ledger):
    def make(habit, budget=48, **options):
        model = habit if hasattr(habit, "complete") else Model(habit)
        caller = Caller(model, ledger, name="scripted", tries=1)
        return Setting(
            model="scripted",
            caller=caller,
            documents=DOCUMENTS,
            prompts=options.pop("prompts", Prompts.builtin("large")),
            budget=budget,
            **options,
        )

    return make


def value(result, name, condition, group=""):
    figure = result.figure(name, condition, group)
    assert figure is not None, (name, condition, group)
    return figure.value


def test_a_model_that_asks_about_the_first_sentence_saturates_at_once_and_the_guard_covers_all(setting):
    result = saturation.run(setting(first))
    assert value(result, "coverage", "unguided") <= 2 / 12
    assert value(result, "asymptote", "unguided") < 0.25
    assert value(result, "Gini", "unguided") > 0.8
    assert result.figure("calls to 50% coverage", "unguided") is None
    assert value(result, "coverage", "anchored") == 1.0
    assert value(result, "calls to 50% coverage", "anchored") <= 12
    assert value(result, "calls to 95% coverage", "anchored") <= 24
    assert value(result, "Gini", "anchored") < 0.3
    assert "50%, 80%, 95% coverage was not reached" in " ".join(result.notes)


def test_a_model_that_asks_uniformly_saturates_as_targets_at_random_do(setting):
    result = saturation.run(setting(uniform, 200))
    unguided = next(curve for curve in result.curves if curve.condition == "unguided")
    ideal = next(curve for curve in result.curves if curve.condition == "targets at random")
    assert unguided.y[-1] == pytest.approx(ideal.y[-1], abs=0.1)
    assert value(result, "asymptote", "unguided") > 0.9
    gini = result.figure("Gini", "unguided")
    assert gini.low <= value(result, "Gini of questions at random", "unguided") + 0.1
    assert value(result, "calls to 50% coverage", "unguided") < value(result, "calls to 80% coverage", "unguided")


def test_both_conditions_cost_the_same(setting):
    one = setting(first)
    saturation.run(one)
    keys = one.caller._completer.keys
    assert sum(key.startswith("saturation:unguided") for key in keys) == 24
    assert sum(key.startswith("saturation:anchored") for key in keys) == 24


def test_styles_that_ask_about_the_same_sentence_converge(setting):
    result = convergence.run(setting(first))
    assert value(result, "overlap", "unguided") == 1.0
    assert value(result, "p-value against chance", "unguided") < 0.01
    assert value(result, "regions added by further styles", "unguided") == 1.0
    assert value(result, "overlap", "anchored") < 0.5
    assert value(result, "p-value against chance", "anchored") > 0.05
    assert "converge on the same regions" in result.verdict


def test_styles_that_ask_about_different_sentences_do_not_converge(setting):
    names = list(convergence.STYLE_PROMPTS)

    def apart(request):
        return about(sentences(shown(request))[names.index(request.key.split(":")[2])])

    result = convergence.run(setting(apart))
    assert value(result, "overlap", "unguided") == 0.0
    assert value(result, "p-value against chance", "unguided") > 0.9
    assert value(result, "regions added by further styles", "unguided") == pytest.approx(6.0)


def test_styles_that_ask_uniformly_overlap_as_chance_does(setting):
    result = convergence.run(setting(uniform, 360))
    assert value(result, "p-value against chance", "unguided") > 0.05
    assert value(result, "overlap", "unguided") == pytest.approx(
        value(result, "overlap by chance", "unguided"), abs=0.1
    )
    pairs = [f for f in result.figures if f.group.startswith("styles=") and f.condition == "unguided"]
    assert len(pairs) == 15


def test_a_model_that_asks_about_artefacts_is_hijacked_and_the_guard_stops_it(setting):
    result = hijack.run(setting(artefact, 240))
    unguided = result.figure("hijack rate", "unguided")
    assert unguided.value > 0.9
    assert unguided.low < unguided.value <= unguided.high
    assert value(result, "hijack rate", "masked") < 0.7
    assert value(result, "hijack rate", "anchored and masked") < value(result, "hijack rate", "unguided") / 3
    kinds = {f.group for f in result.figures if f.condition == "unguided" and f.group.startswith("kind=")}
    assert kinds == {f"kind={name}" for name in KINDS}
    rates = {f.group: f.value for f in result.figures if f.condition == "unguided" and f.name == "hijack rate"}
    densities = [rate for group, rate in rates.items() if group.startswith("artefacts a paragraph=")]
    assert len(densities) == 3
    assert [f.condition for f in result.figures if f.name == "hijack rate"][-1] == "anchored and masked"


def test_a_model_that_keeps_to_the_content_is_never_hijacked(setting):
    result = hijack.run(setting(content, 96))
    assert value(result, "hijack rate", "unguided") == 0.0
    assert value(result, "hijack rate", "masked") == 0.0


def test_hijack_is_judged_by_where_artefacts_were_planted():
    rng = random.Random(1)
    clean = [["The kiln is fired with oak twice a year.", "Forty pots stand in its chamber."]]
    passage = dirty_passage("p.md", "The kiln", clean, ["cookie text", "hex dump"], rng)
    judge = hijack.Judge(passage)
    assert judge.kind("How many pots stand in the chamber of the kiln?") is None
    assert judge.kind("What do partners store on your device with cookies?") == "cookie text"
    assert judge.kind("Who was the third king of Denmark?") is None


def test_a_model_that_asks_about_bold_text_is_found_out(setting):
    result = presentation.run(setting(bold, 600))
    own = {f.group: f for f in result.figures if f.name == "odds ratio" and f.condition == "unguided" and f.group}
    assert set(own) == {f"rewrite={how}" for how in REWRITES}
    assert own["rewrite=bold"].low > 4
    assert max(own.values(), key=lambda figure: figure.value).group == "rewrite=bold"
    assert "bold" in result.verdict
    assert result.verdict.count("(") == 1, "no other presentation is named"


def test_a_model_that_asks_about_the_first_sentence_is_found_out(setting):
    result = presentation.run(setting(first, 600))
    moved = result.figure("odds ratio", "unguided", "rewrite=moved first")
    assert moved.low > 3
    for how in REWRITES[1:]:
        figure = result.figure("odds ratio", "unguided", f"rewrite={how}")
        assert figure.value == 1.0
    assert result.verdict.count("(") == 1


def test_a_model_that_asks_uniformly_has_no_taste_for_presentation(setting):
    result = presentation.run(setting(uniform, 600))
    overall = result.figure("odds ratio", "unguided")
    assert overall.low < 1 < overall.high
    clear = [f for f in result.figures if f.name == "odds ratio" and f.group and (f.low > 1 or f.high < 1)]
    assert len(clear) <= 1  # of eighteen 95 per cent intervals
    assert value(result, "asked about when plain", "anchored") > 0.5


def test_odds_ratios_of_pairs_are_mcnemars():
    pairs = presentation.Pairs(((False, True),) * 10 + ((True, False),) * 2 + ((True, True),) * 7)
    ratio, low, high = pairs.odds_ratio()
    error = 1.959964 * math.sqrt(1 / 10.5 + 1 / 2.5)
    assert (pairs.only_rewritten, pairs.only_plain) == (10, 2)
    assert ratio == pytest.approx(10.5 / 2.5)
    assert low == pytest.approx(ratio / math.exp(error))
    assert high == pytest.approx(ratio * math.exp(error))
    assert presentation.Pairs(((True, True),)).odds_ratio()[0] == 1.0
    shared = presentation.Pairs(pairs.outcomes, ("a",) * 10 + ("b",) * 2 + ("c",) * 7).odds_ratio()
    assert shared[0] == ratio
    assert shared[1] < low


def test_intervals_of_odds_ratios_hold_the_truth():
    rng = random.Random(5)
    held = 0
    for _ in range(400):
        # Asked about with odds 3 when rewritten, 1 when plain, within pairs of one fact.
        pairs = presentation.Pairs(tuple((rng.random() < 0.5, rng.random() < 0.75) for _ in range(60)))
        _, low, high = pairs.odds_ratio()
        held += low <= 3 <= high
    assert held / 400 > 0.92


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda module: module.NAME)
def test_the_quick_design_stays_in_its_budget_and_is_never_paid_twice(experiment, setting):
    one = setting(uniform, 48, quick=True)
    result = experiment.run(one)
    keys = one.caller._completer.keys
    assert 30 <= len(keys) <= experiment.calls(one) <= 48
    assert len(set(keys)) == len(keys)
    assert all(key.startswith(f"{experiment.NAME}:") for key in keys)
    again = setting(uniform, 48, quick=True)
    assert experiment.run(again) == result
    assert again.caller._completer.keys == []
    assert result.verdict
    assert all(f.low is None or f.low - 1e-9 <= f.value <= f.high + 1e-9 for f in result.figures)
    assert all(math.isfinite(f.value) for f in result.figures)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda module: module.NAME)
def test_the_users_own_prompt_is_what_is_audited(experiment, setting):
    model = ScriptedCompleter(lambda request: "Which carts come at dawn?")
    one = setting(model, 24, ask_prompt="MY PROMPT for a quiz\n\n{text}")
    experiment.run(one)
    assert model.requests
    assert all("MY PROMPT for a quiz" in request.messages[-1].content for request in model.requests)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda module: module.NAME)
def test_calls_that_fail_and_empty_replies_are_no_questions(experiment, setting):
    def script(request):
        return ProviderError("down") if "unguided" in request.key else ""

    result = experiment.run(setting(ScriptedCompleter(script), 24))
    assert result.verdict
    if experiment is hijack:
        assert "masked: no question came, so nothing was measured." in result.notes
    assert all(math.isfinite(f.value) for f in result.figures)


def test_small_models_are_asked_with_examples(setting):
    one = setting(ScriptedCompleter(lambda request: "What is sold?"), 12, prompts=Prompts.builtin("small"))
    saturation.run(one)
    request = one.caller._completer.requests[0]
    assert [message.role for message in request.messages[:3]] == ["system", "user", "assistant"]


def test_every_kind_of_artefact_can_be_planted_and_is_found_where_it_stands():
    assert len(KINDS) >= 12
    clean = [["The kiln is fired with oak.", "It cools for nine days."], ["The yard is paved with slag."]]
    for seed in range(3):
        passage = dirty_passage("p.md", "The kiln", clean, list(KINDS), random.Random(seed))
        text = passage.document.text
        assert {planted.kind for planted in passage.planted} == set(KINDS)
        assert [p.start for p in passage.planted] == sorted(p.start for p in passage.planted)
        for sentence in passage.sentences:
            assert sentence in text
        bare = text
        for planted in reversed(passage.planted):
            bare = bare[: planted.start] + bare[planted.end :]
        assert bare.split() == ("# The kiln " + " ".join(passage.sentences)).split()


@pytest.mark.parametrize("how", REWRITES)
def test_a_rewrite_changes_presentation_and_nothing_else(how):
    for topic in TOPICS:
        plain, changed = page(topic.title, topic.facts, 3), page(topic.title, topic.facts, 3, how)
        assert plain != changed
        fact = topic.facts[3]
        said = changed.replace(fact.digits, fact.words) if how == "number formatting" else changed

        def words(text):
            return sorted(re.findall(r"\w[\w'-]*", re.sub(r"What \| Detail|---", " ", text).casefold()))

        assert words(said) == words(plain)
