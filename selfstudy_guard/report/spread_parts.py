"""The parts of the page about how questions spread: concentration, what attracts them, and convergence of styles."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from selfstudy_guard.coverage.summary import Bias, Measured, Overlap
from selfstudy_guard.display.visible import shorten, visible
from selfstudy_guard.report.charts import ChartLine, columns, intervals, line_chart, thin
from selfstudy_guard.report.gathering import Inputs
from selfstudy_guard.report.view import PageBlock, Part, TableCell, counted, number, percent

_MOST_SHOWN = 8


def concentration_part(inputs: Inputs) -> Part | None:
    """How evenly questions fall on targets; None before the first footprint."""
    counts = sorted(count for source in inputs.sources for count in source.asked.tolist())
    if not counts or not counts[-1]:
        return None
    repeated = repeats_block(inputs)
    blocks = [_lorenz(counts), _figures(inputs), *([repeated] if repeated is not None else [])]
    lede = (
        "If all targets were asked about equally often, the curve would be the diagonal. "
        "The further it sags, the fewer targets take most of the questions."
    )
    return Part("spread", "Concentration", "How the questions spread", "tables", lede, {"blocks": blocks, "two": True})


def _lorenz(counts: Sequence[int]) -> PageBlock:
    total, reached = sum(counts), 0
    points = [(0.0, 0.0)]
    for place, count in enumerate(counts, 1):
        reached += count
        points.append((place / len(counts), reached / total))
    even = [(0.0, 0.0), (1.0, 1.0)]
    half = next(place for place, (_, share) in enumerate(points) if share >= 0.5)
    chart = line_chart(
        [ChartLine("even", even, "even"), ChartLine("these questions", [(x, y) for x, y in thin(points)], "run")],
        title="Lorenz curve",
        description=f"The least asked {percent(half / len(counts))} of the targets take half of the questions.",
        x_title="share of targets, least asked first",
        y_title="share of questions",
        width=480,
    )
    return PageBlock("Lorenz curve", chart=chart, caption="Dotted: every target equally often.")


def _figures(inputs: Inputs) -> PageBlock:
    concentration = inputs.summary.concentration

    def row(name: str, measured: Measured, share: bool, meaning: str) -> list[object]:
        show = percent if share else number
        between = f"{show(measured.interval.low)} to {show(measured.interval.high)}"
        return [name, show(measured.value), between, show(measured.at_random), meaning]

    return PageBlock(
        "In figures",
        head=("Figure", "Value", "95 % interval", "At random", "Meaning"),
        rows=[
            row("Top tenth", concentration.top_decile_share, True, "questions on the most asked tenth of targets"),
            row("Gini", concentration.gini, False, "0 all alike, 1 all on one target"),
            row("Entropy", concentration.normalised_entropy, False, "1 all alike, 0 all on one target"),
            row("Effective targets", concentration.effective_number, False, "as many would be as uneven if all alike"),
        ],
        numeric=frozenset({1, 2, 3}),
        text=_saturation(inputs),
    )


def _saturation(inputs: Inputs) -> str:
    saturation = inputs.summary.saturation
    if not saturation.curve or inputs.anchored:  # a plan that goes round reaches every target
        return ""
    text = (
        f"The next question falls on a target not yet covered with a chance of {percent(saturation.next_is_new)}. "
        f"This way of asking reaches about {percent(min(1.0, saturation.reachable))} of the targets at all"
    )
    if saturation.next_per_cent is not None:
        return f"{text}; one more per cent takes about {counted(saturation.next_per_cent, 'question')}."
    return f"{text}, and hardly more with any number of questions."


def bias_part(inputs: Inputs) -> Part | None:
    """Where in the document, and in what form, questions fall more often than they should; None where not measured."""
    summary = inputs.summary
    blocks = []
    if summary.position:
        blocks.append(
            PageBlock(
                "Place in the document",
                chart=columns(
                    [bias.ratio or 0.0 for bias in summary.position],
                    [bias.name for bias in summary.position],
                    title="Questions by place in the document",
                    description="; ".join(f"{bias.name} {number(bias.ratio or 0)} times" for bias in summary.position),
                    even=1.0,
                ),
                caption="How much more often than its length earns; dotted: as often as it earns.",
            )
        )
    for heading, biases, meaning in (
        ("Kind of target", summary.kinds, "Questions over what its share of the tokens earns."),
        ("Form of the text", summary.forms, "Odds of being covered with this form, over the odds without."),
    ):
        if shown := [bias for bias in biases if bias.ratio is not None]:
            blocks.append(_biases(heading, shown, meaning))
    if not blocks:
        return None
    lede = "Generators like openings, headings, bold type and numbers. A value of 1 is fair; the line marks it."
    return Part("bias", "Attraction", "What attracts questions", "tables", lede, {"blocks": blocks, "two": True})


def _biases(heading: str, biases: Sequence[Bias], meaning: str) -> PageBlock:
    rows = []
    for bias in biases:
        ratio = bias.ratio or 0.0
        low, high = (bias.interval.low, bias.interval.high) if bias.interval is not None else (ratio, ratio)
        between = f"{number(low)} to {number(high)}" if bias.interval is not None else ""
        name = visible(bias.name.replace("_", " "))
        rows.append([name, number(bias.targets), number(ratio), between, TableCell(intervals(low, ratio, high), "w")])
    return PageBlock(
        heading,
        head=("", "Targets", "Ratio", "95 % interval", ""),
        rows=rows,
        numeric=frozenset({1, 2, 3}),
        table_caption=meaning,
    )


def convergence_part(inputs: Inputs) -> Part | None:
    """Whether styles, prompts or models ask about the same targets; None with fewer than two of them."""
    groups = {name: pairs for name, pairs in inputs.summary.convergence.items() if pairs}
    if not groups:
        return None
    blocks = [_matrix(name, pairs) for name, pairs in groups.items()]
    lede = (
        "Each cell is the overlap of two groups of questions (Morisita-Horn: 0 no common target, 1 the same targets "
        "equally often). Small print: what unrelated choices would share, and what one generator asked twice would. "
        "An overlap near the second means that the two look at the same places, and one of them adds little."
    )
    return Part("styles", "Convergence", "Do styles converge?", "tables", lede, {"blocks": blocks})


def _matrix(kind: str, pairs: Sequence[Overlap]) -> PageBlock:
    names = sorted({name for pair in pairs for name in (pair.one, pair.two)})[:_MOST_SHOWN]
    by_pair = {frozenset((pair.one, pair.two)): pair for pair in pairs}
    rows: list[list[object]] = []
    for one in names:
        row: list[object] = [visible(shorten(one, 40))]
        for two in names:
            pair = by_pair.get(frozenset((one, two)))
            row.append(TableCell("", "") if one == two or pair is None else _overlap(pair))
        rows.append(row)
    return PageBlock(
        f"By {kind}",
        head=("", *(visible(shorten(name, 24)) for name in names)),
        rows=rows,
        look="matrix",
    )


def _overlap(pair: Overlap) -> TableCell:
    shade = min(5, int(pair.morisita_horn * 6)) if pair.p_value < 0.05 else 0
    value = Markup("{}<small>chance {}, same {}</small>").format(
        f"{pair.morisita_horn:.2f}", f"{pair.by_chance:.2f}", f"{pair.if_same:.2f}"
    )
    return TableCell(value, f"h{shade}" if shade else "none")


def repeats_block(inputs: Inputs) -> PageBlock | None:
    """Questions that repeat another; None where there are none."""
    duplicates = inputs.summary.duplicates
    if not duplicates.near:
        return None
    return PageBlock(
        "Repeated questions",
        head=("", "Questions", "Share"),
        rows=[
            ["word for word", number(duplicates.exact), percent(duplicates.exact_share)],
            ["nearly", number(duplicates.near), percent(duplicates.near_share)],
        ],
        numeric=frozenset({1, 2}),
    )
