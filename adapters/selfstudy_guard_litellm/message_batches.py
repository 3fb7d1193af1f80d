"""Anthropic's message batches: about half the price, answered within a day.

LiteLLM 1.106 reads such batches but cannot make them (`create_batch` knows no Anthropic), so this speaks the protocol
itself: one POST with all requests, polling, and a stream of results as JSON lines (Anthropic's API reference, "Message
Batches"). Requests are translated, and messages are read, by LiteLLM's own Anthropic code, so a batch asks for just
what a single call would ask for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import httpx

from selfstudy_guard.engine.batch_driver import BatchState
from selfstudy_guard.errors import CompletionError, InputError, ProviderError
from selfstudy_guard.records import Reply, Request
from selfstudy_guard_litellm import message_api
from selfstudy_guard_litellm.batch_parts import RowError, at_batch_price, check_size, patiently, refusal_by_name
from selfstudy_guard_litellm.host import load_litellm
from selfstudy_guard_litellm.message_api import MessageBatchApi, path_of

if TYPE_CHECKING:
    from selfstudy_guard_litellm.completers import LiteLLMCompleter

T = TypeVar("T")

MOST_REQUESTS = 100_000
"""Requests of one batch; both limits stand in Anthropic's API reference."""
LARGEST_BODY = 256 * 1024 * 1024
"""Bytes of one batch."""
PRICE_SHARE = 0.5
"""Of the price of a single call, which is what Anthropic asks for batches."""

_MARK = 12
_NAME = re.compile(r"-(?P<count>\d+)x(?P<mark>[0-9a-f]{12})[0-9a-f]*$")
_KEY_PARTS = re.compile(r"[A-Za-z0-9]+(?::[A-Za-z0-9]+)*")
_ID_IN_LINE = re.compile(rb'"custom_id"\s*:\s*"([A-Za-z0-9_-]{1,64})"')
_NOT_SENT = frozenset(
    "api_key api_base base_url timeout extra_headers custom_llm_provider num_retries max_retries model messages".split()
)


class MessageBatches:
    """Message batches of one model (`selfstudy_guard.engine.batch_driver.BatchProvider`).

    A message batch carries no name. So each `custom_id` holds the request's key and a mark of the batch's name, by
    which results are known as ours, and by which a batch is found again whose id was lost with the process. As long
    as such a batch runs, its requests cannot be read: then one of the same size is waited for, and looked at when it
    has ended.

    The key is taken from the options or from ANTHROPIC_API_KEY, is sent to no other host than `api_base`, and stands
    in no error.

    Args:
        completer: the model, with its options (`api_base`, `api_key`, `timeout`, `extra_headers` ...).
        tries: most tries of one call.
        longest_wait: seconds between two tries at most.
    """

    def __init__(self, completer: LiteLLMCompleter, *, tries: int = 6, longest_wait: float = 30.0) -> None:
        self._completer = completer
        self._litellm = load_litellm()
        options = completer.options
        self._config: Any = self._litellm.AnthropicConfig()
        self._model, _, key, base = self._litellm.get_llm_provider(
            completer.model,
            custom_llm_provider=options.get("custom_llm_provider"),
            api_base=options.get("api_base") or options.get("base_url"),
            api_key=options.get("api_key"),
        )
        self._api = MessageBatchApi(completer.model, options, key, base)
        self._tries, self._longest_wait = tries, longest_wait

    def submit(self, name: str, requests: Sequence[Request]) -> str:
        """Make a batch of the requests.

        Args:
            name: `selfstudy-guard-COUNTxHEX`, as `run_batches` makes it.
            requests: at most 100,000, and 256 MB as JSON.

        Returns:
            Our id of the batch: the provider's, a colon, and the mark of the name.

        Raises:
            InputError: too many or too large for one batch, or a key that cannot be a `custom_id`.
            CompletionError: the provider refused, or could not be reached.
        """
        mark = _mark(name)
        betas: set[str] = set()
        rows = [self._row(request, mark, betas) for request in requests]
        body = b'{"requests":[' + b",".join(rows) + b"]}"
        del rows
        check_size(requests, len(body), most=MOST_REQUESTS, largest=LARGEST_BODY)
        sent = [message.content for request in requests for message in request.messages]
        sent_before = False

        def make() -> str:
            nonlocal sent_before
            if sent_before and (found := self.find(name)) is not None:
                return found
            sent_before = True
            made = self._api.json("POST", "", body=body, betas=betas, sent=sent)
            return f"{made['id']}:{mark}"

        return self._patiently(make)

    def find(self, name: str) -> str | None:
        """Our id of the batch with `name`, looked for among the latest 2,000: by its mark where it has ended, else
        one of the same size that still runs, which may turn out to be another."""
        match = _NAME.search(name)
        mark, count = _mark(name), int(match["count"]) if match else None
        running: str | None = None
        after = ""
        for _ in range(20):
            page = self._patiently(partial(self._api.json, "GET", f"?limit=100{after}"))
            batches = [batch for batch in page.get("data") or () if isinstance(batch, Mapping)]
            for batch in batches:
                if count is not None and sum(_counts(batch).values()) != count:
                    continue
                if batch.get("processing_status") != "ended":
                    running = str(batch["id"])  # the oldest that runs
                elif not batch.get("archived_at") and self._is_ours(str(batch["id"]), mark):
                    return f"{batch['id']}:{mark}"
            if not batches or not page.get("has_more"):
                break
            after = f"&after_id={quote(str(batches[-1]['id']), safe='')}"
        return f"{running}:{mark}" if running else None

    def poll(self, batch_id: str) -> BatchState:
        """How the batch stands; raises `CompletionError` when that cannot be learnt."""
        try:
            batch = self._patiently(partial(self._api.json, "GET", f"/{path_of(batch_id)}"))
        except CompletionError as error:
            if error.status == 404:
                return BatchState("failed", "the provider does not know it any more")
            raise
        counts = _counts(batch)
        done = sum(counts.values()) - counts.get("processing", 0)
        status = str(batch.get("processing_status"))
        if status != "ended":
            return BatchState("running", status[:80], done, sum(counts.values()))
        if batch.get("archived_at"):
            return BatchState("failed", "its results are kept for 29 days and are gone", done, done)
        return BatchState("ended", status, done, done)

    def results(self, batch_id: str) -> Iterator[tuple[str, Reply | CompletionError]]:
        """(request key, reply or error) of every request of ours that ended, in any order.

        What expired or was cancelled comes as a retryable `ProviderError`, and so do lines that cannot be read.
        """
        mark = batch_id.rpartition(":")[2]
        for line in self._api.lines(batch_id):
            if len(line) > message_api.LONGEST_LINE:
                found = _ID_IN_LINE.search(line[:2_000])
                key = _key(found[1].decode(), mark) if found else None
                if key is not None:
                    yield (
                        key,
                        ProviderError(
                            f"{self._completer.model}: a result has more than {message_api.LONGEST_LINE:,} bytes"
                        ),
                    )
                continue
            try:
                row = json.loads(line)
                key = _key(str(row["custom_id"]), mark)
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # whose result this was cannot be said: the request goes out again as one without a result
            if key is not None:
                yield key, self._outcome(row.get("result"))

    def _row(self, request: Request, mark: str, betas: set[str]) -> bytes:
        arguments = self._completer._arguments(self._litellm, request)
        wanted = {name: value for name, value in arguments.items() if name not in _NOT_SENT}
        options = self._litellm.get_optional_params(
            model=self._model, custom_llm_provider="anthropic", drop_params=True, **wanted
        )
        for name in ("json_mode", "max_retries", "stream"):
            options.pop(name, None)
        # The API refuses stop sequences that are white space alone.
        stops = [text for text in options.pop("stop_sequences", None) or () if text.strip()]
        if stops:
            options["stop_sequences"] = stops
        headers: dict[str, str] = {}
        params = self._config.transform_request(
            model=self._model,
            messages=arguments["messages"],
            optional_params=options,
            litellm_params={},
            headers=headers,
        )
        betas.update(part.strip() for part in headers.get("anthropic-beta", "").split(",") if part.strip())
        # ASCII JSON: lone surrogates of a document cannot spoil the body.
        return json.dumps({"custom_id": _custom_id(request.key, mark), "params": params}).encode("ascii")

    def _outcome(self, result: Any) -> Reply | CompletionError:
        model = self._completer.model
        kind = str(result.get("type")) if isinstance(result, Mapping) else "no result"
        if kind == "errored":
            error = result.get("error")
            inner = error.get("error", error) if isinstance(error, Mapping) else None
            bad = inner if isinstance(inner, Mapping) and inner.get("type") == "invalid_request_error" else None
            if bad is not None and self._completer.learns_from(RowError(400, bad)):
                return ProviderError(f"{model}: refused a parameter, and is asked again without it")
            return refusal_by_name(model, str(inner.get("type") if isinstance(inner, Mapping) else "error"))
        if kind != "succeeded" or not isinstance(result.get("message"), Mapping):
            return ProviderError(f"{model}: a request of the batch ended with {kind[:80]!r}")
        try:
            response = self._config.transform_parsed_response(
                completion_response=dict(result["message"]),
                raw_response=httpx.Response(200),
                model_response=self._litellm.ModelResponse(),
                json_mode=True,  # an answer given as the one tool call of a schema becomes text; others stay
            )
            reply = self._completer._reply(self._litellm, response)
        except CompletionError as error:
            return error
        except Exception as error:
            return ProviderError(f"{model}: a result of the batch is unreadable ({type(error).__name__})")
        return at_batch_price(self._litellm, self._model, "anthropic", reply.bounded(), share=PRICE_SHARE)

    def _is_ours(self, provider_id: str, mark: str) -> bool:
        def look() -> bool:
            for line in self._api.lines(provider_id):
                found = _ID_IN_LINE.search(line[:2_000])
                return found is not None and found[1].decode().endswith(f"-{mark}")
            return False

        return self._patiently(look)

    def _patiently(self, call: Callable[[], T]) -> T:
        return patiently(call, tries=self._tries, longest_wait=self._longest_wait)


def _mark(name: str) -> str:
    match = _NAME.search(name)
    return match["mark"] if match else re.sub(r"[^A-Za-z0-9]", "", name)[-_MARK:]


def _custom_id(key: str, mark: str) -> str:
    """The API takes letters, digits, `_` and `-`, at most 64 of them."""
    custom_id = f"{key.replace(':', '_')}-{mark}"
    if not _KEY_PARTS.fullmatch(key) or len(custom_id) > 64:
        raise InputError(f"the request key {key[:80]!r} cannot stand in a message batch")
    return custom_id


def _key(custom_id: str, mark: str) -> str | None:
    """The key in one of our ids; None for an id of somebody else."""
    return custom_id.removesuffix(f"-{mark}").replace("_", ":") if custom_id.endswith(f"-{mark}") else None


def _counts(batch: Mapping[str, Any]) -> dict[str, int]:
    counts = batch.get("request_counts")
    return {name: n for name, n in counts.items() if isinstance(n, int)} if isinstance(counts, Mapping) else {}
