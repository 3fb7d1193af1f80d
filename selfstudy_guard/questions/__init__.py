"""Question styles (prompts as data), reading replies, and the checks that questions and answers must pass."""

from __future__ import annotations

from selfstudy_guard.questions.anchor import NEAR, NEAR_WITH_ANSWER, best_is, check_anchor
from selfstudy_guard.questions.answers import ANSWER_REASONS, check_answer
from selfstudy_guard.questions.duplicates import NearDuplicates
from selfstudy_guard.questions.gaps import gap_question
from selfstudy_guard.questions.model_size import prompts_for
from selfstudy_guard.questions.openings import openings
from selfstudy_guard.questions.parsing import parse_answer, parse_pairs, parse_question, visible_text
from selfstudy_guard.questions.prompts import Prompts
from selfstudy_guard.questions.question_checks import REASONS, check_duplicate, check_question
from selfstudy_guard.questions.requests import anchor_text, answer_request, opening_of, question_request
from selfstudy_guard.questions.styles import STYLES, Style, style_named

__all__ = [
    "ANSWER_REASONS",
    "NEAR",
    "NEAR_WITH_ANSWER",
    "REASONS",
    "STYLES",
    "NearDuplicates",
    "Prompts",
    "Style",
    "anchor_text",
    "answer_request",
    "best_is",
    "check_anchor",
    "check_answer",
    "check_duplicate",
    "check_question",
    "gap_question",
    "opening_of",
    "openings",
    "parse_answer",
    "parse_pairs",
    "parse_question",
    "prompts_for",
    "question_request",
    "style_named",
    "visible_text",
]
