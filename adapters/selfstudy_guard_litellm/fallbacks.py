"""Fallbacks of LiteLLM: a guarded model whose stand-in is bare is refused before the first call.

LiteLLM calls the models of a fallback list, and the deployments of a router's group, by itself and behind the guard's
back: one bare name among them would be sent the raw document when the guarded one is down, or when the guard refuses.
LiteLLM offers no hook at that point, so its functions that walk such lists are replaced by ones that look first.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from selfstudy_guard_litellm.calls import WRAPPED
from selfstudy_guard_litellm.host import load_litellm

litellm = load_litellm()

_LISTS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
_ENDPOINTS = (*WRAPPED, "aanthropic_messages", "generate_content", "agenerate_content")
"""Methods of a router that carry text, where no one function leads to its fallbacks."""
_LOOKS = "__selfstudy_guard_looks__"


def look_before_fallbacks(is_guarded: Callable[[str], bool], refused: Callable[[str, str], Exception]) -> None:
    """Make LiteLLM look at its fallbacks first; doing it again changes nothing.

    Args:
        is_guarded: whether a model string goes through the guard.
        refused: makes the error from a message and the model's name.
    """
    main: Any = import_module("litellm.main")

    def refuse(bare: Iterable[str], model: str) -> None:
        for name in bare:
            message = (
                f"the guarded model {model!r} can be replaced by {name!r}, which no guard stands before: nothing was "
                f"sent. Give every fallback and every deployment of a group a guarded name, guard/{name}"
            )
            raise refused(message, model)

    def look(call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def looking(**given: Any) -> Any:
            model, inner = str(given.get("model")), given.get("kwargs") or {}
            if is_guarded(model):
                refuse((n for n in _names(inner.get("fallbacks") or ()) if not is_guarded(n)), model)
            return call(**given)

        setattr(looking, _LOOKS, True)
        return looking

    for name in ("completion_with_fallbacks", "async_completion_with_fallbacks"):
        if not hasattr(getattr(main, name), _LOOKS):
            setattr(main, name, look(getattr(main, name)))

    # One function leads to all fallbacks of a router until LiteLLM 1.109; after that each endpoint is looked at.
    funnel = "async_function_with_fallbacks"
    for name in (funnel,) if hasattr(litellm.Router, funnel) else _ENDPOINTS:
        routed = getattr(litellm.Router, name, None)
        if routed is not None and not hasattr(routed, _LOOKS):
            setattr(litellm.Router, name, _looking(routed, is_guarded, refuse))


def _looking(
    routed: Callable[..., Any], is_guarded: Callable[[str], bool], refuse: Callable[[Iterable[str], str], None]
) -> Callable[..., Any]:
    """A method of a router that looks at what it could reach, and then does what it did."""

    @functools.wraps(routed)
    def looking(self: Any, *args: Any, **given: Any) -> Any:
        model = str(given.get("model") or next(iter(args), None))
        reached = list(_reached(self, model, given))
        if any(map(is_guarded, reached)):
            refuse((name for name in reached if not is_guarded(name)), model)
        return routed(self, *args, **given)

    setattr(looking, _LOOKS, True)
    return looking


def _names(fallbacks: Iterable[Any]) -> Iterator[str]:
    for one in fallbacks:
        name = one.get("model") if isinstance(one, Mapping) else one
        if isinstance(name, str):
            yield name


def _reached(router: Any, group: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Model strings of every deployment that a call of a group may end at."""
    settings = router.settings() if callable(getattr(router, "settings", None)) else router  # since LiteLLM 1.110
    waiting, seen = [group], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        deployments = [one for one in router.model_list if one.get("model_name") == name]
        yield from (str(one["litellm_params"]["model"]) for one in deployments)
        if not deployments:
            yield name
        for kind in _LISTS:
            listed = given[kind] if kind in given else getattr(settings, kind, None)
            for one in listed or ():
                if isinstance(one, Mapping) and "model" not in one:
                    waiting += [*_names(one.get(name, ())), *_names(one.get("*", ()))]
                else:
                    waiting += _names([one])
