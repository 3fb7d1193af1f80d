"""Ray Data on a real local Ray: killed workers, jobs that are started again, errors as rows, limits, coverage."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from pathlib import Path

import pytest

from selfstudy_guard import CoverageTracker, Document, TargetSampler, generate
from selfstudy_guard.errors import AuthenticationError, InputError, LedgerMismatchError, RequestError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.records import Record, Rejection, Usage
from selfstudy_guard.settings import Pacing
from selfstudy_guard.testing import ExtractiveReader

pytest.importorskip("ray", reason="Ray is not installed")
pytest.importorskip("ray.data", reason="Ray Data is not installed")
import ray
from selfstudy_guard_ray import GenerateRecords, generate_dataset, merge_coverage, read_balance, summarise_coverage
from selfstudy_guard_ray.governor import Governor
from selfstudy_guard_ray.job import _pool, tell
from selfstudy_guard_ray.orders import make_order
from selfstudy_guard_ray.shards import tracker_of_parts
from selfstudy_guard_ray.store import Store, part_name
from selfstudy_guard_ray.tables import document_rows, documents_of, record_rows
from selfstudy_guard_ray.work import Worker

from tests.adapters.ray_jobs import essence, job, rows, stage_by_stage, texts

# Ray talks to itself over sockets of every kind.
pytestmark = [pytest.mark.block_network(allowed_hosts=[".*"]), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def cluster():
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
    # "local": not the cluster that another worker of this test run has started.
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield ray
    ray.shutdown()


class KillsItself(ExtractiveReader):
    """Dies by SIGKILL with its worker process at the given call, once; refuses pump 3 while the other file is there."""

    def __init__(self, killed: Path, refuse: Path, call: int) -> None:
        super().__init__()
        self.killed, self.refuse, self.call, self.calls = killed, refuse, call, 0

    async def acomplete(self, request):
        self.calls += 1
        if self.calls == self.call and not self.killed.exists():
            self.killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.complete(request)

    def complete(self, request):
        if "pump number 3" in request.messages[-1].content and self.refuse.exists():
            raise RequestError("too long")
        return super().complete(request)


@pytest.fixture(scope="module")
def undisturbed(cluster, tmp_path_factory):
    """A job that nothing happened to: its folder and its rows."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    return out, job(rows(), out).take_all()


def test_a_job_its_records_and_its_coverage(undisturbed):
    out, found = undisturbed
    answered = [Record.model_validate_json(row["record"]) for row in found if row["status"] == "answered"]
    assert len(found) == 24
    assert len(answered) > 16
    single = generate([Document(id="pump-2", text=texts()[2])], model=ExtractiveReader(), n=3, prompts="large")
    wanted = [(record.key, record.question, record.answer, record.evidence) for record in single.records]
    ours = [(one.key, one.question, one.answer, one.evidence) for one in answered if one.document_id == "pump-2"]
    assert sorted(ours, key=str) == sorted(wanted, key=str), "each document gives what generate gives for it alone"
    balance = read_balance(out)
    assert balance.closes
    assert balance.planned == 24
    assert balance.answered == len(answered)
    documents = [Document(id=row["id"], text=row["text"]) for row in rows()]
    sampler = TargetSampler(documents, instruction_filter=InstructionFilter())
    tracker = CoverageTracker(documents, segmentations=sampler.segmentations)
    for record in answered:
        tracker.add_record(record)
    for row in found:
        if row["status"] == "rejected":
            tracker.add_rejection(Rejection.model_validate_json(row["record"]))
    assert merge_coverage(out, parts_per_task=2, fan_in=2) == tracker
    for _ in range(2):  # the second time from the shard files of the first
        assert summarise_coverage(out, documents_per_shard=2, fan_in=2) == tracker.summary()
    assert len(list((out / "coverage").iterdir())) == 4


def test_a_killed_worker_and_failures_leave_no_trace_in_the_end(undisturbed, tmp_path):
    """The worker process dies in mid-run, a document fails; then the same call again."""
    out, refuse = tmp_path / "out", tmp_path / "refuse"
    refuse.touch()
    model = KillsItself(tmp_path / "killed", refuse, call=9)
    first = job(rows(), out, model=model).take_all()
    assert (tmp_path / "killed").exists(), "the worker really died"
    failed = [row for row in first if row["status"] == "failed"]
    assert {(row["document_id"], row["reason"]) for row in failed} == {("pump-3", "RequestError")}
    others = [row for row in undisturbed[1] if row["document_id"] != "pump-3"]
    assert essence(row for row in first if row["document_id"] != "pump-3") == essence(others)
    refuse.unlink()
    parts = len(list((out / "documents").iterdir()))
    second = job(rows(), out, model=model).take_all()
    assert essence(second) == essence(undisturbed[1])
    assert len(list((out / "documents").iterdir())) == parts + 1, "one document was asked again"
    assert read_balance(out).failed == 0


def test_the_callable_for_own_pipelines(cluster):
    odd = [*rows(2), {"text": None, "id": "empty", "other": 0}, {"text": "| | |\n", "id": "nothing", "other": 0}]
    stage = ray.data.from_items(odd).map_batches(
        GenerateRecords,
        fn_constructor_kwargs={"model": ExtractiveReader(), "n_per_document": 2, "id_column": "id"},
        batch_size=2,
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    found = stage.take_all()
    assert sum(row["status"] == "answered" for row in found) == 4
    skipped = {row["document_id"]: row["reason"] for row in found if row["status"] == "skipped"}
    assert skipped == {"empty": "input", "nothing": "no-target"}


def test_scaling_is_left_to_ray():
    pool = _pool(ray, (2, 5))
    assert (pool.min_size, pool.max_size) == (2, 5)
    assert (_pool(ray, 3).min_size, _pool(ray, 3).max_size) == (3, 3)


class Locked(ExtractiveReader):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


def test_wrong_use_is_an_error_before_any_worker_starts(undisturbed, tmp_path):
    with pytest.raises(InputError, match="no column 'body' in the dataset; there are 'text', 'id', 'other'"):
        job(rows(1), tmp_path / "out", text_column="body")
    with pytest.raises(InputError, match="unknown argument: colour"):
        job(rows(1), tmp_path / "out", colour=1)
    with pytest.raises(InputError, match="n_per_document"):
        job(rows(1), tmp_path / "out", n_per_document=0)
    with pytest.raises(InputError, match="actors"):
        job(rows(1), tmp_path / "out", actors=(3, 1))
    with pytest.raises(InputError, match="must be a Ray Dataset, not list"):
        generate_dataset(rows(1), model=ExtractiveReader(), out=tmp_path / "out")
    with pytest.raises(InputError, match="the dataset is empty"):
        job([], tmp_path / "out")
    with pytest.raises(InputError, match="column 'other' holds int64, not text"):
        job(rows(1), tmp_path / "out", text_column="other")
    with pytest.raises(InputError, match="local or shared file system, not 's3://bucket/qa'"):
        job(rows(1), "s3://bucket/qa")
    with pytest.raises(InputError, match="the model cannot be sent to the workers"):
        job(rows(1), tmp_path / "out", model=Locked())
    assert not (tmp_path / "out").exists()
    with pytest.raises(LedgerMismatchError, match="seed"):
        job(rows(1), undisturbed[0], seed=5)


# -- the same stages without Ray ----------------------------------------------------------------------------------


def test_more_questions_and_a_changed_document(tmp_path):
    _, first = stage_by_stage(rows(4), tmp_path, n=2)
    created = {row["key"]: json.loads(row["record"])["created"] for row in first}
    asked: list[str] = []

    class Notes(ExtractiveReader):
        model = "ExtractiveReader"

        def complete(self, request):
            asked.append(request.key.split(":")[0])
            return super().complete(request)

        acomplete = None

    more = rows(6)
    more[0] = more[0] | {"text": more[1]["text"].replace("pump 1", "pump 99")}
    _, found = stage_by_stage(more, tmp_path, n=4, model=Notes())
    assert len({(row["document_id"], row["key"]) for row in found}) == len(found) == 24
    kept = [row["key"] for row in found if row["key"] in created]
    assert len(kept) == 6
    assert not set(kept) & set(asked), "what was finished is not asked again"
    changed = {row["document_digest"] for row in found if row["document_id"] == "pump-0"}
    assert changed == {Document.from_text(more[0]["text"]).digest}
    assert stage_by_stage(more, tmp_path, n=4)[0] == [], "nothing is left to do"


def test_a_limit_holds_for_all_and_the_job_goes_on_later(tmp_path):
    governor = Governor(Pacing(max_tokens=2000))
    receipts, first = stage_by_stage(rows(), tmp_path / "out", governor=governor, concurrency=1)
    assert any("2,000 tokens is used up" in receipt["stopped"] for receipt in receipts)
    assert 0 < sum(row["status"] == "answered" for row in first) < 20
    assert {row["status"] for row in first} == {"answered", "pending"}
    assert any(not receipt["part"] for receipt in receipts), "nothing is written where nothing was done"
    _, second = stage_by_stage(rows(), tmp_path / "out")
    assert essence(second) == essence(stage_by_stage(rows(), tmp_path / "undisturbed")[1])


def test_a_wrong_key_is_met_once(tmp_path):
    calls: list[str] = []

    class Keyless(ExtractiveReader):
        async def acomplete(self, request):
            calls.append(request.key)
            raise AuthenticationError("wrong key")

    receipts, found = stage_by_stage(rows(), tmp_path, model=Keyless())
    assert {receipt["fatal"] for receipt in receipts} == {"AuthenticationError:wrong key"}
    assert found == []
    assert len(calls) == 1
    with pytest.raises(AuthenticationError, match="wrong key"):
        tell(receipts, Store(tmp_path).standing(), Store(tmp_path))


def test_a_model_that_breaks_its_contract_aborts_nothing(tmp_path):
    class Broken(ExtractiveReader):
        async def acomplete(self, request):
            if "pump number 3" in request.messages[-1].content:
                raise ZeroDivisionError("oops")
            return self.complete(request)

    receipts, found = stage_by_stage(rows(), tmp_path, model=Broken())
    assert len(receipts) == 4
    assert any(receipt["stopped"] == "ZeroDivisionError: oops" for receipt in receipts)
    assert {row["document_id"] for row in found if row["status"] == "answered"} >= {"pump-0", "pump-7"}


@pytest.mark.parametrize("apart", [True, False])
def test_two_rows_of_one_id_are_noticed(tmp_path, apart):
    """One of them counts, in all later calls too, and nothing is asked again because of the other."""
    other = rows(5)[4] | {"id": "pump-0"}
    dataset = [*rows(4), other] if apart else [rows(4)[0], other, *rows(4)[1:]]
    receipts, first = stage_by_stage(dataset, tmp_path)
    with pytest.warns(UserWarning, match="the id"):
        tell(receipts, Store(tmp_path).standing(), Store(tmp_path))
    assert Store(tmp_path).standing().clashes == 1
    answered = {(row["document_id"], row["document_digest"]) for row in first if row["status"] != "skipped"}
    assert len(answered) == 4
    assert sum(row["status"] == "skipped" for row in first) == (0 if apart else 1)
    receipts, second = stage_by_stage(dataset, tmp_path)
    assert receipts == []
    assert essence(second) == essence(first)
    assert len(merge_in_process(tmp_path).documents) == 4
    mended = [row | {"id": "pump-4"} if row is other else row for row in dataset]
    _, third = stage_by_stage(mended, tmp_path)
    assert {row["document_id"] for row in third if row["status"] == "answered"} == {f"pump-{i}" for i in range(5)}


def merge_in_process(out):
    standing = Store(out).standing()
    gone = [(part, frozenset(home for one, home in standing.dropped if one == part)) for part in standing.parts]
    return tracker_of_parts(Store(out), tuple(gone))


def test_rows_that_are_no_documents_are_told_once(tmp_path):
    """Every call reports them, and the rows of the latest one count."""
    odd = [*rows(2), {"text": "", "id": "empty"}, {"text": " ", "id": "empty"}]
    for _ in range(2):
        receipts, found = stage_by_stage(odd, tmp_path)
        skipped = [row["document_id"] for row in found if row["status"] == "skipped"]
        assert skipped == ["empty", "empty"]
        assert sum(receipt["skipped"] for receipt in receipts) == 2
        with pytest.warns(UserWarning, match=r"2 rows are no documents .* no text in column 'text'"):
            tell(receipts, Store(tmp_path).standing(), Store(tmp_path))
    assert read_balance(tmp_path).planned == 6


def worker(model=None, n=3, governor=None, **options):
    order = make_order(model or ExtractiveReader(), n, seed=0, unit=("text", None), **options)
    return Worker(order, governor), order


@pytest.mark.parametrize(("n", "limit", "planned"), [(None, 2, 2), (5, 2, 2), (1, 2, 1)])
def test_a_limit_of_questions_a_document_holds_on_workers(n, limit, planned):
    documents = [Document(id=row["id"], text=row["text"]) for row in rows(3)]
    results = asyncio.run(worker(n=n, per_document=limit)[0].run(documents, {}))
    assert [len(result.ended) for result in results] == [planned] * 3


def test_results_do_not_depend_on_which_documents_come_together():
    documents = [Document(id=row["id"], text=row["text"]) for row in rows(4)]
    twin = Document(id="twin", text=documents[0].text)

    async def together():
        return await worker()[0].run([*documents, twin], {})

    async def apart():
        one = worker()[0]
        return [result for document in [*documents, twin] for result in await one.run([document], {})]

    first, second = asyncio.run(together()), asyncio.run(apart())
    assert [result.coverage for result in first] == [result.coverage for result in second]
    assert [[one.key for one in result.ended] for result in first] == [
        [one.key for one in result.ended] for result in second
    ]
    assert len(first[-1].ended) == 3, "a document of the same text is asked about too"


def test_a_part_is_whole_or_does_not_count(tmp_path):
    one, order = worker()
    documents = [Document(id=row["id"], text=row["text"]) for row in rows(2)]
    results = asyncio.run(one.run(documents, {}))
    store = Store(tmp_path)
    store.begin(order.settings.model_dump(mode="json"))
    part = part_name(1, [1, 2])
    records, index = record_rows(results, [], part), document_rows(results, order.n, part)
    store.write(part, records, index)
    store.path("documents", part).unlink()  # the worker died between the two files
    assert not store.is_written(part)
    assert store.standing().parts == []
    store.write(part, records, index)
    store.write(part, records, index)  # and a second worker wrote the same
    standing = store.standing()
    assert len(standing.done(3)) == 2
    assert len(standing.done(4)) == 0
    assert read_balance(tmp_path).planned == 6


def test_the_part_of_the_later_run_counts(tmp_path):
    one, order = worker()
    document = Document(id="pump-0", text=texts()[0])
    store = Store(tmp_path)
    store.begin({})
    for run in (1, 2):
        results = asyncio.run(one.run([document], {}))
        part = part_name(run, [run])
        store.write(part, record_rows(results, [], part), document_rows(results, order.n, part))
    standing = store.standing()
    assert standing.run == 2
    assert [part for part, _ in standing.dropped] == [part_name(1, [1])]
    assert read_balance(tmp_path).planned == 3


def test_governor_limits_and_paces():
    governor = Governor(Pacing(requests_per_minute=60, max_tokens=100))
    assert governor.book(10, Usage())[0] == 0
    assert governor.book(10, Usage(prompt_tokens=99))[0] == pytest.approx(1, abs=0.2)
    assert "100 tokens" in (governor.book(10, Usage(prompt_tokens=99, completion_tokens=1))[1] or "")


def test_rows_that_are_no_documents():
    batch = {"text": ["a text", None, "", "other", "more", "yet more"], "id": ["x", "y", "z", "x", "", float("nan")]}
    documents, problems = documents_of(batch, "text", "id")
    assert [document.id for document in documents] == ["x", Document.from_text("yet more").id]
    assert [one.id for one in problems] == ["y", "z", "x", ""]
    assert "at least one character" in problems[-1].text
    same, _ = documents_of({"text": ["a text", "a text"]}, "text", None)
    assert len(same) == 1
