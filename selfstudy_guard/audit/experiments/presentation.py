"""Presentation: the same fact, only looking different: is it asked about more often?

What the paper found: what looks question-worthy is driven by local presentation, such as place, emphasis and layout,
and not by what is said.
What is varied: the presentation of one fact of a page (moved to the front or the end, bold, heading, list, table,
quotation, number in digits, capitals), with and without the guard. What is held fixed: model, sampling seed, the other
facts and their order. Each rewritten page is paired with the plain page, so that facts are compared with themselves:
the figure is the conditional odds ratio of a paired design, from the pairs in which only one side was asked about.
The guard visits every target of a page; its calls are spent on the turn of the fact in question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from selfstudy_guard.audit.asking import ask_anchored, first_questions, own_ways, plain_request
from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.facts import REWRITES, TOPICS, Fact, Rewrite, page
from selfstudy_guard.audit.results import Better, ExperimentResult, Figure
from selfstudy_guard.coverage import AttributionIndex
from selfstudy_guard.records import Document, Draw, Reply, Request, Target

NAME = "presentation"
TITLE = "Presentation"
FINDING = (
    "The paper: presentation, not content, decides what is asked about. Here the same fact is written plainly and in "
    "nine other presentations, and the odds that it is asked about are compared within pairs."
)
_GUARDED = 1 / 3
"""Share of the calls that the guard gets; its pairs are pooled over the rewrites."""
_JOINT = 2.773
"""Normal quantile of 0.05 / 9 on both sides: nine rewrites are looked at, so one 95 per cent interval proves little."""
_TRIES = 3
"""Requests for one anchored question."""


@dataclass(frozen=True)
class Presentation:
    """One page of facts: which of them is rewritten, and in which order they stand."""

    name: str
    title: str
    facts: tuple[Fact, ...]
    focal: int

    def text(self, rewrite: Rewrite | None) -> str:
        """The page with its focal fact in this presentation; None is the plain page."""
        return page(self.title, self.facts, self.focal, rewrite)

    def judge(self) -> Callable[[str | None], bool]:
        """Tells whether a question is about the focal fact. It knows nothing of presentations."""
        # Every fact is a document of its own, so that none lends its words to its neighbours.
        index = AttributionIndex(
            [
                Target(document_id=str(i), start=0, end=len(text), text=text, index=i)
                for i, text in enumerate(f"{fact.sentence} {fact.digits}" for fact in self.facts)
            ]
        )

        def about(question: str | None) -> bool:
            best = index.attribute(question).targets[:1] if question else ()
            return bool(best) and best[0].index == self.focal

        return about


@dataclass(frozen=True)
class Pairs:
    """Outcomes of pairs: was the fact asked about on the plain and on the rewritten page?

    Attributes:
        outcomes: plain and rewritten.
        pages: the plain page of each pair, where several pairs share one; empty where none do.
    """

    outcomes: tuple[tuple[bool, bool], ...]
    pages: tuple[str, ...] = ()

    @property
    def only_plain(self) -> int:
        """Pairs in which it was asked about on the plain page alone."""
        return sum(plain and not changed for plain, changed in self.outcomes)

    @property
    def only_rewritten(self) -> int:
        """Pairs in which it was asked about on the rewritten page alone."""
        return sum(changed and not plain for plain, changed in self.outcomes)

    def odds_ratio(self) -> tuple[float, float, float]:
        """Conditional odds ratio of being asked about, rewritten to plain, with its 95 per cent interval.

        The maximum-likelihood estimate of a matched design is the ratio of the two kinds of discordant pairs
        (McNemar 1947, doi:10.1007/BF02295996; Agresti 2002, Categorical Data Analysis, section 10.2). Half a pair is
        added to both (Haldane 1956, doi:10.1111/j.1469-1809.1956.tb01285.x), so that it is finite; no discordant pair
        gives 1 and a wide interval. Pairs that share a plain page are no independent observations: their variance is
        that of page totals (the cluster-robust one of Liang and Zeger 1986, doi:10.1093/biomet/73.1.13).
        """
        up, down = self.only_rewritten + 0.5, self.only_plain + 0.5
        totals: dict[str, float] = {}
        for (plain, changed), name in zip(self.outcomes, self.pages, strict=False):
            totals[name] = totals.get(name, 0.0) + (changed and not plain) / up - (plain and not changed) / down
        variance = max(1 / up + 1 / down, sum(total**2 for total in totals.values()))
        log, error = float(np.log(up / down)), 1.959964 * float(np.sqrt(variance))
        return float(np.exp(log)), float(np.exp(log - error)), float(np.exp(log + error))


def calls(setting: Setting) -> int:
    """Calls that `run` will make, at most."""
    pages, guarded = _sizes(setting)
    return pages * (1 + len(REWRITES)) + guarded


def run(setting: Setting) -> ExperimentResult:
    """Ask about every page in every presentation without the guard, and about a balanced part of them with it."""
    pages, guarded = _sizes(setting)
    cases = make_cases(setting, pages)
    judges = {case.name: case.judge() for case in cases}
    cells: list[tuple[Presentation, Rewrite | None]] = [(case, how) for case in cases for how in (None, *REWRITES)]
    requests = [_request(setting, case, how) for case, how in cells]
    asked = _judged(cells, setting.caller.answers(requests), judges)
    names = tuple(case.name for case in cases)
    unguided = {how: Pairs(tuple((asked[one, None], asked[one, how]) for one in names), names) for how in REWRITES}
    figures = [_odds("unguided", how, pairs) for how, pairs in unguided.items()]
    figures += _overall("unguided", unguided)

    anchored = _anchored(setting, cases, judges, guarded)
    figures += [_odds("anchored", how, pairs) for how, pairs in anchored.items() if pairs.outcomes]
    figures += _overall("anchored", anchored)
    return ExperimentResult(
        name=NAME,
        title=TITLE,
        finding=FINDING,
        model=setting.model,
        figures=tuple(figures),
        verdict=_verdict(figures),
        notes=(
            f"{pages} pages of {len(cases[0].facts)} facts; one fact of each is rewritten in {len(REWRITES)} ways.",
            f"Anchored: {sum(len(pairs.outcomes) for pairs in anchored.values())} pairs. The guard visits every "
            "target; what counts is whether the turn of the fact gave a question about it. Headings are no targets.",
            "The verdict names what stays clear of 1 when all nine rewrites are looked at together (Bonferroni).",
            "The facts and pages ship with the audit; the documents that were given are not used here.",
        ),
    )


def _sizes(setting: Setting) -> tuple[int, int]:
    """Pages without the guard, and calls with it."""
    guarded = int(setting.budget * _GUARDED)
    return max(1, (setting.budget - guarded) // (1 + len(REWRITES))), guarded


def make_cases(setting: Setting, n: int) -> list[Presentation]:
    """`n` pages: topics in turn, their facts in random order, the focal fact neither first nor last."""
    rng = setting.random(f"{NAME}:cases")
    topics = rng.sample(TOPICS, len(TOPICS))
    cases = []
    for i in range(n):
        topic = topics[i % len(topics)]
        facts = tuple(rng.sample(topic.facts, len(topic.facts)))
        focal = 1 + (i + i // (len(facts) - 2)) % (len(facts) - 2)
        cases.append(Presentation(f"page-{i}", topic.title, facts, focal))
    return cases


def _request(setting: Setting, case: Presentation, how: Rewrite | None) -> Request:
    request = plain_request(setting, case.text(how), f"{NAME}:unguided:{case.name}:{how or 'plain'}")
    # Both sides of a pair are sampled with one seed: what differs is the presentation.
    return request.model_copy(update={"seed": plain_request(setting, "", f"{NAME}:{case.name}").seed})


def _judged(
    cells: Sequence[tuple[Presentation, Rewrite | None]],
    replies: Sequence[Reply | None],
    judges: dict[str, Callable[[str | None], bool]],
) -> dict[tuple[str, Rewrite | None], bool]:
    questions = first_questions(replies)
    return {(case.name, how): judges[case.name](q) for (case, how), q in zip(cells, questions, strict=True)}


def _anchored(
    setting: Setting, cases: Sequence[Presentation], judges: dict[str, Callable[[str | None], bool]], most: int
) -> dict[Rewrite, Pairs]:
    """Pairs under the guard: what came of the turn of the focal fact in the plan, which holds every target.

    A fact that is no target in this presentation (a heading) is not asked about, and costs no call.
    """
    count = max(1, most // 4)
    cells = list(
        dict.fromkeys((cases[i % len(cases)], REWRITES[(i + i // len(cases)) % len(REWRITES)]) for i in range(count))
    )
    pages: dict[str, tuple[Presentation, Rewrite | None]] = {}
    for case, how in cells:
        pages[f"{case.name}-plain.md"] = (case, None)
        pages[f"{case.name}-{how.replace(' ', '-')}.md"] = (case, how)
    documents = [
        Document(id=name, text=case.text(how), media_type="text/markdown") for name, (case, how) in pages.items()
    ]
    sampler, flows, prepared = setting.guarded(documents)

    def in_turn(draw: Draw) -> bool:
        case, _ = pages[draw.target.document_id]
        return case.facts[case.focal].subject.casefold() in draw.target.text.casefold()

    tried = ask_anchored(
        setting,
        f"{NAME}:anchored",
        filter(in_turn, sampler.draws()),
        lambda draw: own_ways(setting, flows, prepared, draw),
        most,
        attempts=_TRIES,
    )
    asked: dict[tuple[str, Rewrite | None], bool] = {(case.name, how): False for case, how in pages.values()}
    for one in tried:
        case, presented = pages[one.draw.target.document_id]
        asked[case.name, presented] |= judges[case.name](one.question)
    found: dict[Rewrite, Pairs] = {}
    for how in REWRITES:
        names = tuple(case.name for case, presented in cells if presented == how)
        found[how] = Pairs(tuple((asked[name, None], asked[name, how]) for name in names), names)
    return found


def _odds(condition: str, how: Rewrite | None, pairs: Pairs) -> Figure:
    value, low, high = pairs.odds_ratio()
    return Figure(
        name="odds ratio",
        condition=condition,
        group=f"rewrite={how}" if how else "",
        value=value,
        low=low,
        high=high,
        n=len(pairs.outcomes),
    )


def _overall(condition: str, by_rewrite: dict[Rewrite, Pairs]) -> list[Figure]:
    every = Pairs(
        tuple(outcome for pairs in by_rewrite.values() for outcome in pairs.outcomes),
        tuple(name for pairs in by_rewrite.values() for name in pairs.pages),
    )
    figures = [_odds(condition, None, every)]
    plain = {name: before for (before, _), name in zip(every.outcomes, every.pages, strict=True)}
    changed = every.only_plain + every.only_rewritten
    for name, hits, n in (
        ("asked about when plain", sum(plain.values()), len(plain)),
        ("asked about when rewritten", sum(rewritten for _, rewritten in every.outcomes), len(every.outcomes)),
        ("pairs that presentation changed", changed, len(every.outcomes)),
    ):
        better: Better = "lower" if name.startswith("pairs") else "neither"
        figures.append(Figure.share(name, condition, hits, n, better))
    return figures


def _clear(figure: Figure) -> bool:
    """Whether an odds ratio differs from 1 when as many are looked at as there are rewrites (Bonferroni)."""
    assert figure.low is not None
    assert figure.high is not None
    error = float(np.log(figure.high / figure.low)) / (2 * 1.959964)
    return abs(float(np.log(figure.value))) > _JOINT * error


def _verdict(figures: Sequence[Figure]) -> str:
    own = [f for f in figures if f.name == "odds ratio" and f.condition == "unguided" and f.group]
    clear = [figure for figure in own if _clear(figure)]
    clear.sort(key=lambda figure: -abs(float(np.log(figure.value))))
    if not clear:
        return f"No presentation changes the odds of being asked about beyond chance, with {own[0].n} pairs for each."
    said = ", ".join(f"{figure.group.removeprefix('rewrite=')} ({figure.value:.2g})" for figure in clear)
    return f"Presentation changes the odds that a fact is asked about: {said}; 1 would be no change."
