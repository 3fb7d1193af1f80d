"""What a step of a chain visibly reaches: a model, or a package that can call one. An early and kind look, no proof.

It looks into closures, globals, defaults, imports inside functions, bound objects, instances (also with slots),
classes, containers and partials, and gives up after a few thousand values. What it does not find is
decided at run time.
"""

from __future__ import annotations

import dis
import functools
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from langchain_core.language_models import BaseLanguageModel
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.runnables.base import RunnableGenerator
from pydantic import BaseModel

_CLIENTS = frozenset(
    {
        "litellm",
        "openai",
        "anthropic",
        "google",
        "mistralai",
        "ollama",
        "cohere",
        "groq",
        "together",
        "replicate",
        "boto3",
        "vertexai",
        "huggingface_hub",
        "transformers",
        "vllm",
        "llama_cpp",
        "xllamacpp",
        "dashscope",
        "httpx",
        "requests",
        "aiohttp",
        "urllib",
        "urllib3",
        "http",
    }
)
"""Packages that can call a model without LangChain; a function that reaches one of them cannot be proved guarded."""

_LOOKED_AT = 4000
"""Most values that one step is looked at for."""

_BUILDERS = ("Chat", "init_chat_model")
"""Names that LangChain's packages give to what makes a model, or how these names begin."""


def hidden(step: Any, *, models: bool = True) -> str | None:
    """Name of a model, or of a package that can call one, that `step` reaches; None if none was seen.

    Args:
        step: a runnable or function.
        models: False looks past LangChain's models, for where their calls are led through a guard.
    """
    seen: set[int] = set()
    waiting: list[Any] = [step]
    while waiting and len(seen) < _LOOKED_AT:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if getattr(value, "__selfstudy_guard__", False) is True:
            continue
        is_model, name = _model_or_client(value)
        if is_model and not models:
            continue
        if name is not None and (models or not name.startswith("langchain")):
            return name
        waiting.extend(_within(value))
    return None


def _model_or_client(value: Any) -> tuple[bool, str | None]:
    """Whether `value` is a model of LangChain's (or makes one), and its name if it is that or a client."""
    if isinstance(value, BaseLanguageModel):
        return True, f"the model {type(value).__name__}"
    if isinstance(value, type):
        is_model = _is_model_class(value)
        return is_model, f"the model class {value.__name__}" if is_model else _client(value, value.__name__)
    if inspect.isfunction(value):
        if value.__module__ == "langchain.chat_models.base" and value.__name__ == "init_chat_model":
            return True, "init_chat_model"
        makes = None
        for name in _imported_in(value):
            package = name.partition(".")[0]
            if package in _CLIENTS:
                return False, f"{name} (imported inside)"
            if name.rpartition(".")[2].startswith(_BUILDERS) and package.startswith("langchain"):
                makes = f"{name} (imported inside)"
        return False, makes
    return False, _client(value, getattr(value, "__name__", None) or type(value).__name__)


def _is_model_class(value: type) -> bool:
    return issubclass(value, BaseLanguageModel) and not value.__module__.startswith("langchain_core.")


def _client(value: Any, name: str) -> str | None:
    module = value.__name__ if inspect.ismodule(value) else getattr(value, "__module__", None) or type(value).__module__
    package = str(module).partition(".")[0]
    return f"{package} (as {name})" if package in _CLIENTS else None


def _within(value: Any) -> Iterable[Any]:
    """What `value` holds."""
    if isinstance(value, str | bytes | int | float | bool | None | type) or inspect.ismodule(value):
        return ()
    if inspect.isfunction(value) or inspect.ismethod(value):
        return _in_function(value)
    if isinstance(value, RunnableLambda | RunnableGenerator | RunnablePassthrough):
        return [getattr(value, field, None) for field in ("func", "afunc", "_transform", "_atransform")]
    if isinstance(value, functools.partial):
        return (value.func, *value.args, *value.keywords.values())
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if type(value).__module__.partition(".")[0] in sys.stdlib_module_names:
        return ()
    fields = type(value).model_fields if isinstance(value, BaseModel) else ()
    slots = [name for kind in type(value).__mro__ for name in _slots(kind)]
    own = list(getattr(value, "__dict__", {}).values())
    called = [type(value).__call__] if inspect.isfunction(getattr(type(value), "__call__", None)) else []  # noqa: B004
    return [*own, *(getattr(value, name, None) for name in (*fields, *slots)), *called]


def _slots(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _in_function(function: Any) -> Iterator[Any]:
    """What a function's code can reach: closure, globals, defaults, the object it is bound to."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not inspect.ismodule(owner):
        yield owner
    plain = inspect.unwrap(getattr(function, "__func__", function))
    if not inspect.isfunction(plain):
        return
    try:
        reached = inspect.getclosurevars(plain)
    except ValueError:  # a cell that is not filled yet
        return
    yield plain
    yield from reached.nonlocals.values()
    yield from reached.globals.values()
    yield from plain.__defaults__ or ()
    yield from (plain.__kwdefaults__ or {}).values()


def _imported_in(function: Any) -> list[str]:
    """Modules, and names of modules, that a function's own code imports."""
    found, module = [], ""
    for step in dis.get_instructions(function):
        if step.opname == "IMPORT_NAME":
            module = str(step.argval)
            found.append(module)
        elif step.opname == "IMPORT_FROM":
            found.append(f"{module}.{step.argval}")
    return found
