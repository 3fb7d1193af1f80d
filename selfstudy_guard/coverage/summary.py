"""What a tracker knows at one moment, as plain numbers. Shares lie in 0 to 1; intervals are 95 per cent intervals."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from selfstudy_guard.records import Frozen


class Interval(Frozen):
    """A 95 per cent interval."""

    low: float = 0.0
    high: float = 0.0


class Measured(Frozen):
    """A figure, its bootstrap interval, and what the same number of questions at random would give."""

    value: float = 0.0
    interval: Interval = Interval()
    at_random: float = 0.0


class Concentration(Frozen):
    """How unevenly the questions fall on the eligible targets."""

    gini: Measured = Measured()
    normalised_entropy: Measured = Measured()
    effective_number: Measured = Measured()
    top_decile_share: Measured = Measured()


class CurvePoint(Frozen):
    """Coverage expected after so many of the questions, in random order, with its band and the uniform ideal."""

    questions: int
    coverage: float
    low: float
    high: float
    at_random: float


class Saturation(Frozen):
    """Where coverage is going.

    Attributes:
        curve: coverage against number of questions.
        asymptote: share of eligible targets that the fitted curve tends to.
        reachable: share of eligible targets that the generator reaches at all, at least (Chao2).
        reachable_interval: of that.
        next_is_new: chance that the next footprint falls on a target not drawn on so far (Good-Turing).
        next_per_cent: further questions for one more per cent of the eligible targets; None: out of its reach.
    """

    curve: tuple[CurvePoint, ...] = ()
    asymptote: float = 0.0
    reachable: float = 0.0
    reachable_interval: Interval = Interval()
    next_is_new: float = 1.0
    next_per_cent: int | None = None


class Bias(Frozen):
    """How much more often a group of targets is asked about than it should be.

    Attributes:
        name: of the group ("start", "list_item", "bold" ...).
        targets: how many there are.
        observed: share of the footprints that fall on it (for `forms`: share of its targets that are covered).
        expected: its share of the tokens (for `forms`: share of the other targets that are covered).
        ratio: observed over expected (for `forms`: the odds ratio); None where it has no meaning.
        interval: of the ratio.
    """

    name: str
    targets: int
    observed: float
    expected: float
    ratio: float | None = None
    interval: Interval | None = None


class Overlap(Frozen):
    """How much two groups of questions draw on the same targets (see `convergence.overlap`)."""

    one: str
    two: str
    questions: tuple[int, int]
    jaccard: float
    morisita_horn: float
    interval: Interval
    by_chance: float
    if_same: float
    p_value: float


class Duplicates(Frozen):
    """Questions that repeat another one.

    Attributes:
        exact: questions that say word for word what an earlier one says (case and punctuation aside).
        near: questions that would go if of every cluster of near-duplicates one were kept (exact ones included).
        exact_share, near_share: the same over all questions.
    """

    exact: int = 0
    near: int = 0
    exact_share: float = 0.0
    near_share: float = 0.0


class Filtering(Frozen):
    """What the instruction filter did to the evidence.

    Attributes:
        findings: distinct spans taken out of (or flagged in) the documents.
        by_intent, by_channel: the same, counted.
        answers: records whose evidence held at least one finding.
        retention: share of the characters of all contexts that the answering model was shown.
        withheld: share of these characters that was left out on suspicion, because no answer needed it.
        withholding: records whose evidence left something out on suspicion.
    """

    findings: int = 0
    by_intent: Mapping[str, int] = Field(default_factory=dict)
    by_channel: Mapping[str, int] = Field(default_factory=dict)
    answers: int = 0
    retention: float = 1.0
    withheld: float = 0.0
    withholding: int = 0


class DocumentCoverage(Frozen):
    """One document's coverage."""

    document_id: str
    eligible: int
    covered: int
    coverage: float
    footprints: int


class CoverageSummary(Frozen):
    """Every figure of the coverage report; docs/coverage.md says what each means and how to act on it."""

    questions: int = 0
    documents: int = 0
    targets: int = 0
    eligible: int = 0
    covered: int = 0
    coverage: float = 0.0
    """Share of eligible targets in at least one footprint."""
    coverage_interval: Interval = Interval()
    """What another sample of as many questions would cover."""
    token_coverage: float = 0.0
    section_coverage: float = 0.0
    unattributed: int = 0
    """Questions that draw on no target of their document."""
    hijack_rate: float = 0.0
    """Share of questions whose footprint is an artefact."""
    hijack_interval: Interval = Interval(low=0.0, high=1.0)
    on_target: float | None = None
    """Share of anchored questions whose footprint holds the target that they were anchored to."""
    on_target_interval: Interval | None = None
    targets_per_question: float = 0.0
    """Targets in a footprint, on average, over the questions that have one."""
    concentration: Concentration = Concentration()
    saturation: Saturation = Saturation()
    position: tuple[Bias, ...] = ()
    kinds: tuple[Bias, ...] = ()
    forms: tuple[Bias, ...] = ()
    styles: Mapping[str, int] = Field(default_factory=dict)
    """Questions by style."""
    models: Mapping[str, int] = Field(default_factory=dict)
    convergence: Mapping[str, tuple[Overlap, ...]] = Field(default_factory=dict)
    """Overlaps by what is compared: "style", "model" or a label of the caller's."""
    duplicates: Duplicates = Duplicates()
    filtering: Filtering = Filtering()
    rejections: Mapping[str, int] = Field(default_factory=dict)
    """Planned questions that ended without a record, by reason."""
    worst: tuple[DocumentCoverage, ...] = ()
    """The documents with the lowest coverage, the worst first (at most 20)."""

    def __rich__(self) -> object:
        from selfstudy_guard.coverage.show import as_grid
        from selfstudy_guard.display.grids import to_rich

        return to_rich(as_grid(self))

    def __str__(self) -> str:
        from selfstudy_guard.coverage.show import as_grid
        from selfstudy_guard.display.grids import to_text

        return to_text(as_grid(self))

    def _repr_html_(self) -> str:
        from selfstudy_guard.coverage.show import as_grid
        from selfstudy_guard.display.grids import to_html

        return to_html(as_grid(self))
