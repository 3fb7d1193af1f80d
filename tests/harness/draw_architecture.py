"""Draws the rooms of the package and who imports whom, from the code: `python -m tests.harness.draw_architecture`.

Left out are arrows that follow from others (a room that imports what its neighbour imports too), and the modules that
nearly everybody imports. A room stands above all that it imports.
"""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import grimp

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
PACKAGE = "selfstudy_guard"
COMMON = {"records", "errors", "files", "protocols", "finish_reasons"}
OLD = {"run", "instructions"}
"""Import paths of earlier versions."""
WIDE, HIGH, ACROSS, DOWN, EDGE = 92, 30, 20, 46, 16

Arrow = tuple[str, str]


def arrows() -> list[Arrow]:
    """Who imports whom, without what follows from other arrows."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    graph = grimp.build_graph(*linter["root_packages"], cache_dir=None)
    uses: dict[str, set[str]] = {}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            room, used = _room(importer), _room(imported)
            if room and used and room != used and not {room, used} & (COMMON | OLD):
                uses.setdefault(room, set()).add(used)
                uses.setdefault(used, set())
    uses["coverage"].discard("report")  # names that could once be imported from there
    reach: dict[str, set[str]] = {}

    def reached(room: str) -> set[str]:
        if room not in reach:
            reach[room] = uses[room].union(*(reached(used) for used in uses[room]))
        return reach[room]

    return sorted(
        (room, used)
        for room, found in uses.items()
        for used in found
        if not any(used in reached(other) for other in found - {used})
    )


def _room(module: str) -> str:
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] if top == PACKAGE else top.removeprefix("selfstudy_")


def floors(drawn: list[Arrow]) -> tuple[list[list[str]], list[Arrow]]:
    """Rooms from the top floor down, and arrows from floor to floor; a long one goes through places of its own."""
    depth: dict[str, int] = {}

    def height(room: str) -> int:
        if room not in depth:
            depth[room] = max((1 + height(used) for name, used in drawn if name == room), default=0)
        return depth[room]

    rooms = sorted({room for arrow in drawn for room in arrow})
    rows: list[list[str]] = [[] for _ in range(1 + max(map(height, rooms)))]
    for room in rooms:
        rows[height(room)].append(room)
    pieces = []
    for room, used in drawn:
        way = [room, *(f"{room} {used} {floor}" for floor in range(height(room) - 1, height(used), -1)), used]
        for floor, name in zip(range(height(room) - 1, height(used), -1), way[1:-1], strict=True):
            rows[floor].append(name)
        pieces += pairwise(way)
    rows.reverse()
    for _ in range(8):  # each floor is ordered by what stands above, then by what stands below
        for near, far, ordered in ((0, 1, rows), (1, 0, rows[::-1])):
            for above, row in pairwise(ordered):
                at = {name: number / len(above) for number, name in enumerate(above)}
                before = {name: number / len(row) for number, name in enumerate(row)}
                row.sort(key=lambda name: fmean([at[p[near]] for p in pieces if p[far] == name] or [before[name]]))
    return rows, pieces


def picture() -> str:
    """The whole drawing as SVG."""
    rows, pieces = floors(arrows())
    widths = [[WIDE if " " not in name else 10 for name in row] for row in rows]
    broad = max(sum(row) + ACROSS * len(row) for row in widths) + 2 * EDGE
    place: dict[str, tuple[int, int]] = {}
    for floor, (row, wide) in enumerate(zip(rows, widths, strict=True)):
        x = (broad - sum(wide) - ACROSS * (len(row) - 1)) // 2
        for name, width in zip(row, wide, strict=True):
            place[name] = (x + width // 2, EDGE + floor * (HIGH + DOWN))
            x += width + ACROSS
    tall = EDGE * 2 + len(rows) * (HIGH + DOWN) - DOWN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {broad} {tall}"',
        'font-family="sans-serif" font-size="12">',
        f"<title>Rooms of {PACKAGE}; an arrow points at what is imported</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#556"/></marker></defs>',
        f'<rect width="{broad}" height="{tall}" fill="#fff"/>',
    ]
    for name, used in pieces:
        (x, y), (to_x, to_y) = place[name], place[used]
        through = f" L{x} {y + HIGH}" if " " in name else ""
        tip = ' marker-end="url(#tip)"' if " " not in used else ""
        start = y if " " in name else y + HIGH
        lines.append(f'<path d="M{x} {start}{through} L{to_x} {to_y}" stroke="#889" fill="none"{tip}/>')
    for name, (x, y) in place.items():
        if " " not in name:
            colour = "#f6efe2" if name.startswith("guard_") else "#eef3fb"
            lines.append(
                f'<rect x="{x - WIDE // 2}" y="{y}" width="{WIDE}" height="{HIGH}" fill="{colour}" stroke="#667"/>'
            )
            lines.append(f'<text x="{x}" y="{y + 20}" text-anchor="middle">{name.removeprefix("guard_")}</text>')
    return "\n".join([*lines, "</svg>\n"])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    print(f"drawn: {PICTURE.relative_to(ROOT)}")
