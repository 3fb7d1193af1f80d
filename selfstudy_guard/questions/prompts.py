"""Prompts as data: what the flows say to a model; built in for small and large ones, replaceable, checked when loaded.

What requests share stands first and the target last, so that prefix caches hit.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import regex
from pydantic import Field, ValidationError, model_validator

from selfstudy_guard.errors import InputError, PromptError
from selfstudy_guard.questions.styles import STYLES, is_plain
from selfstudy_guard.questions.templates import check_order, check_template
from selfstudy_guard.records import AnswerForm, Frozen

BUILTIN = ("tiny", "small", "large")
"""Names of the prompts that ship with the package."""


class QuestionExample(Frozen):
    """A worked example of the asking side: a target with good questions about it."""

    target: str = Field(min_length=1)
    questions: tuple[str, ...] = Field(min_length=1)
    context: str = ""
    section: str = ""
    lead: str = ""


class AnswerExample(Frozen):
    """A worked example of the answering side."""

    evidence: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)


class StylePrompt(Frozen):
    """What is particular to one style.

    Attributes:
        instruction: what to write; fills `{instruction}` of the question's system and user templates.
        examples: shown as finished turns before the real one (small models need them).
        answer_instruction: how to answer; fills `{instruction}` of the answer's templates.
        answer_examples: examples of answers in this style; those of the answer section where empty.
        answer_max_tokens: most tokens of an answer in this style; that of the answer section where None.
        question_grounding: share (0 to 1) of a question's content words that its target and the text round it must
            hold; None does not look.
        grounding: share (0 to 1) of an answer's content words that evidence and question must hold; None does not
            look (a large model may say things in its own words, a small one makes them up).
    """

    instruction: str = Field(min_length=1)
    examples: tuple[QuestionExample, ...] = ()
    answer_instruction: str = ""
    answer_examples: tuple[AnswerExample, ...] = ()
    answer_max_tokens: int | None = Field(default=None, gt=0)
    question_grounding: float | None = Field(default=None, ge=0, le=1)
    grounding: float | None = Field(default=None, ge=0, le=1)


class Section(Frozen):
    """Templates and sampling of one kind of request.

    Attributes:
        system: the system message; empty for none.
        user: the last message of the request; also the shape of the examples.
        feedback: appended to the last message when a reply was refused; `{feedback}` is the reason in words.
        max_tokens: most tokens of a reply.
        temperature: of the first try; None leaves the provider's default.
        retry_temperature: of the following tries; that of the first where None.
        stop: strings that end the reply.
        structured: whether to ask for JSON by a schema, for models with such a mode.
    """

    system: str = ""
    user: str = Field(min_length=1)
    feedback: str = ""
    max_tokens: int = Field(default=256, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    retry_temperature: float | None = Field(default=None, ge=0, le=2)
    stop: tuple[str, ...] = ()
    structured: bool = False


class AnswerSection(Section):
    """The answering side, with examples that serve every style without its own.

    Attributes:
        examples: shown as finished turns before the real one.
        last_resort: what is done when an answer did not pass the checks: "none", or "sentence" for the sentence of the
            evidence that is nearest to the question, if that passes them (`Answer.origin` says so); for models that
            make up what they say in their own words.
        forms: how to answer a plain question, by the form of answer that is wanted; fills `{instruction}` in place of
            the style's own. Empty leaves it to the styles.
    """

    examples: tuple[AnswerExample, ...] = ()
    last_resort: Literal["none", "sentence"] = "none"
    forms: Mapping[AnswerForm, str] = Field(default_factory=dict)


class SeveralExample(Frozen):
    """A worked example of a request for several: parts of a text with a question and an answer for each."""

    section: str = ""
    targets: tuple[str, ...] = Field(min_length=1)
    questions: tuple[str, ...] = Field(min_length=1)
    answers: tuple[str, ...] = Field(min_length=1)


class SeveralSection(Section):
    """Requests for several questions with their answers at once; `max_tokens` is that of one pair.

    Attributes:
        examples: shown as finished turns before the real one.
        echo: whether each part is written again before its question, as the schema of the reply demands: small models
            lose count in a list. The parts are then not listed in the request, unless its template does.
        patterns: whether the schema also holds how a question begins and ends (local models and their servers can).
        answer_first: whether the answer is chosen by rule and written before the question where no opening is sure, so
            that a small model asks for something; needs `patterns`.
    """

    examples: tuple[SeveralExample, ...] = ()
    echo: bool = False
    patterns: bool = False
    answer_first: bool = False


class Prompts(Frozen):
    """All prompts of a run.

    Attributes:
        name: shown to people and kept with the run.
        description: whom they are for.
        window: characters of the document round a target that suit these prompts, unless the user says otherwise;
            None leaves the flow's own default.
        candidates: how many questions one reply holds; the flow takes the first that passes every check.
        near: share (0 to 1) of the best attribution score that a question asked for with these prompts must reach for
            its target; 1 demands that no other part of the document fits better.
        shared_words: content words that such a question must share with its target at least, or all of them where it
            has fewer; keeps small models from asking in general terms.
        question_attempts: requests for a question that suit these prompts, unless the user says otherwise; None leaves
            the flow's own default.
        openings: whether the model is given the first words of some questions, taken from the target; for small local
            models, which go on with what they are given.
        last_resort: what is done when no reply held a good question: "none", or "gap" for a question that leaves out a
            word of the target (`Question.origin` says so).
        gap_first: whether a gap question is made before the model is asked without an opening.
        several: templates of requests for several pairs at once; placeholders `{targets} {context} {section}
            {instruction} {answering} {count}`. None: these prompts only ask one by one.
        answer_form: the form of answers to plain questions, which they are also checked for; None takes any.
        question: templates of question requests; placeholders `{target} {context} {section} {lead} {instruction}
            {candidates}`.
        answer: templates of answer requests; placeholders `{question} {evidence} {instruction}`.
        styles: what is particular to each style; styles that are missing here cannot be drawn.
    """

    name: str = Field(min_length=1)
    description: str = ""
    window: int | None = Field(default=None, ge=200)
    candidates: int = Field(default=1, ge=1, le=10)
    near: float = Field(default=1.0, gt=0, le=1)
    shared_words: int = Field(default=0, ge=0, le=10)
    question_attempts: int | None = Field(default=None, ge=1, le=20)
    openings: bool = False
    gap_first: bool = False
    last_resort: Literal["none", "gap"] = "none"
    answer_form: AnswerForm | None = None
    several: SeveralSection | None = None
    question: Section
    answer: AnswerSection
    styles: Mapping[str, StylePrompt]

    @model_validator(mode="after")
    def _usable(self) -> Prompts:
        question_names = {"target", "context", "section", "lead", "instruction", "candidates"}
        answer_names = {"question", "evidence", "instruction"}
        check_template("question.system", self.question.system, {"instruction", "candidates"})
        check_template("question.user", self.question.user, question_names, required=("target",))
        check_template("question.feedback", self.question.feedback, {"feedback", "target"})
        check_template("answer.system", self.answer.system, {"instruction"})
        check_template("answer.user", self.answer.user, answer_names, required=("evidence", "question"))
        check_template("answer.feedback", self.answer.feedback, {"feedback", "question"})
        check_order("question.user", self.question.user, "context", "target")
        check_order("answer.user", self.answer.user, "evidence", "question")
        if self.several is not None:
            names = {"targets", "context", "section", "instruction", "answering", "count"}
            check_template("several.system", self.several.system, names - {"targets", "context"})
            needed = () if self.several.echo else ("targets",)
            check_template("several.user", self.several.user, names, required=needed)
        if not self.styles:
            raise ValueError("styles: at least one style is needed")
        for name in self.styles:
            if name not in STYLES:
                raise ValueError(f"styles.{name}: no such style; choose from {', '.join(STYLES)}")
        return self

    @classmethod
    def builtin(cls, name: Literal["tiny", "small", "large"] | str = "large") -> Prompts:
        """The prompts that ship with the package: "tiny" and "small" (few-shot questions) or "large" (zero-shot).

        Raises:
            PromptError: no such built-in prompts.
        """
        source = resources.files("selfstudy_guard.questions").joinpath("data", f"{name}.toml")
        if name not in BUILTIN:
            raise PromptError(f"no built-in prompts {name!r}: choose 'small' or 'large' (or 'tiny'), or name a file")
        return cls.check(tomllib.loads(source.read_text("utf-8")), source=f"built-in prompts {name!r}")

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Prompts:
        """Prompts from a TOML, YAML or JSON file, checked.

        A file with `extends = "small"` (or "large") names only what it changes; the rest comes from there.

        Raises:
            InputError: the file cannot be read.
            PromptError: it is not valid; the message names the field and the remedy.
        """
        file = Path(path)
        try:
            text = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the prompts {file}: {error}") from error
        return cls.check(_parse(text, file), source=str(file))

    @classmethod
    def check(cls, data: Any, *, source: str = "prompts") -> Prompts:
        """Prompts from a mapping.

        Args:
            data: the fields of this class, and optionally `extends`.
            source: what to call it in messages.

        Raises:
            PromptError: it is not valid; the message names the field and the remedy.
        """
        if not isinstance(data, Mapping):
            raise PromptError(f"{source}: prompts are a table with 'question', 'answer' and 'styles'")
        fields = dict(data)
        base = fields.pop("extends", None)
        if base is not None:
            fields = _merged(cls.builtin(str(base)).model_dump(mode="json"), fields)
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            message = str(first["msg"]).removeprefix("Value error, ")
            raise PromptError(f"{source}: {where + ': ' if where else ''}{message}") from error

    def in_form(self, form: AnswerForm | None) -> Prompts:
        """These prompts with another form of answer; the same where `form` is None.

        Raises:
            PromptError: they do not say how to ask for that form.
        """
        if form is None or form == self.answer_form:
            return self
        if not self.answer.forms and self.answer_form is None and form == "short":
            return self  # the default; prompts of one's own may leave the form to their styles
        if form not in self.answer.forms:
            have = ", ".join(self.answer.forms) or "none"
            raise PromptError(
                f"prompts {self.name!r} cannot ask for the answer form {form!r} (they have {have}): add it under "
                "[answer.forms]"
            )
        return self.model_copy(update={"answer_form": form})

    def asking_several(self) -> SeveralSection:
        """How several pairs are asked for at once.

        Raises:
            PromptError: these prompts cannot.
        """
        if self.several is None:
            raise PromptError(
                f"prompts {self.name!r} cannot ask for several pairs at once: add [several] with a user template, or "
                "leave out per_call"
            )
        return self.several

    def answering(self, style: str) -> str:
        """How a question of a style is to be answered: by the form that is wanted where it is a plain one.

        Raises:
            PromptError: the prompts do not have the style.
        """
        own = self.style(style)
        wanted = self.answer.forms.get(self.answer_form) if self.answer_form and is_plain(style) else None
        return wanted or own.answer_instruction

    @property
    def digest(self) -> str:
        """SHA-256 of all prompts in hex: a run that goes on must have the same."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def style(self, name: str) -> StylePrompt:
        """What is particular to style `name`.

        Raises:
            PromptError: these prompts do not have it.
        """
        if name not in self.styles:
            have = ", ".join(self.styles)
            raise PromptError(f"prompts {self.name!r} have no style {name!r} (they have {have}): add [styles.{name}]")
        return self.styles[name]

    def told(self, style: str) -> str:
        """What an answering model is told beside evidence and question, in one text."""
        told = self.answering(style) if style in self.styles else ""
        return "\n".join((self.answer.system, self.answer.user, told))

    @property
    def example_questions(self) -> tuple[str, ...]:
        """Questions of all examples; a reply that repeats one of them is refused."""
        asked = [question for style in self.styles.values() for ex in style.examples for question in ex.questions]
        answered = [ex.question for style in self.styles.values() for ex in style.answer_examples]
        return tuple(dict.fromkeys([*asked, *answered, *(ex.question for ex in self.answer.examples)]))

    @cached_property
    def example_subjects(self) -> frozenset[str]:
        """What the examples of the styles are about: nouns behind an article, as their questions name them."""
        found = set()
        for style in self.styles.values():
            for example in style.examples:
                asked = " ".join(example.questions).lower()
                named = regex.findall(r"\b(?:a|an|the) (\p{Ll}{4,})\b", f"{example.target.lower()} {asked}")
                found |= {word.removesuffix("s") for word in named if word in asked}
        return frozenset(found)

    @property
    def example_answers(self) -> tuple[str, ...]:
        """Answers of all examples; a reply that repeats one of them is refused."""
        answers = [ex.answer for style in self.styles.values() for ex in style.answer_examples]
        return tuple(dict.fromkeys([*answers, *(ex.answer for ex in self.answer.examples)]))


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in change.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _parse(text: str, file: Path) -> Any:
    suffix = file.suffix.lower()
    try:
        if suffix == ".json":
            return json.loads(text)
        if suffix == ".toml":
            return tomllib.loads(text)
        if suffix in (".yaml", ".yml"):
            return _yaml(text)
    except (ValueError, RecursionError) as error:
        raise PromptError(f"{file}: not valid {suffix[1:].upper()}: {error}") from error
    raise PromptError(f"{file}: prompts are .toml, .yaml or .json files")


def _yaml(text: str) -> Any:
    try:
        import yaml  # type: ignore[import-untyped]
    except ImportError as error:
        raise PromptError("reading YAML prompts needs PyYAML: run  pip install pyyaml  (or write TOML)") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", " ")) from error
