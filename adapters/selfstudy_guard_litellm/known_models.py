"""Whether LiteLLM knows who serves a model, said before any work begins and mostly without importing it.

LiteLLM takes seconds to import. Its list of providers and its price table are files that can be read without that.
"""

from __future__ import annotations

import ast
import difflib
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from selfstudy_guard.errors import InputError
from selfstudy_guard_litellm.host import load_litellm, require

_ADDRESSED = ("api_base", "base_url", "custom_llm_provider")
"""Options that say where a request goes, whatever the model is called."""


def check_model(model: str, options: Mapping[str, Any]) -> None:
    """Refuse a model string for which LiteLLM has no provider.

    Args:
        model: a LiteLLM model string.
        options: further arguments of the call; with an address or a provider of its own, any name may be right.

    Raises:
        InputError: says how model strings read, and which provider may be meant.
        MissingExtraError: LiteLLM is not installed.
    """
    require()
    if any(options.get(name) for name in _ADDRESSED):
        return
    prefix, slash, _ = model.partition("/")
    providers = _providers()
    if (slash and prefix in providers) or model in _priced():
        return
    if "litellm" in sys.modules or not (slash and providers):
        # What was registered while the program runs, names without a provider, and lists that read otherwise one day.
        litellm = load_litellm()
        litellm.suppress_debug_info = True
        own = [one["provider"] for one in litellm.custom_provider_map]  # LiteLLM looks at them when it is called
        if prefix in own or model in litellm.model_alias_map:
            return
        # It raises a BadRequestError, or what its tables make of an odd name.
        with suppress(Exception):
            litellm.get_llm_provider(model)
            return
    raise InputError(_refused(model, prefix if slash else "", providers))


def _refused(model: str, prefix: str, providers: frozenset[str]) -> str:
    said = f"LiteLLM knows no provider for the model {model!r}: write PROVIDER/MODEL, such as openai/gpt-4o-mini"
    close = difflib.get_close_matches(prefix, providers, 1, 0.7) if prefix else []
    if close:
        return f"{said} (did you mean {close[0]}{model[len(prefix) :]}?)"
    return f"{said}; for a server of your own name it, as in openai/{model}, and its address: api_base=URL"


@cache
def _providers() -> frozenset[str]:
    """Values of LiteLLM's own enumeration of providers; empty where it cannot be found."""
    try:
        tree = ast.parse((_home() / "types" / "utils.py").read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    named = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "LlmProviders"]
    values = [line.value for node in named for line in node.body if isinstance(line, ast.Assign)]
    return frozenset(one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str))


@cache
def _priced() -> frozenset[str]:
    """Names in LiteLLM's price table, with and without their provider."""
    try:
        table = json.loads((_home() / "model_prices_and_context_window_backup.json").read_text("utf-8"))
    except (OSError, ValueError):
        return frozenset()
    return frozenset(table) | {name.partition("/")[2] for name in table}


def _home() -> Path:
    found = find_spec("litellm")
    return Path((found.submodule_search_locations or ["."])[0] if found is not None else ".")
