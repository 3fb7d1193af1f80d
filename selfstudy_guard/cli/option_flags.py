"""Flags of the command line that come from the options' models: name, type, default and help are written once."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

F = TypeVar("F", bound=Callable[..., Any])


def with_flags(*names: str) -> Callable[[F], F]:
    """Give a command that takes `**options` a flag for each of these options of `generate`.

    A flag that is not given is left out of `options`, so that the option's own default holds.

    Args:
        names: names of options whose values are numbers, texts, or yes and no.
    """
    from selfstudy_guard.settings import option_field

    def widened(command: F) -> F:
        signature = inspect.signature(command, eval_str=True)
        own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        made = [_flag(name, option_field(name)) for name in names]

        def call(**given: Any) -> Any:
            unset = [name for name in names if given[name] is None or given[name] is False]
            return command(**{name: value for name, value in given.items() if name not in unset})

        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *made)]
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect's own seam
        call.__annotations__ = {one.name: one.annotation for one in parameters}
        call.__name__, call.__doc__, call.__module__ = command.__name__, command.__doc__, command.__module__
        return call  # type: ignore[return-value]  # the same command with more parameters

    return widened


def _flag(name: str, field: FieldInfo) -> inspect.Parameter:
    """The typer parameter of one option."""
    said = " ".join((field.description or "").split()).partition("; in Python")[0].rstrip(".") + "."
    flag = "--" + name.replace("_", "-")
    kind = _plain(field.annotation)
    if kind is bool:
        option = typer.Option(flag, help=said)
        return inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, option]
        )
    default = field.get_default(call_default_factory=True)
    shown: Any = False if default is None else str(default)
    option = typer.Option(flag, help=said, show_default=shown)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def _plain(annotation: Any) -> Any:
    """int, float, bool or str of a field's annotation; the choices of a Literal are texts, checked by the model."""
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    if get_origin(annotation) is Literal:
        return str
    return annotation if annotation in (int, float, bool) else str
