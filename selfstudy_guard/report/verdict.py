"""The verdict in one line, and the figures at the top of the page."""

from __future__ import annotations

import math

from selfstudy_guard.report.gathering import Inputs
from selfstudy_guard.report.view import Headline, Tile, counted, number, percent

FAIR_SHARE = 0.9
"""Below this share of what uniform random questions would cover, coverage needs attention."""
POOR_SHARE = 0.6
"""Below this share of it, coverage is poor."""
FAIR_HIJACK, POOR_HIJACK = 0.01, 0.05
"""Hijack rates above which questions need attention, or are poor."""


def uniform_share(questions: float, targets: int) -> float:
    """Expected coverage of `questions` questions whose targets are drawn uniformly with replacement.

    1 - (1 - 1/T)^n, the occupancy formula (Feller 1968, An Introduction to Probability Theory, vol. 1, IV.2).
    """
    if targets <= 0 or questions <= 0:
        return 0.0
    return 1.0 if targets == 1 else -math.expm1(questions * math.log1p(-1.0 / targets))


def verdict(inputs: Inputs, *, marked: int = 0) -> Headline:
    """Good, fair or poor, why, and what to do; thresholds are the constants of this module."""
    summary = inputs.summary
    if not summary.questions:
        return Headline("poor", "Nothing to judge yet", "No question has been counted for these documents.")
    if not summary.eligible:
        return Headline("poor", "Nothing to ask about", "These documents hold no target that may be asked about.")
    expected = uniform_share(summary.questions, summary.eligible)
    ratio = summary.coverage / expected if expected else 1.0
    level = 2
    advice: list[str] = []
    if ratio < FAIR_SHARE:
        level = min(level, 0 if ratio < POOR_SHARE else 1)
        advice.append(
            f"{counted(summary.questions, 'question')} drawn at random would cover {percent(expected)}. "
            "Anchor each question to a target to close the gap."
        )
    elif summary.coverage < FAIR_SHARE:
        left = summary.eligible - summary.covered
        advice.append(f"Questions are spread well; about {left:,} more would cover the rest.")
    if summary.hijack_rate > FAIR_HIJACK:
        level = min(level, 0 if summary.hijack_rate > POOR_HIJACK else 1)
        advice.append("Some questions draw on text that is not content. Mask artefacts before asking.")
    unsupported = summary.unattributed / summary.questions
    if unsupported > POOR_HIJACK:
        level = min(level, 1)
        advice.append(
            f"{percent(unsupported)} of the questions draw on no sentence of these documents: read some of them."
        )
    if marked:
        level = min(level, 0 if marked / summary.questions > FAIR_HIJACK else 1)
        advice.append(f"{counted(marked, 'answer')} may have obeyed the document: read them before you train on them.")
    line = (
        f"{counted(summary.questions, 'question')} cover {percent(summary.coverage)} of "
        f"{counted(summary.eligible, 'target')} ({summary.eligible - summary.covered:,} never asked about); "
        f"{percent(summary.hijack_rate)} draw on text that is not content"
    )
    if inputs.findings:
        line += f"; {counted(inputs.findings, 'instruction-like passage')} found in the documents"
    balance = inputs.balance
    if balance is not None and (balance.failed or balance.pending):
        level = min(level, 1)
        advice.append(f"{balance.failed + balance.pending:,} of the planned questions are open: the same call goes on.")
    elif balance is not None and level == 2:
        line += f". The run did what it was asked for: {balance.planned:,} questions planned, {balance.answered:,} kept"
    return Headline(
        ("poor", "fair", "good")[level], ("Poor", "Needs attention", "Good")[level], line + ".", tuple(advice)
    )


def tiles(inputs: Inputs, *, marked: int = 0) -> list[Tile]:
    """The figures at the top."""
    summary = inputs.summary
    expected = uniform_share(summary.questions, summary.eligible)
    shown = [
        Tile(
            "Coverage",
            percent(summary.coverage),
            f"{summary.covered:,} of {counted(summary.eligible, 'target')}; at random {percent(expected)}",
            "fair" if expected and summary.coverage < FAIR_SHARE * expected else "",
        ),
        Tile("Questions", number(summary.questions), f"on {counted(len(inputs.sources), 'document')}"),
        Tile(
            "Hijack rate",
            percent(summary.hijack_rate),
            "questions that draw on what is not content",
            "poor" if summary.hijack_rate > POOR_HIJACK else "fair" if summary.hijack_rate > FAIR_HIJACK else "",
        ),
        Tile(
            "Text covered",
            percent(summary.token_coverage),
            f"of tokens; {percent(summary.section_coverage)} of sections",
        ),
    ]
    if summary.on_target is not None:
        shown.append(
            Tile("On target", percent(summary.on_target), "questions that draw on the target they were tied to")
        )
    if summary.unattributed:
        shown.append(Tile("Not supported", number(summary.unattributed), "questions that no sentence supports"))
    if marked:
        shown.append(Tile("May have obeyed", number(marked), "answers that bear marks of obeying", "poor"))
    if inputs.findings:
        note = "passages kept from the answering model" if inputs.was_filtered else "passages in the documents"
        shown.append(Tile("Taken out" if inputs.was_filtered else "Instruction-like", number(inputs.findings), note))
    if inputs.withheld:
        shown.append(Tile("Withheld", number(inputs.withheld), "passages left out on suspicion, needed by no answer"))
    if summary.duplicates.near:
        note = f"questions that nearly repeat another; {summary.duplicates.exact:,} word for word"
        shown.append(Tile("Repeats", number(summary.duplicates.near), note))
    usage = inputs.balance.usage if inputs.balance else None
    if usage is not None and usage.tokens:
        cost = f"${usage.cost:,.2f}" if usage.cost is not None else f"{usage.tokens:,}"
        shown.append(
            Tile("Cost", cost, f"{usage.tokens:,} tokens" if usage.cost is not None else "tokens; price not known")
        )
    return shown
