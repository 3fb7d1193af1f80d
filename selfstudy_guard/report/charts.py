"""The charts of the report: inline SVG made on the server, coloured by the page's style sheet.

Built with the standard library's ElementTree, which escapes every text and attribute. Colours are CSS classes, so
that one drawing serves light, dark and print; nothing uses inline style, so that the page's content-security
policy can forbid it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET  # only builds, never parses

from markupsafe import Markup

WIDTH, HEIGHT = 720.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 66.0, 16.0, 34.0, 52.0


@dataclass(frozen=True)
class ChartLine:
    """One line of a chart.

    Attributes:
        name: shown in the legend.
        points: (x, y), x ascending.
        look: CSS class that colours it ("run", "ideal", "even").
    """

    name: str
    points: Sequence[tuple[float, float]]
    look: str = "run"


_TOPS = (0.02, 0.04, 0.08, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Upper ends of an axis of shares, each of which has four even steps: the lowest that holds the data is taken."""


def line_chart(
    lines: Sequence[ChartLine],
    *,
    title: str,
    description: str,
    x_title: str,
    y_title: str,
    band: Sequence[tuple[float, float, float]] = (),
    width: float = WIDTH,
) -> Markup:
    """Lines over a share (y in per cent, from 0 to what the data need), with an optional band of (x, low, high)."""
    xs = [x for line in lines for x, _ in line.points]
    x_max = max([*xs, 1e-9])
    highest = max([*(y for line in lines for _, y in line.points), *(high for _, _, high in band), 0.0])
    y_max = next((top for top in _TOPS if highest <= top), 1.0)
    svg = _svg(width, HEIGHT, title, description)

    def px(x: float) -> float:
        return LEFT + (width - LEFT - RIGHT) * x / x_max

    def py(y: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(1.0, max(0.0, y / y_max))

    for place in range(5):
        share = y_max * place / 4
        _add(svg, "line", "grid", x1=LEFT, x2=width - RIGHT, y1=py(share), y2=py(share))
        _text(svg, f"{100 * share:.4g}%", LEFT - 8, py(share) + 4, "tick end")
    for tick in ticks(x_max):
        _add(svg, "line", "tickmark", x1=px(tick), x2=px(tick), y1=py(0), y2=py(0) + 5)
        _text(svg, f"{tick:,.0f}" if x_max > 1 else f"{tick:.0%}", px(tick), py(0) + 22, "tick middle")
    _text(svg, x_title, (LEFT + width - RIGHT) / 2, HEIGHT - 6, "axis middle")
    _text(svg, y_title, LEFT, TOP - 14, "axis")
    if band:
        upper = [(px(x), py(high)) for x, _, high in band]
        lower = [(px(x), py(low)) for x, low, _ in reversed(band)]
        _add(svg, "path", "band", d=_path([*upper, *lower]) + "Z")
    for line in lines:
        _add(svg, "path", f"line {line.look}", d=_path([(px(x), py(y)) for x, y in line.points]))
    return _markup(svg)


def columns(
    values: Sequence[float], labels: Sequence[str], *, title: str, description: str, even: float | None = None
) -> Markup:
    """Columns of non-negative values, with a dashed line at the value that evenness would give."""
    width, height, bottom = 420.0, 190.0, 26.0
    svg = _svg(width, height, title, description)
    top = max([*values, even or 0.0, 1e-9]) * 1.15
    step = width / max(1, len(values))

    def py(value: float) -> float:
        return height - bottom - (height - bottom - 10) * value / top

    for place, (value, label) in enumerate(zip(values, labels, strict=True)):
        x = place * step + step * 0.12
        _add(svg, "rect", "column", x=x, y=py(value), width=step * 0.76, height=height - bottom - py(value), rx=2)
        _text(svg, label, place * step + step / 2, height - 8, "tick middle")
        _text(svg, f"{value:.2f}", place * step + step / 2, py(value) - 5, "note middle")
    _add(svg, "line", "base", x1=0, x2=width, y1=height - bottom, y2=height - bottom)
    if even is not None:
        _add(svg, "line", "line even", x1=0, x2=width, y1=py(even), y2=py(even))
    return _markup(svg)


def bar(share: float, look: str = "run") -> Markup:
    """A small bar for a table cell; the number stands beside it, so it is hidden from screen readers."""
    svg = ET.Element("svg", {"class": "bar", "viewBox": "0 0 100 8", "preserveAspectRatio": "none"})
    svg.set("aria-hidden", "true")
    _add(svg, "rect", "track", x=0, y=0, width=100, height=8, rx=1)
    _add(svg, "rect", f"fill {look}", x=0, y=0, width=100 * min(1.0, max(0.0, share)), height=8, rx=1)
    return _markup(svg)


def intervals(low: float, value: float, high: float, *, limits: tuple[float, float] = (0.1, 10.0)) -> Markup:
    """A dot with its interval on a logarithmic axis that has 1 in the middle (ratios, odds); for a table cell."""
    left, right = (math.log(limit) for limit in limits)

    def px(ratio: float) -> float:
        position = math.log(min(limits[1], max(limits[0], ratio)))
        return 4 + 152 * (position - left) / (right - left)

    svg = ET.Element("svg", {"class": "odds", "viewBox": "0 0 160 16", "aria-hidden": "true"})
    _add(svg, "line", "base", x1=px(1), x2=px(1), y1=0, y2=16)
    _add(svg, "line", "whisker", x1=px(low), x2=px(high), y1=8, y2=8)
    _add(svg, "circle", "dot", cx=px(value), cy=8, r=4)
    return _markup(svg)


def ticks(top: float, wanted: int = 6) -> list[float]:
    """Round numbers from 0 to `top`, about `wanted` of them."""
    raw = top / wanted
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    if top > 1:
        step = max(1.0, round(step))
    return [place * step for place in range(int(top / step + 1e-9) + 1)]


def thin(points: Sequence[tuple[float, ...]], most: int = 200) -> list[tuple[float, ...]]:
    """At most about `most` of the points, first and last kept; dense where curves bend, that is early."""
    if len(points) <= most:
        return list(points)
    last = len(points) - 1
    chosen = sorted({round(last * (place / (most - 1)) ** 2) for place in range(most)})
    return [points[place] for place in chosen]


def _svg(width: float, height: float, title: str, description: str) -> ET.Element:
    look = "chart small" if width < WIDTH else "chart"
    svg = ET.Element("svg", {"class": look, "viewBox": f"0 0 {width:g} {height:g}", "role": "img"})
    svg.set("aria-label", f"{title}. {description}")
    return svg


def _add(parent: ET.Element, tag: str, look: str, **attributes: float | str) -> ET.Element:
    values = {name: f"{value:.1f}".removesuffix(".0") if isinstance(value, float | int) else value
              for name, value in attributes.items()}  # fmt: skip
    return ET.SubElement(parent, tag, {"class": look, **values})


def _text(parent: ET.Element, text: str, x: float, y: float, look: str) -> None:
    _add(parent, "text", look, x=x, y=y).text = text


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def _markup(svg: ET.Element) -> Markup:
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - ElementTree escaped every text and attribute
