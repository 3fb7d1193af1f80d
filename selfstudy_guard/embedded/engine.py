"""A GGUF model in this process, through the llama.cpp bindings of xllamacpp, as a sync and async completer."""

from __future__ import annotations

import asyncio
import os
import queue
import secrets
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from selfstudy_guard.embedded.memory import available_memory
from selfstudy_guard.embedded.translate import chat_body, chat_piece, chat_reply
from selfstudy_guard.errors import (
    EmbeddedModelError,
    MissingExtraError,
    ProviderError,
)
from selfstudy_guard.records import Reply, Request

_PROMPT_CACHE_MIB = 256
"""How much memory llama.cpp may use to keep prompts that take turns (question and answer) from being read again."""
_KV_BYTES_PER_TOKEN = 1 << 17
"""An upper estimate for models of up to 8 billion parameters; the built-in one needs 23 KB."""
_LONGEST_CONTEXT = 8192
_LONGEST_SOCKET = 100
"""Bytes that the name of a socket may have (the systems allow 104 to 108)."""


class Engine:
    """One loaded model. Calls take turns, since llama.cpp uses all its threads for one.

    Args:
        path: the GGUF file.
        threads: threads that compute.
        context_tokens: tokens of prompt and reply together; 0 for 8192.

    Raises:
        MissingExtraError: xllamacpp is not installed.
        EmbeddedModelError: unsupported platform, not enough memory, or a file that llama.cpp cannot read.
    """

    def __init__(self, path: Path, threads: int, context_tokens: int) -> None:
        bindings = _bindings()
        _check_memory(path, context_tokens)
        parameters = bindings.CommonParams()
        parameters.model.path = str(path)
        parameters.n_ctx = context_tokens or _LONGEST_CONTEXT
        parameters.n_parallel = 1
        parameters.n_gpu_layers = 0
        parameters.cpuparams.n_threads = threads
        parameters.cpuparams_batch.n_threads = threads
        parameters.cache_ram_mib = _PROMPT_CACHE_MIB
        parameters.verbosity = -1
        parameters.endpoint_slots = False
        parameters.ui = False
        # The bindings always listen somewhere: on a socket that only this user can open, or on loopback with a key
        # that nobody knows. All calls of this process go past both.
        parameters.api_keys = [secrets.token_hex(32)]
        self._folder = tempfile.TemporaryDirectory(prefix="selfstudy-guard-") if sys.platform != "win32" else None
        socket = str(Path(self._folder.name) / "model.sock") if self._folder else ""
        usable = 0 < len(os.fsencode(socket)) < _LONGEST_SOCKET
        parameters.hostnames = [socket if usable else "127.0.0.1"]
        try:
            self._server: Any = bindings.Server(parameters)
        except RuntimeError as error:
            raise EmbeddedModelError(
                f"llama.cpp cannot load {path}: {error} (a damaged file, an architecture newer than the installed "
                "xllamacpp, or too little memory)"
            ) from error
        self._lock = threading.Lock()

    def chat(self, body: dict[str, Any]) -> Any:
        """One chat completion in OpenAI's format; llama.cpp's own answer."""
        with self._lock:
            if self._server is None:
                raise ProviderError("the local model was closed", retryable=False)
            return self._server.handle_chat_completions(body)

    def chat_stream(self, body: dict[str, Any], take: Callable[[Any], bool]) -> None:
        """One chat completion, piece by piece; `take` gets each piece and returns true to stop."""
        with self._lock:
            if self._server is None:
                raise ProviderError("the local model was closed", retryable=False)
            self._server.handle_chat_completions(body | {"stream": True}, take)

    def close(self) -> None:
        """Free the model after the call in flight; calling it twice does no harm."""
        with self._lock:
            self._server = None
            if self._folder is not None:
                self._folder.cleanup()


_loaded: weakref.WeakValueDictionary[tuple[str, int, int, int], Engine] = weakref.WeakValueDictionary()
"""Models loaded by this process, so that two completers of one file share it; freed with its last completer."""
_loading = threading.Lock()


def shared_engine(path: Path, threads: int, context_tokens: int) -> Engine:
    """The engine for a file: the one that is loaded already, or a new one."""
    key = (str(path), threads, context_tokens, os.getpid())
    with _loading:
        engine = _loaded.get(key)
        if engine is None:
            engine = Engine(path, threads, context_tokens)
            _loaded[key] = engine
        return engine


class LlamaCompleter:
    """A local model as `Completer` and `AsyncCompleter`; loaded at the first call, picklable before and after.

    Args:
        locate: gives the path of the GGUF file; may fetch it.
        model: the model string.
        reported: name that replies carry.
        threads: threads that compute; by default cores - 1, since a spinning thread on a busy core starves the others.
        context_tokens: tokens of prompt and reply together; 0 for 8192.
    """

    prompts = "small"
    """Name of the built-in prompts that suit it."""
    max_concurrency = 1
    """llama.cpp uses all its threads for one request, so more in flight would only wait."""

    def __init__(
        self,
        locate: Callable[[], Path],
        *,
        model: str,
        reported: str,
        threads: int | None = None,
        context_tokens: int = 4096,
    ) -> None:
        _bindings()
        self.model = model
        self.reported = reported
        self.threads: int = threads or max(1, usable_cores() - 1)
        self.context_tokens = context_tokens
        self._locate = locate
        self._engine: Engine | None = None
        self._engine_of = 0
        self._executor: ThreadPoolExecutor | None = None

    def load(self) -> None:
        """Fetch, verify and load the model now instead of at the first call.

        Raises:
            EmbeddedModelError: it cannot be fetched, verified or loaded.
        """
        self._loaded_engine()

    def complete(self, request: Request) -> Reply:
        """Send `request`.

        Raises:
            RequestError: the prompt is longer than the model reads.
            ProviderError: llama.cpp refused or broke.
            EmbeddedModelError: the model cannot be fetched, verified or loaded.
        """
        return chat_reply(self._loaded_engine().chat(chat_body(request)), self.reported)

    def stream(self, request: Request) -> Iterator[Reply]:
        """The reply in pieces as they are computed; the last piece is empty and carries finish reason and usage.

        Raises:
            RequestError, ProviderError, EmbeddedModelError: as `complete`.
        """
        engine = self._loaded_engine()
        pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
        left = threading.Event()

        def take(piece: Any) -> bool:
            pieces.put(piece)
            return left.is_set()

        def work() -> None:
            try:
                engine.chat_stream(chat_body(request), take)
                pieces.put(None)
            except Exception as error:
                pieces.put(error)

        threading.Thread(target=work, name="selfstudy-guard-stream", daemon=True).start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                yield chat_piece(piece, self.reported)
        finally:
            left.set()  # a reader that leaves early must not keep the model busy

    async def acomplete(self, request: Request) -> Reply:
        """The same, computed in a thread so that the event loop stays free.

        Raises:
            RequestError, ProviderError, EmbeddedModelError: as `complete`.
        """
        if self._executor is None:
            # One thread: calls take turns anyway, and waiting ones must not fill the loop's own pool.
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="selfstudy-guard-model")
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.complete, request)

    def close(self) -> None:
        """Let go of the model; it is freed when no other completer uses it, and loaded again by the next call."""
        self._engine = None
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None

    def __enter__(self) -> LlamaCompleter:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_engine": None, "_engine_of": 0, "_executor": None}

    def _loaded_engine(self) -> Engine:
        # A forked child has the object but not the threads of llama.cpp: it loads its own.
        if self._engine is None or self._engine_of != os.getpid():
            self._engine = shared_engine(self._locate(), self.threads, self.context_tokens)
            self._engine_of = os.getpid()
        return self._engine


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _bindings() -> Any:
    try:
        import xllamacpp
    except ModuleNotFoundError as error:
        if error.name == "xllamacpp":
            raise MissingExtraError("the built-in model (and local GGUF files)", "embedded") from error
        raise EmbeddedModelError(f"xllamacpp is installed but incomplete: {error}") from error
    except (ImportError, OSError) as error:
        raise EmbeddedModelError(
            f"xllamacpp cannot run on this platform ({sys.platform}): {error}; name another model with model=..."
        ) from error
    return xllamacpp


def _check_memory(path: Path, context_tokens: int) -> None:
    """llama.cpp ends the whole process when memory runs out, so this must be known before."""
    free = available_memory()
    if free is None:
        return
    size = path.stat().st_size
    per_token = min(_KV_BYTES_PER_TOKEN, max(1 << 15, size // 30_000))
    needed = size + (context_tokens or _LONGEST_CONTEXT) * per_token + 150 * (1 << 20)
    if free < needed:
        raise EmbeddedModelError(
            f"not enough memory for {path.name}: about {needed >> 20} MB needed, {free >> 20} MB available; "
            "close something, give a smaller context_tokens, or name another model with model=..."
        )
