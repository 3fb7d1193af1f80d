"""A provider's batch interface through LiteLLM's files and batches: about half the price, answered within a day.

The OpenAI shape: a JSONL file of requests goes up, a batch is made of it, and a file of results comes down. LiteLLM
speaks it with OpenAI, Azure OpenAI, vLLM servers and its own proxy. Anthropic's shape is in `message_batches`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from selfstudy_guard.engine.batch_driver import BatchProvider, BatchState
from selfstudy_guard.engine.provider_codes import held_back
from selfstudy_guard.errors import CompletionError, InputError, ProviderError
from selfstudy_guard.records import Reply, Request, Usage
from selfstudy_guard_litellm.batch_parts import RowError, at_batch_price, check_size, patiently, refusal
from selfstudy_guard_litellm.host import load_litellm
from selfstudy_guard_litellm.translate import translate

if TYPE_CHECKING:
    from selfstudy_guard_litellm.completers import LiteLLMCompleter

T = TypeVar("T")

BATCH_PROVIDERS = frozenset({"openai", "azure", "hosted_vllm", "litellm_proxy"})
"""LiteLLM providers whose batches have the OpenAI shape."""

LARGEST_FILE = 200 * 1024 * 1024
"""Bytes of a batch file that OpenAI takes (its Batch API guide); at most 50,000 requests stand in one."""
MOST_REQUESTS = 50_000

_RUNNING = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_ENDED = frozenset({"completed", "expired", "cancelled"})
_TRANSPORT = tuple("api_key api_base base_url api_version organization timeout extra_headers azure_ad_token".split())
_NOT_SENT = frozenset({*_TRANSPORT, "custom_llm_provider", "num_retries", "max_retries", "model", "messages"})


def batches_of(completer: LiteLLMCompleter) -> BatchProvider:
    """The batch interface of the completer's provider.

    Raises:
        InputError: there is none that is known here.
        CompletionError: LiteLLM does not know the model.
    """
    litellm = load_litellm()
    try:
        provider = litellm.get_llm_provider(
            completer.model, custom_llm_provider=completer.options.get("custom_llm_provider")
        )[1]
    except Exception as error:
        raise translate(litellm, error, completer.model) from error
    if provider == "anthropic":
        from selfstudy_guard_litellm.message_batches import MessageBatches

        return MessageBatches(completer)
    return LiteLLMBatches(completer)


class LiteLLMBatches:
    """The batch interface of one model (`selfstudy_guard.engine.batch_driver.BatchProvider`).

    Batches carry our own name in their metadata, so that one whose id was lost with the process is found again.
    Calls that fail in passing are repeated up to `tries` times; making a batch is only repeated after a look whether
    it arrived, so that nothing is paid for twice.

    Args:
        completer: the model, with its options (`api_base`, `api_key`, `timeout`, `extra_headers` ...).
        tries: most tries of one call.
        longest_wait: seconds between two tries at most.

    Raises:
        InputError: LiteLLM has no batches for this provider.
    """

    def __init__(self, completer: LiteLLMCompleter, *, tries: int = 6, longest_wait: float = 30.0) -> None:
        self._completer = completer
        self._litellm = load_litellm()
        options = completer.options
        try:
            self._model, self._provider, key, base = self._litellm.get_llm_provider(
                completer.model,
                custom_llm_provider=options.get("custom_llm_provider"),
                api_base=options.get("api_base") or options.get("base_url"),
                api_key=options.get("api_key"),
            )
        except Exception as error:
            raise translate(self._litellm, error, completer.model) from error
        if self._provider not in BATCH_PROVIDERS:
            raise InputError(
                f"{completer.model}: LiteLLM cannot make batches of the OpenAI shape with {self._provider} (it can "
                f"with {', '.join(sorted(BATCH_PROVIDERS))}, and anthropic has a shape of its own): leave out the "
                "batch option"
            )
        self._transport = {name: options[name] for name in _TRANSPORT if options.get(name) is not None}
        if "base_url" in self._transport:
            self._transport.setdefault("api_base", self._transport.pop("base_url"))
        for name, value in (("api_key", key), ("api_base", base)):
            if value is not None:
                self._transport.setdefault(name, value)
        self._tries = tries
        self._longest_wait = longest_wait

    def submit(self, name: str, requests: Sequence[Request]) -> str:
        """Upload the requests and make a batch of them.

        Args:
            name: kept in the batch's metadata.
            requests: at most 50,000, and 200 MB as JSON.

        Returns:
            The provider's id of the batch.

        Raises:
            InputError: too many or too large for one batch, or two requests with one key.
            CompletionError: the provider refused, or could not be reached.
        """
        content = b"".join(self._line(request) for request in requests)
        check_size(requests, len(content), most=MOST_REQUESTS, largest=LARGEST_FILE)
        upload = self._patiently(
            partial(self._call, "create_file", file=(f"{name}.jsonl", content), purpose="batch"),
        )
        sent_before = False

        def make() -> str:
            nonlocal sent_before
            if sent_before and (found := self.find(name)) is not None:
                return found
            sent_before = True
            batch = self._call(
                "create_batch",
                completion_window="24h",
                endpoint="/v1/chat/completions",
                input_file_id=upload.id,
                metadata={"name": name},
            )
            return str(batch.id)

        return self._patiently(make)

    def find(self, name: str) -> str | None:
        """The id of the batch whose metadata hold `name`; looks at the provider's latest 2,000 batches."""
        after: str | None = None
        for _ in range(20):
            page = self._patiently(partial(self._call, "list_batches", after=after, limit=100))
            batches = list(getattr(page, "data", None) or ())
            for batch in batches:
                if (getattr(batch, "metadata", None) or {}).get("name") == name:
                    return str(batch.id)
            if not batches or not getattr(page, "has_more", False):
                return None
            after = str(batches[-1].id)
        return None

    def poll(self, batch_id: str) -> BatchState:
        """How the batch stands; raises `CompletionError` when that cannot be learnt."""
        batch = self._patiently(partial(self._call, "retrieve_batch", batch_id=batch_id))
        counts = getattr(batch, "request_counts", None)
        status = str(batch.status)
        detail = status
        if status == "failed":
            reasons = getattr(getattr(batch, "errors", None), "data", None) or ()
            said = "; ".join(dict.fromkeys(str(getattr(reason, "message", "") or "") for reason in reasons))
            detail = " ".join(said.split())[:300] or status
        known = "running" if status in _RUNNING else "ended" if status in _ENDED else "failed"
        return BatchState(
            known,  # type: ignore[arg-type]  # one of the three words
            detail,
            None if counts is None else int(counts.completed or 0) + int(counts.failed or 0),
            None if counts is None else int(counts.total or 0),
        )

    def results(self, batch_id: str) -> Iterator[tuple[str, Reply | CompletionError]]:
        """(request key, reply or error) of every request that ended.

        What expired with the batch comes as a retryable `ProviderError`, and so do lines that cannot be read.
        """
        batch = self._patiently(partial(self._call, "retrieve_batch", batch_id=batch_id))
        for file_id in (getattr(batch, "output_file_id", None), getattr(batch, "error_file_id", None)):
            if not file_id:
                continue
            answer = self._patiently(partial(self._call, "file_content", file_id=file_id))
            # Not splitlines(): an answer may hold line separators of Unicode.
            for line in bytes(answer.content).split(b"\n"):
                if line.strip():
                    yield from self._result(line)

    def _line(self, request: Request) -> bytes:
        arguments = self._completer._arguments(self._litellm, request)
        wanted = {name: value for name, value in arguments.items() if name not in _NOT_SENT}
        # LiteLLM's own translation for this model (max_tokens becomes max_completion_tokens, and so on).
        options = self._litellm.get_optional_params(
            model=self._model, custom_llm_provider=self._provider, drop_params=True, **wanted
        )
        options.pop("max_retries", None)
        body = {"model": self._model, "messages": arguments["messages"], **options}
        line = {"custom_id": request.key, "method": "POST", "url": "/v1/chat/completions", "body": body}
        # ASCII JSON: lone surrogates of a document cannot spoil the file.
        return json.dumps(line).encode("ascii") + b"\n"

    def _result(self, line: bytes) -> Iterator[tuple[str, Reply | CompletionError]]:
        try:
            row = json.loads(line)
            key = str(row["custom_id"])
        except (ValueError, KeyError, TypeError):
            return  # whose result this was cannot be said: the request goes out again as one without a result
        yield key, self._outcome(row)

    def _outcome(self, row: Mapping[str, Any]) -> Reply | CompletionError:
        response = row.get("response")
        if not isinstance(response, Mapping):
            error = row.get("error")
            code = str(error.get("code") if isinstance(error, Mapping) else "no response")
            return ProviderError(f"{self._completer.model}: a request of the batch ended with {code[:80]!r}")
        status = response.get("status_code")
        body = response.get("body")
        if status != 200 or not isinstance(body, Mapping):
            error = body.get("error") if isinstance(body, Mapping) else None
            code = str((error.get("code") or error.get("type") or "") if isinstance(error, Mapping) else "")
            if isinstance(error, Mapping) and self._completer.learns_from(RowError(status, error)):
                return ProviderError(f"{self._completer.model}: refused a parameter, and is asked again without it")
            if isinstance(error, Mapping) and held_back(RowError(status, error)):
                return Reply(
                    text="", finish_reason="content_filter", model=self._completer.model, usage=Usage(cost=0.0)
                )
            # The provider's words are left out, since they may quote the document.
            return refusal(self._completer.model, status, code)
        try:
            reply = self._completer._reply(self._litellm, self._litellm.ModelResponse(**body))
        except CompletionError as error:
            return error
        except Exception as error:
            return ProviderError(f"{self._completer.model}: a result of the batch is unreadable ({error!r:.200})")
        return at_batch_price(self._litellm, self._model, self._provider, reply.bounded())

    def _call(self, function: str, **arguments: Any) -> Any:
        try:
            return getattr(self._litellm, function)(
                custom_llm_provider=self._provider, max_retries=0, **self._transport, **arguments
            )
        except Exception as error:
            translated = translate(self._litellm, error, self._completer.model)
            if translated.status is None and type(error).__module__.partition(".")[0] in ("openai", "httpx"):
                # For files and batches LiteLLM lets the client's own connection errors through.
                translated = ProviderError(str(translated))
            raise translated from error

    def _patiently(self, call: Callable[[], T]) -> T:
        return patiently(call, tries=self._tries, longest_wait=self._longest_wait)
