"""Runs through a batch interface: same records, across restarts, with errors and expired requests."""

from __future__ import annotations

import pytest

from selfstudy_guard import generate
from selfstudy_guard.engine.batch_driver import BatchState
from selfstudy_guard.errors import InputError, NoReplyError, ProviderError, RequestError
from selfstudy_guard.testing import ExtractiveReader
from tests.test_generation import documents, essence  # noqa: F401  # a fixture  # a fixture


class Shop:
    """A batch provider in memory that outlives the runs; may crash, lose and fail on purpose."""

    def __init__(self) -> None:
        self.reader = ExtractiveReader()
        self.batches: dict[str, list] = {}
        self.names: dict[str, str] = {}
        self.polls = 0
        self.crash_after_submit = False
        self.expire: set[int] = set()
        self.fail: dict[int, Exception] = {}
        self.answered: list[str] = []

    def submit(self, name, requests):
        batch_id = f"batch-{len(self.batches)}"
        self.batches[batch_id] = list(requests)
        self.names[name] = batch_id
        if self.crash_after_submit:
            self.crash_after_submit = False
            raise KeyboardInterrupt
        return batch_id

    def find(self, name):
        return self.names.get(name)

    def poll(self, batch_id):
        self.polls += 1
        return BatchState("ended" if self.polls % 3 == 0 else "running")

    def results(self, batch_id):
        for place, request in reversed(list(enumerate(self.batches[batch_id]))):
            if batch_id == "batch-0" and place in self.expire:
                continue
            if batch_id == "batch-0" and place in self.fail:
                yield request.key, self.fail[place]
                continue
            self.answered.append(request.key)
            yield request.key, self.reader.complete(request)


def test_batches_give_the_records_of_single_calls(documents):  # noqa: F811
    single = generate(documents, model=ExtractiveReader(), n=12)
    shop = Shop()
    batched = generate(documents, model=ExtractiveReader(), n=12, batch=shop, batch_every=0.0)
    assert essence(batched) == essence(single)
    assert len(shop.batches) <= 6, "questions together, then answers together"
    assert len(shop.batches["batch-0"]) == 12


def test_small_batches_give_the_same_records(documents):  # noqa: F811
    single = generate(documents, model=ExtractiveReader(), n=12)
    shop = Shop()
    batched = generate(documents, model=ExtractiveReader(), n=12, batch=shop, batch_size=5, batch_every=0.0)
    assert essence(batched) == essence(single)
    assert max(len(batch) for batch in shop.batches.values()) <= 5


def test_a_process_that_dies_after_sending_collects_the_same_batch(documents, tmp_path):  # noqa: F811
    shop = Shop()
    shop.crash_after_submit = True
    with pytest.raises(KeyboardInterrupt):
        generate(documents, model=ExtractiveReader(), n=12, out=tmp_path / "run", batch=shop, batch_every=0.0)
    said: list[str] = []
    run = generate(
        documents,
        model=ExtractiveReader(),
        n=12,
        out=tmp_path / "run",
        batch=shop,
        batch_every=0.0,
        notify=said.append,
    )
    assert any("sent before" in line for line in said)
    assert run.balance.pending == 0
    keys = [request.key for batch in shop.batches.values() for request in batch]
    assert len(keys) == len(set(keys)), "nothing was sent twice"


def test_expired_and_failed_requests_go_out_again_or_fail_with_their_reason(documents):  # noqa: F811
    shop = Shop()
    shop.expire = {1, 2}
    shop.fail = {3: ProviderError("overloaded"), 4: RequestError("too long")}
    run = generate(documents, model=ExtractiveReader(), n=12, batch=shop, batch_every=0.0)
    assert run.balance.failed == 1
    assert run.balance.reasons["RequestError"] == 1
    assert run.balance.pending == 0
    assert len(shop.batches["batch-1"]) >= 3


def test_a_failed_batch_is_an_error_and_the_run_goes_on_later(documents, tmp_path):  # noqa: F811
    shop = Shop()
    shop.poll = lambda batch_id: BatchState("failed", "invalid file")  # type: ignore[method-assign]
    with pytest.raises(ProviderError, match="invalid file"):
        generate(documents, model=ExtractiveReader(), n=4, out=tmp_path / "run", batch=shop, batch_every=0.0)
    run = generate(documents, model=ExtractiveReader(), n=4, out=tmp_path / "run", batch=Shop(), batch_every=0.0)
    assert run.balance.pending == 0


def test_a_model_without_batches_says_so(documents):  # noqa: F811
    with pytest.raises(InputError, match="no batch interface"):
        generate(documents, model=ExtractiveReader(), n=4, batch=True)


def test_a_request_that_never_gets_a_result_is_not_sent_for_ever(documents):  # noqa: F811
    shop = Shop()
    shop.results = lambda batch_id: iter(())  # type: ignore[method-assign]
    with pytest.raises(NoReplyError, match=r"ended without a result of this request \(4x\)"):
        generate(documents, model=ExtractiveReader(), n=4, batch=shop, batch_every=0.0, tries=3)
    assert len(shop.batches) == 3


def test_a_batch_that_was_found_by_a_guess_is_looked_for_again(documents, tmp_path):  # noqa: F811
    """Where the mark of a batch cannot be read while it runs, another one may have been waited for."""
    shop = Shop()
    shop.crash_after_submit = True
    with pytest.raises(KeyboardInterrupt):
        generate(documents, model=ExtractiveReader(), n=12, out=tmp_path / "run", batch=shop, batch_every=0.0)
    shop.batches["foreign"] = []
    guesses = ["foreign", "batch-0"]
    shop.find = lambda name: guesses.pop(0)  # type: ignore[method-assign]
    run = generate(documents, model=ExtractiveReader(), n=12, out=tmp_path / "run", batch=shop, batch_every=0.0)
    assert run.balance.pending == 0
    assert guesses == []
    keys = [request.key for batch in shop.batches.values() for request in batch]
    assert len(keys) == len(set(keys)), "nothing was sent twice"


def test_results_that_break_off_keep_what_came_and_are_read_again(documents):  # noqa: F811
    shop = Shop()
    whole, broken = shop.results, [True, True]

    def results(batch_id):
        for number, row in enumerate(whole(batch_id)):
            if broken and number == 3:
                broken.pop()
                raise ProviderError("the connection broke")
            yield row

    shop.results = results  # type: ignore[method-assign]
    run = generate(documents, model=ExtractiveReader(), n=12, batch=shop, batch_every=0.0)
    assert run.balance.pending == 0
    assert run.balance.failed == 0
    keys = [request.key for batch in shop.batches.values() for request in batch]
    assert len(keys) == len(set(keys))


def test_two_results_of_one_request_count_once(documents):  # noqa: F811
    single = generate(documents, model=ExtractiveReader(), n=12)
    shop = Shop()
    whole = shop.results
    shop.results = lambda batch_id: (row for row in whole(batch_id) for _ in range(2))  # type: ignore[method-assign]
    batched = generate(documents, model=ExtractiveReader(), n=12, batch=shop, batch_every=0.0)
    assert essence(batched) == essence(single)
    assert batched.balance.usage == single.balance.usage
