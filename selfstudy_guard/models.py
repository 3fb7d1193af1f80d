"""From what a user names as model to a completer: entry points for strings, duck typing for objects.

A model string is `PREFIX` or `PREFIX:REST` where PREFIX is an entry point of the group `selfstudy_guard.completers`
(`embedded`, `gguf:PATH` ...); `python:MODULE:ATTRIBUTE` imports an object; every other string goes to LiteLLM.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from selfstudy_guard.errors import InputError, ProviderError
from selfstudy_guard.protocols import AsyncCompleter, Completer
from selfstudy_guard.records import Reply, Request, Usage

GROUP = "selfstudy_guard.completers"
DEFAULT_MODEL = "embedded"


class FunctionCompleter:
    """A plain function as a model.

    Args:
        function: takes a list of `{"role", "content"}` messages, returns the reply as str or `Reply`.
    """

    def __init__(self, function: Callable[[list[dict[str, str]]], str | Reply]) -> None:
        self._function = function
        self.model = getattr(function, "__qualname__", type(function).__name__)

    def complete(self, request: Request) -> Reply:
        """Call the function; whatever it raises is a failed call.

        Raises:
            ProviderError: with the function's own error as its cause.
        """
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        try:
            value = self._function(messages)
        except Exception as error:
            raise ProviderError(f"{self.model} raised {type(error).__name__}: {error}", retryable=False) from error
        return as_reply(value, self.model)


class AsyncFunctionCompleter:
    """The same for a coroutine function."""

    def __init__(self, function: Callable[[list[dict[str, str]]], Any]) -> None:
        self._function = function
        self.model = getattr(function, "__qualname__", type(function).__name__)

    async def acomplete(self, request: Request) -> Reply:
        """Await the function; whatever it raises is a failed call.

        Raises:
            ProviderError: with the function's own error as its cause.
        """
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        try:
            value = await self._function(messages)
        except Exception as error:
            raise ProviderError(f"{self.model} raised {type(error).__name__}: {error}", retryable=False) from error
        return as_reply(value, self.model)


def as_reply(value: str | Reply, model: str) -> Reply:
    """A function's return value as a reply; a bare string costs nothing."""
    if isinstance(value, Reply):
        return value
    if isinstance(value, str):
        return Reply(text=value, model=model, usage=Usage(cost=0.0))
    raise ProviderError(
        f"{model} returned {type(value).__name__}; a model function returns str or Reply", retryable=False
    )


def resolve_model(model: Any = None, **options: Any) -> Completer | AsyncCompleter:
    """The completer for what a user named as model.

    Args:
        model: a model string, a completer, a chat model of a host whose adapter is installed, or a function of
            messages; None for the built-in model.
        **options: handed to the factory of a model string (`api_base`, `temperature` ...).

    Raises:
        InputError: nothing can be made of `model`.
        MissingExtraError: its host is not installed.
    """
    if model is None:
        model = DEFAULT_MODEL
    if isinstance(model, str):
        return _from_string(model, options)
    if isinstance(model, Completer | AsyncCompleter):
        return model
    factory = _factory_for_object(model)
    if factory is not None:
        return _checked(factory(model, **options), repr(type(model)))
    if inspect.iscoroutinefunction(model) or inspect.iscoroutinefunction(getattr(model, "__call__", None)):  # noqa: B004
        return AsyncFunctionCompleter(model)
    if callable(model):
        return FunctionCompleter(model)
    raise InputError(
        f"cannot use {type(model).__name__} as a model: give a model string, an object with complete() or acomplete(), "
        "a LangChain chat model, or a function that takes messages and returns a str"
    )


def model_name(model: Any) -> str:
    """How a model is named in the ledger: its string, or its own `model` attribute, or its type."""
    if model is None:
        return DEFAULT_MODEL
    if isinstance(model, str):
        return model
    for attribute in ("model", "model_name", "__qualname__"):
        name = getattr(model, attribute, None)
        if isinstance(name, str) and name:
            return name
    return type(model).__name__


def _from_string(model: str, options: dict[str, Any]) -> Completer | AsyncCompleter:
    prefix, _, rest = model.partition(":")
    if not model.strip():
        raise InputError("the model string is empty: name a model, or leave it out for the built-in one")
    if prefix == "python":
        return resolve_model(_imported(rest), **options)
    known = {entry.name: entry for entry in entry_points(group=GROUP)}
    close = difflib.get_close_matches(prefix, known, 1, 0.75)
    if prefix not in known and close and "/" not in prefix:
        raise InputError(f"no model {model!r}: did you mean {close[0]}{model[len(prefix) :]}?")
    entry = known.get(prefix) or known.get("litellm")
    if entry is None:
        raise InputError(f"no adapter for model {model!r}: known prefixes are {', '.join(sorted(known)) or 'none'}")
    return _checked(entry.load()(model, **options), model)


def _imported(path: str) -> Any:
    module, _, attribute = path.partition(":")
    if not module or not attribute:
        raise InputError(f"cannot read python:{path}: write python:MODULE:ATTRIBUTE")
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)  # a command's own folder is searched otherwise, and not the user's; last of all
    try:
        value = importlib.import_module(module)
        for name in attribute.split("."):
            value = getattr(value, name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"cannot import python:{path}: {error}") from error
    if isinstance(value, type):
        return value()
    return value


def _factory_for_object(model: Any) -> Callable[..., Any] | None:
    """An entry point is also named after the package of a host, so that its objects are recognised by their class."""
    packages = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    entry: EntryPoint
    for entry in entry_points(group=GROUP):
        if entry.name in packages:
            factory: Callable[..., Any] = entry.load()
            return factory
    return None


def _checked(completer: Any, name: str) -> Completer | AsyncCompleter:
    if not isinstance(completer, Completer | AsyncCompleter):
        raise InputError(f"the adapter for {name} returned {type(completer).__name__}, which has no complete()")
    return completer
