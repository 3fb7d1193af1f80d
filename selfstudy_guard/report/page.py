"""The page itself: jinja2 with autoescape, one file without network, and a content-security policy by hash."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from selfstudy_guard.display.visible import plain, shorten, visible
from selfstudy_guard.report.view import number, percent, times


@lru_cache(maxsize=4)
def _environment(package: str | None = None) -> jinja2.Environment:
    packages = ([package] if package else []) + ["selfstudy_guard.report"]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(visible=visible, plain=plain, cut=shorten, number=number, percent=percent, times=times)
    return environment


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    """A style sheet or script of ours, as it goes into the page."""
    text = resources.files("selfstudy_guard.report").joinpath("templates", name).read_text("utf-8")
    if "</" in text:  # nothing in our own assets may end their element
        raise AssertionError(f"{name} must not contain '</'")
    return text


def _hash(text: str) -> str:
    """Source expression of the policy for exactly this text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def render(view: Any, template: str = "report.html.j2", *, package: str | None = None) -> str:
    """The whole page as text.

    Args:
        view: what the template shows; it has a title.
        template: name of the template; it extends `base.html.j2`.
        package: whose folder `templates` is searched first, so that other pages share this look.
    """
    style, script = _asset("report.css"), _asset("report.js")
    return (
        _environment(package)
        .get_template(template)
        .render(
            view=view,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )
