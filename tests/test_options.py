"""The options of `generate`: wrong use is told at once, names the remedy, and leaves nothing behind."""

from __future__ import annotations

import inspect
import re
import time

import pytest
from pydantic import BaseModel

from selfstudy_guard import Document, Guard, InstructionFilter, TargetSampler, agenerate, generate
from selfstudy_guard.errors import InputError
from selfstudy_guard.generation import plan
from selfstudy_guard.generation.options import GenerateOptions, described
from selfstudy_guard.sampling import LeastCovered, Proportional, Uniform, Weighted
from selfstudy_guard.settings import Pacing, RunControls, Settings
from selfstudy_guard.testing import ExtractiveReader
from tests.test_sampling import DOCUMENTS

WRONG = [
    ({"concurency": 4}, r"unknown argument: concurency \(did you mean concurrency\?\)"),
    ({"max_costs": 4}, r"did you mean max_cost\?"),
    ({"num_questions": 4}, r"did you mean n\?"),
    ({"output_dir": "x"}, r"did you mean out\?"),
    ({"on_records": print}, r"did you mean on_record\?"),
    ({"detectors": []}, r"did you mean instruction_filter\?"),
    ({"zebra": 4, "aardvark": 3}, "unknown argument: aardvark, zebra"),
    ({"n": 0}, "n must be at least 1, not 0"),
    ({"n": "5"}, "n must be at least 1, not '5'"),
    ({"n": True}, "n must be at least 1, not True"),
    ({"concurrency": 0}, "concurrency"),
    ({"window": 10}, "window"),
    ({"batch": True}, "has no batch interface"),
    ({"batch": "yes"}, "batch must be True or a BatchProvider"),
    ({"batch_size": 0}, "batch_size"),
    ({"policy": "astrology"}, "unknown sampling policy 'astrology'"),
    ({"policy": "unifrom"}, "did you mean 'uniform'"),
    ({"policy": 3}, "is no sampling policy"),
    ({"policy": LeastCovered(lambda target: 0)}, "until_coverage"),
    ({"styles": ("haiku",)}, "haiku"),
    ({"styles": "factual"}, "a sequence of names"),
    ({"styles": ("factual", "factual")}, "twice"),
    ({"prompts": "nowhere.toml"}, "nowhere.toml"),
    ({"prompts": "tinny"}, "did you mean 'tiny'"),
    ({"prompts": {"name": "mine"}}, "prompts"),
    ({"prompts": 3}, "prompts must be"),
    ({"progress": 3}, "progress must be a callable"),
    ({"notify": "print"}, "notify must be a callable"),
    ({"on_record": "print"}, "on_record must be a callable"),
    ({"instruction_filter": "strict"}, "instruction_filter"),
    ({"withhold": 2}, "withhold"),
    ({"spotlight": "bright"}, "spotlight"),
    ({"spotlight": "encoding", "per_call": 3}, "no effect on requests for several"),
    ({"per_call": 0}, "per_call"),
    ({"answer_form": "long"}, "answer_form"),
    ({"min_score": 1.5}, "min_score"),
    ({"rate": 3}, "cannot use int as a model"),
    ({"price": 0.2}, "price"),
    ({"hops": "near"}, "hops"),
    ({"until_coverage": 3}, "until_coverage"),
    ({"draws_per_target": 3}, "until_coverage"),
    ({"model": 42}, "cannot use int as a model"),
    ({"model": "python:nowhere:thing"}, "cannot import"),
    ({"model_options": ["api_base"]}, "model_options"),
    ({"text_field": 3}, "text_field"),
    ({"out": 3}, "out is the path of a run folder"),
]


@pytest.fixture
def folder(tmp_path):
    """Enough pages that reading them would take longer than a wrong argument may."""
    (tmp_path / "pages").mkdir()
    for number in range(40):
        lines = [f"The mill {number} keeps {place + 17} crates in shed {place}." for place in range(60)]
        (tmp_path / "pages" / f"{number}.md").write_text("\n\n".join(lines))
    return tmp_path


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[str(next(iter(wrong))) for wrong, _ in WRONG])
def test_wrong_use_is_told_before_a_byte_is_read_and_leaves_nothing(folder, arguments, message):
    begun = time.process_time()  # not by the clock, which runs on while others have the processor
    with pytest.raises(InputError, match=message):
        generate([folder / "pages"], **{"model": ExtractiveReader(), "out": folder / "runs" / "a"} | arguments)
    assert time.process_time() - begun < 1.0
    assert not (folder / "runs").exists()


def test_a_layer_of_the_filter_is_checked_when_it_is_made():
    for layers in ({"detectors": [len]}, {"detectors": ["rules"]}, {"block": [re.compile("x")]}):
        with pytest.raises(InputError, match="is no detector"):
            InstructionFilter(**layers)
    for wrong in (3, len):
        with pytest.raises(InputError, match="detectors is a sequence"):
            InstructionFilter(detectors=wrong)


def test_the_folder_of_a_guard_is_a_path():
    with pytest.raises(InputError, match="out is the path of a run folder, not 3"):
        Guard([Document(id="a", text="The pump has a seal.")], out=3)


def test_a_guard_takes_a_policy_object_and_refuses_what_is_none(tmp_path):
    for wrong in ("astrology", 3):
        with pytest.raises(InputError, match="policy"):
            Guard(DOCUMENTS, out=tmp_path / "run", policy=wrong)
    assert not (tmp_path / "run").exists()
    weighted = Weighted(lambda target: 1.0 + target.start % 3)
    with Guard(DOCUMENTS, out=tmp_path / "run", policy=weighted, seed=3) as guard:
        planned = [target.target.id for target in guard.targets(5)]
    assert len(planned) == 5


async def test_the_async_form_and_the_plan_tell_the_same(folder):
    with pytest.raises(InputError, match="did you mean concurrency"):
        await agenerate([folder / "pages"], model=ExtractiveReader(), out=folder / "runs", concurency=4)  # type: ignore[call-arg]
    with pytest.raises(InputError, match="did you mean policy"):
        plan([folder / "pages"], polcy="uniform")  # type: ignore[call-arg]
    assert not (folder / "runs").exists()


def test_documents_that_cannot_be_used_leave_nothing_either(folder):
    reader = ExtractiveReader()
    empty = folder / "empty.md"
    empty.write_text("Home | News | Contact\n")
    for documents in ([folder / "nowhere.md"], [folder / "*.pdf"], [empty], [3], 3, iter([folder / "nowhere.md"])):
        with pytest.raises(InputError):
            generate(documents, model=reader, out=folder / "runs" / "deep" / "a")
        assert not (folder / "runs").exists()


def test_files_of_others_and_ledgers_of_before_stay(folder):
    out = folder / "run"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(InputError):
        generate([3], model=ExtractiveReader(), out=out)
    assert [path.name for path in out.iterdir()] == ["notes.txt"]
    generate([folder / "pages" / "1.md"], model=ExtractiveReader(), n=2, out=out).close()
    with pytest.raises(InputError):
        generate([folder / "nowhere.md"], model=ExtractiveReader(), n=2, out=out)
    assert (out / "ledger.sqlite").exists()


def test_every_option_has_one_home_a_default_and_words():
    names = list(GenerateOptions.__annotations__)
    homes: dict[str, type[BaseModel]] = {}
    for model in (RunControls, Settings, Pacing):
        for name in model.model_fields:
            homes.setdefault(name, model)
    assert set(homes) - set(names) == {"model", "seed", "unit"}, "stored or own arguments, no options"
    assert set(names) <= set(homes)
    for one in described():
        assert one.text.endswith("."), one
        assert f"    {one.name} ({one.kind}, default {one.default!r}): {one.text}" in (generate.__doc__ or "")
    for function in (generate, agenerate, plan):
        parameters = inspect.signature(function).parameters
        assert set(names) <= set(parameters)
        assert parameters["concurrency"].default == 8


def test_progress_is_a_callable_or_an_object_and_records_are_told(folder):
    class Bar:
        def __init__(self):
            self.seen = []

        def update(self, balance):
            self.seen.append(balance.answered)

    bar, seen, records = Bar(), [], []
    page = folder / "pages" / "1.md"
    for progress in (bar, lambda balance: seen.append(balance.answered)):
        run = generate([page], model=ExtractiveReader(), n=4, progress=progress, on_record=records.append)
    assert bar.seen == seen
    assert seen[0] == 0
    assert seen[-1] == run.balance.answered == len(records) / 2
    assert [record.key for record in records[len(records) // 2 :]] == [record.key for record in run.records]


@pytest.mark.parametrize(
    "policy",
    [Uniform(), Proportional(per=8), Weighted(lambda target: 1.0 + target.start % 3), Weighted({}, Proportional())],
    ids=["uniform", "tokens", "weights", "mapping"],
)
def test_a_policy_object_plans_as_the_sampler_does(policy):
    drawn = TargetSampler(DOCUMENTS, policy, seed=3).draws(20)
    assert [draw.target for draw in plan(DOCUMENTS, n=20, policy=policy, seed=3).draws] == [d.target for d in drawn]


def test_a_run_with_a_policy_of_ones_own_goes_on(tmp_path):
    weighted = Weighted(lambda target: 2.0)
    generate(DOCUMENTS, model=ExtractiveReader(), n=3, policy=weighted, out=tmp_path / "run").close()
    again = generate(
        DOCUMENTS, model=ExtractiveReader(), n=5, policy=Weighted(lambda target: 2.0), out=tmp_path / "run"
    )
    assert again.balance.planned == 5


def test_prompts_may_be_a_mapping():
    mapping = {"extends": "small", "name": "mine", "question_attempts": 1}
    run = generate(DOCUMENTS, model=ExtractiveReader(), n=2, prompts=mapping)
    assert run.balance.planned == 2


def test_every_prefix_of_the_default_plan_is_even():
    """The thirds of a document after 18 of 36 draws: within one draw of 6 each, whatever the seed."""
    sentences = [f"The wharf keeps {place + 100} barrels of pitch in shed {place}." for place in range(36)]
    document = Document(id="wharf.md", text="# Wharf\n\n" + "\n\n".join(sentences))
    for seed in range(20):
        plan_ = TargetSampler([document], seed=seed).plan(18)
        thirds = [sum(12 * third <= target.index - 1 < 12 * third + 12 for target in plan_) for third in range(3)]
        assert max(thirds) - min(thirds) <= 2, (seed, thirds)
