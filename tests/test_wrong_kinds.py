"""Values of a wrong kind, for every argument of the entry points: told in our words, at once, and nothing is left."""

from __future__ import annotations

import inspect
import math
import time
import warnings

import pytest

from selfstudy_guard import CoverageTracker, Document, Guard, TargetSampler, generate
from selfstudy_guard.audit.runner import run_audit
from selfstudy_guard.documents import read_documents
from selfstudy_guard.errors import InputError, SelfStudyGuardError
from selfstudy_guard.export import export_records
from selfstudy_guard.imported import read_pairs
from selfstudy_guard.testing import ExtractiveReader

PAGE = Document(
    id="mill.md", text="# Mill\n\nThe mill was built in 1912 by two brothers. The wheel was renewed in 1950."
)
VALUES = ["yes", "", 0, -1, 1.5, math.nan, True, None, [], {}, object(), len, "5", (1, 2)]
FREE = {
    "model",
    "judge",
    "progress",
    "notify",
    "on_record",
    "model_options",
    "batch",
    "rate",
    "hops",
    "requests_per_minute",
    "tokens_per_minute",
}
"""Arguments that take models, callables or a slow pace, so that many of the values are right."""


def _generate(out, given):
    generate([PAGE], **{"model": ExtractiveReader(), "n": 1, "out": out} | given).close()


def _guard(out, given):
    Guard([PAGE], **{"out": out} | given).close()


def _wrapped(purpose):
    def call(out, given):
        with Guard([PAGE]) as guard:
            getattr(guard, purpose)(lambda messages: "", **given)

    return call


def _sampler(out, given):
    TargetSampler([PAGE], **given).plan(1)


ENTRIES = {
    "generate": (_generate, [name for name in inspect.signature(generate).parameters if name != "documents"]),
    "Guard": (_guard, [name for name in inspect.signature(Guard).parameters if name != "documents"]),
    "asking": (_wrapped("asking"), ["style", "reader"]),
    "generating": (_wrapped("generating"), ["style", "reader", "per_call"]),
    "either": (_wrapped("either"), ["style", "reader", "per_call"]),
    "TargetSampler": (_sampler, ["distinct", "skip_own_pairs"]),
}
CASES = [(entry, name) for entry, (_, names) in ENTRIES.items() for name in names if name not in FREE]


@pytest.mark.parametrize(("entry", "name"), CASES, ids=["-".join(case) for case in CASES])
def test_a_wrong_kind_of_value_is_told_in_our_words_at_once_and_leaves_nothing(tmp_path, monkeypatch, entry, name):
    monkeypatch.chdir(tmp_path)
    call, _ = ENTRIES[entry]
    for value in VALUES:
        out = tmp_path / "runs" / f"{VALUES.index(value) if value is not True else 'yes'}"
        begun = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                call(out, {name: value})
        except SelfStudyGuardError:
            assert time.process_time() - begun < 1.0, value
            assert not out.exists(), value


FLAGS = {
    "generate": (_generate, ["question_in_view", "skip_own_pairs", "strict", "accept_changes"]),
    "Guard": (_guard, ["question_in_view", "skip_own_pairs"]),
    "TargetSampler": (_sampler, ["distinct", "skip_own_pairs"]),
    "read_documents": (lambda out, given: read_documents([], **given), ["strict", "keep_equal"]),
    "read_pairs": (lambda out, given: list(read_pairs([], **given)), ["strict"]),
    "export_records": (lambda out, given: export_records([], "openai", out, **given), ["with_evidence", "sidecar"]),
    "run_audit": (
        lambda out, given: run_audit([ExtractiveReader()], [PAGE], out=out, **given),
        ["quick", "close", "with_bound"],
    ),
}


@pytest.mark.parametrize("entry", FLAGS)
def test_a_flag_is_true_or_false_and_nothing_else(tmp_path, entry):
    call, names = FLAGS[entry]
    for name in names:
        for value in ("yes", "no", "false", "", 0, 1, None, [], 1.0):
            with pytest.raises(InputError, match=f"{name}.* must be True or False"):
                call(tmp_path / "runs" / "a", {name: value})
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["window", "tries", "per_call", "concurrency", "max_cost", "withhold", "min_score"])
def test_true_is_no_number(name):
    with pytest.raises(InputError, match=f"{name}: must be a number"):
        generate([PAGE], model=ExtractiveReader(), **{name: True})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"text": "x"}, r"needs an id.*Document\.from_text"),
        ({"id": "a"}, "'a' needs a text"),
        ({}, "needs an id"),
        ({"id": "", "text": "x"}, "id of a Document must be a text of at least one character, not ''"),
        ({"id": 3, "text": "x"}, "not 3"),
        ({"id": "a", "text": None}, "text of a Document must be a str, not NoneType"),
        ({"id": "a", "text": b"\xff"}, "text of a Document must be a str, not bytes"),
        ({"id": "a", "text": "x", "metadata": "m"}, "metadata of a Document must be a mapping"),
        ({"id": "a", "text": "x", "media_type": 3}, "media_type"),
        ({"id": "a", "content": "x"}, r"no 'content', only id, text.*did you mean text\?"),
        ({"page_content": "x", "metadata": {}}, r"did you mean text\?"),
        ({"doc_id": "a", "text": "x"}, r"did you mean id\?"),
        ({"id": "a", "text": "x", "metdata": {}}, r"did you mean metadata\?"),
        ({"id": "a", "text": "x", "zebra": 1}, "no 'zebra'"),
    ],
)
def test_a_document_says_what_it_needs(given, message):
    with pytest.raises(InputError, match=message) as told:
        Document(**given)
    assert "validation error" not in str(told.value)


def test_a_document_without_names_says_so_and_a_good_one_is_as_before():
    with pytest.raises(InputError, match="by name"):
        Document("some text")  # type: ignore[misc]
    assert Document.model_validate_json(PAGE.model_dump_json()) == PAGE
    assert PAGE.model_copy(update={"text": "x"}).digest == Document(id="y", text="x").digest
    assert CoverageTracker([PAGE]).coverage == 0
