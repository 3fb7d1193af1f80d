"""The parts of the page about coverage itself: the curve, the map, the table of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfstudy_guard.report.charts import ChartLine, bar, line_chart, thin
from selfstudy_guard.report.gathering import Inputs
from selfstudy_guard.report.heatmap import LEVELS, HeatMap, heat_maps, level_edges
from selfstudy_guard.report.page_source import PageSource, Pieces
from selfstudy_guard.report.verdict import uniform_share
from selfstudy_guard.report.view import Part, number, percent


def curve_part(inputs: Inputs) -> Part:
    """Coverage against number of questions, beside what uniform and anchored questions would give."""
    questions, targets = inputs.summary.questions, inputs.summary.eligible
    saturation = inputs.summary.saturation
    steps = sorted({round(questions * place / 60) for place in range(61)}) or [0]
    even = [(float(n), uniform_share(n, targets)) for n in steps]
    anchored = [(float(n), min(1.0, n / targets) if targets else 0.0) for n in steps]
    order = [(float(point.questions), point.coverage) for point in saturation.curve]
    realised = list(inputs.curve) or order
    lines = [
        ChartLine("anchored, each target once in turn", anchored, "ideal"),
        ChartLine("uniform at random", even, "even"),
    ]
    if realised:
        lines.append(ChartLine("these questions", [(x, y) for x, y in thin(realised)], "run"))
    if not inputs.anchored and 0 < (reachable := min(1.0, saturation.reachable)) < 0.97:
        ends = [(0.0, reachable), (float(questions), reachable)]
        lines.insert(0, ChartLine(f"all that this generator reaches, about {percent(reachable)}", ends, "reach"))
    band = [(float(point.questions), point.low, point.high) for point in saturation.curve]
    chart = line_chart(
        lines,
        title="Coverage curve",
        description=f"Coverage reaches {percent(inputs.summary.coverage)} after {questions:,} questions; "
        f"uniform random questions would reach {percent(even[-1][1])}.",
        x_title="questions",
        y_title="targets covered",
        band=band,
    )
    rows = [
        [
            f"{n:,}",
            percent(_at(realised, n)),
            percent(uniform_share(n, targets)),
            percent(min(1.0, n / max(targets, 1))),
        ]
        for n in sorted({round(questions * place / 8) for place in range(1, 9)})
    ]
    caption = "A curve that flattens below the others asks the same places again and again."
    if band:
        caption += " Shaded: where the curve would lie had the same questions been asked in another order (95 %)."
    data = {
        "chart": chart,
        "key": [{"name": line.name, "look": line.look} for line in reversed(lines)],
        "caption": caption,
        "head": ["Questions", "Covered", "Uniform at random", "Anchored"],
        "rows": rows,
    }
    return Part("curve", "Coverage", "How coverage grew", "curve", data=data)


def _at(points: Sequence[tuple[float, float]], n: int) -> float:
    """Height of the curve at `n` questions."""
    return max((y for x, y in points if x <= n), default=0.0)


def edges(inputs: Inputs) -> tuple[int, ...]:
    """Smallest count of each shade, shared by all documents."""
    counts = (count for source in inputs.sources for some in (source.asked, source.others) for count in some.tolist())
    return level_edges([count for count in counts if count])


def levels(steps: Sequence[int], top: float) -> list[dict[str, Any]]:
    """The shades of the legend that occur, with their counts in words."""
    shades = []
    for place, low in enumerate(steps):
        if low > top:
            break
        high = steps[place + 1] - 1 if place + 1 < len(steps) else None
        text = f"{low}" if high == low else f"{low}–{high}" if high is not None else f"{low} or more"
        if place == LEVELS - 1 and low == top:
            text = f"{low}"
        shades.append({"level": place + 1, "text": text})
    return shades or [{"level": 1, "text": "1"}]


def maps_of(sources: Sequence[PageSource], pieces: Pieces, steps: Sequence[int], *, text_limit: int) -> list[HeatMap]:
    """The maps of several documents, cells numbered through."""
    made: list[HeatMap] = []
    first = 1
    for source in sources:
        if not source.drawn:
            continue
        own = heat_maps(
            *pieces.read(source.id),
            source.counts,
            source.entries,
            source.findings,
            edges=steps,
            text_limit=text_limit,
            first=first,
        )
        first += source.targets
        made.extend(own)
    return made


def top_count(inputs: Inputs) -> int:
    """The largest count of any target."""
    counts = (some for source in inputs.sources for some in (source.asked, source.others))
    return max((int(some.max()) for some in counts if some.size), default=0)


def document_rows(sources: Sequence[PageSource], hrefs: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the table of documents."""
    return [
        {
            "id": source.id,
            "title": source.title,
            "href": href,
            "eligible": source.eligible,
            "share": source.share,
            "bar": "" if source.share is None else bar(source.share, "gap" if source.share < 0.6 else "run"),
            "questions": source.questions,
            "hijacked": source.hijacked,
            "findings": len(source.findings),
        }
        for source, href in zip(sources, hrefs, strict=True)
    ]


def worst_first(sources: Sequence[PageSource]) -> list[PageSource]:
    """Most targets never asked about first; ties by id."""
    return sorted(sources, key=lambda source: (-source.gaps, source.id))


def map_part(inputs: Inputs, maps: Sequence[HeatMap], ordered: Sequence[PageSource]) -> Part:
    """The heat map on this page."""
    shown, count = inputs.unsupported, inputs.unsupported_count
    first: dict[str, str] = {}
    for item in maps:
        linked = next((cell for cell in item.cells if cell.open), None)  # a heading has no place to jump to
        if linked is not None:
            first.setdefault(item.document_id, f"#t{linked.number}")
    data = {
        "maps": maps,
        "levels": levels(edges(inputs), top_count(inputs)),
        "documents": document_rows(ordered, [first.get(source.id, "") for source in ordered]),
        "caption": "Documents with most targets never asked about first.",
        "left_out": "",
        "unsupported": shown,
        "unsupported_count": count,
    }
    lede = (
        "Every sentence is shaded by how many questions draw on it. "
        "Text that is not content and passages that read like instructions are marked."
    )
    return Part("map", "Map", "Where the questions look", "map", lede, data)


def documents_part(inputs: Inputs, ordered: Sequence[PageSource], hrefs: Sequence[str], left_out: int) -> Part:
    """The table of documents, for corpora whose maps stand on pages of their own."""
    shown, count = inputs.unsupported, inputs.unsupported_count
    note = ""
    if left_out:
        note = (
            f"{number(left_out)} further documents have no page: those with the fewest gaps. "
            "Write a report of such a document alone to see its map."
        )
    data = {
        "documents": document_rows(ordered, hrefs),
        "caption": "Documents with most targets never asked about first; each name opens its map.",
        "left_out": note,
        "unsupported": shown,
        "unsupported_count": count,
    }
    return Part("map", "Documents", "Where the questions look", "documents", "", data)
