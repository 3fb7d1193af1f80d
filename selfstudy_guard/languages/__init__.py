"""Words of the sixteen languages of the project, as data: one file a language, which a native speaker can review.

A file `<code>.toml` holds lists of words and phrases by section. They are matched without regard to case, as whole
words; a phrase is written as people write it, with single spaces. What a section is for:

- `question_labels`, `answer_labels`: what stands before a question or an answer ("Question:"), also as a JSON key,
  a column or a tag; the first is the usual one.
- `question_words`: words that open a question.
- `question_nouns`, `order_verbs`: a verb and a noun that together order a question ("write", "question").
- `example_labels`: what stands before an example in a prompt ("Example:").
- `passage_leads`: phrases that point at the text that lies before the model ("according to the passage").
- `prompt_words`: words in which a prompt speaks of its task and of the text that it holds ("language model").
- `refusals`: how a model begins to decline.
- `unanswerable`: how a model says that the text does not tell.
- `openers`, `closers`: small talk before and after an answer ("Sure", "Let me know if").
- `set_closers`: how a line behind the last pair begins that speaks of the questions ("These questions cover").
- `aside_labels`: fields that stand beside question and answer ("Explanation:", "Difficulty:").
- `user_labels`, `assistant_labels`: who speaks in a written dialogue.
- `cookie_patterns`, `own_site_patterns`, `consent_patterns`, `consent_button_patterns`, `commons_patterns`,
  `licence_patterns`, `licensed_patterns`, `footer_patterns`, `policy_patterns`, `call_patterns`: what boilerplate says;
  these are regular expressions. `menu_words`: entries of menus.
- `before_numbers`: abbreviations that stand before a number ("Tab. 4"), without their full stop.
- `before_names`: abbreviations of titles that stand before a name ("Mme. Roy"), as they are written in a sentence.
- `points`, `task_verbs`, `exam_titles`, `task_labels`, `exercise_labels`: words of exercise sheets.
- `exercise_patterns`, `contents_patterns`: headings of exercises and tables of contents; regular expressions.
- `redirects`: how a wiki marks a page that leads to another.
- `telling`: imperatives that tell somebody what to say ("mention", "reply"), as they open a sentence or a clause.
- `audience`: who asks or reads, and what is said to them ("reader", "reply", "question").
- `function_words`: small words that give the language of a text away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

CODES = ("en", "de", "es", "fr", "it", "pt", "nl", "pl", "ru", "zh", "ja", "ko", "ar", "hi", "tr", "vi")
"""ISO 639-1 codes of the languages, in the order in which their words are tried."""


@cache
def words(section: str) -> Mapping[str, tuple[str, ...]]:
    """The words of one section by language; a language that lacks the section has an empty tuple.

    Args:
        section: name of a list in the files, as "answer_labels".

    Raises:
        KeyError: no language has such a section.
    """
    found = {code: tuple(_file(code).get(section, ())) for code in CODES}
    if not any(found.values()):
        raise KeyError(f"no language has a section {section!r}")
    return MappingProxyType(found)


@cache
def every(section: str) -> tuple[str, ...]:
    """The words of one section in all languages, without repeats, the longest first (as alternations want them)."""
    return tuple(sorted({word for found in words(section).values() for word in found}, key=lambda w: (-len(w), w)))


@cache
def _file(code: str) -> Mapping[str, list[str]]:
    return tomllib.loads(files(__name__).joinpath(f"{code}.toml").read_text(encoding="utf-8"))
