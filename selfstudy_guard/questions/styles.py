"""The styles a question can be asked in: the factual one and the self-study kinds, each tied to its target."""

from __future__ import annotations

from selfstudy_guard.errors import PromptError
from selfstudy_guard.records import Frozen


class Style(Frozen):
    """One way of asking.

    Attributes:
        name: as in records and on the command line.
        question: whether the text must be a question; the other styles may also be a request ("Summarise ...").
        description: one line for people.
        plain: whether it asks for a fact, so that its answers have a form and must agree with the target word by word.
    """

    name: str
    question: bool
    description: str
    plain: bool = False


_STYLES = (
    Style(
        name="factual", question=True, description="a question with one short answer that the target states", plain=True
    ),
    Style(name="structuring", question=False, description="a request to bring what the target says into a structure"),
    Style(name="summarisation", question=False, description="a request to sum up what the target says"),
    Style(
        name="question",
        question=True,
        description="a question that tests understanding of what the target says",
        plain=True,
    ),
    Style(name="use_case", question=False, description="a practical task of a user that needs what the target says"),
    Style(name="creative", question=False, description="an open or playful request built on what the target says"),
)

STYLES: tuple[str, ...] = tuple(style.name for style in _STYLES)
"""Names of all styles, in the order in which they are drawn."""


def is_plain(name: str) -> bool:
    """Whether a style asks for a fact; one that is not ours (a script's own question) does not count as such."""
    return any(style.plain for style in _STYLES if style.name == name)


def style_named(name: str) -> Style:
    """The style of that name.

    Raises:
        PromptError: there is none; the message lists those that exist.
    """
    for style in _STYLES:
        if style.name == name:
            return style
    raise PromptError(f"no style {name!r}: choose from {', '.join(STYLES)}")
