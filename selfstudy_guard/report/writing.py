"""Putting the report together, within its size, and writing it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import quote

from selfstudy_guard.coverage.tracker import CoverageTracker
from selfstudy_guard.errors import InputError
from selfstudy_guard.files import write_whole
from selfstudy_guard.records import Balance, Document, Finding, Record, Rejection, Segmentation
from selfstudy_guard.report import comparison_parts, coverage_parts, outcome_parts, spread_parts
from selfstudy_guard.report.comparisons import Beside, Reach
from selfstudy_guard.report.entries import Entry
from selfstudy_guard.report.gathering import MAX_PAGES, Inputs, gather
from selfstudy_guard.report.heatmap import limit_entries
from selfstudy_guard.report.page import render
from selfstudy_guard.report.page_source import PageSource
from selfstudy_guard.report.verdict import tiles, verdict
from selfstudy_guard.report.view import DocumentView, PageView, Part

MAX_BYTES = 2_000_000
"""Most bytes of a page; question lists and long texts are shortened until it fits."""
SHRINKS = (1, 2, 4, 8, 16, 32, 64)
"""Tried one after the other until a page fits: texts and question lists are cut to this part of their room."""
_PAGE = re.compile(r"\d{5}(-\d+)?\.html")


def report_html(
    *,
    tracker: CoverageTracker,
    documents: Iterable[Document] | Mapping[str, Document],
    records: Iterable[Record | Entry] = (),
    rejections: Iterable[Rejection] = (),
    findings: Mapping[str, Sequence[Finding]] | None = None,
    balance: Balance | None = None,
    title: str = "",
    segmentations: Mapping[str, Segmentation] | None = None,
    beside: Beside | None = None,
    reached: Reach | None = None,
) -> str:
    """The report as the text of one HTML page, at most 2 MB, with the maps of up to 500 documents, most gaps first.

    Args:
        tracker: the counts that are shown.
        documents: the documents to draw, in the order wanted; those of a mapping of ids are read one at a time.
        records: our records, or entries of data from elsewhere, in the order they were made; read three times,
            and kept in memory only if it is an iterator.
        rejections: planned questions that ended without a record.
        findings: instruction-like spans by document id; by default those that the records' evidence names.
        balance: the ledger's balance, for cost and for what is pending.
        title: heading of the page.
        segmentations: targets by document id, where the caller has them; else the tracker's.
        beside: a second data set over the same documents, set beside this one.
        reached: how much of a human question set's evidence is covered.
    """
    inputs = gather(
        tracker=tracker,
        documents=documents,
        records=records,
        rejections=rejections,
        findings=findings,
        balance=balance,
        segmentations=segmentations,
        beside=beside.tracker if beside is not None else None,
    )
    return _single(inputs, title, _others(inputs, title, beside, reached))


def write_report(
    path: str | os.PathLike[str],
    *,
    tracker: CoverageTracker,
    documents: Iterable[Document] | Mapping[str, Document],
    records: Iterable[Record | Entry] = (),
    rejections: Iterable[Rejection] = (),
    findings: Mapping[str, Sequence[Finding]] | None = None,
    balance: Balance | None = None,
    title: str = "",
    segmentations: Mapping[str, Segmentation] | None = None,
    beside: Beside | None = None,
    reached: Reach | None = None,
) -> Path:
    """Write the report to `path`; arguments as of `report_html`.

    A corpus of more than 1,500 targets or 600,000 characters gets an index page at `path`, worst documents first, and
    a page a document in the folder `<name>_documents` beside it.

    Returns:
        The path of the page to open.

    Raises:
        InputError: the page cannot be written there.
    """
    target = Path(path)
    inputs = gather(
        tracker=tracker,
        documents=documents,
        records=records,
        rejections=rejections,
        findings=findings,
        balance=balance,
        segmentations=segmentations,
        beside=beside.tracker if beside is not None else None,
    )
    others = _others(inputs, title, beside, reached)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if inputs.single:
            write_whole(target, _single(inputs, title, others))
        else:
            _write_pages(target, inputs, title, others)
    except OSError as error:
        raise InputError(f"cannot write the report to {target}: {error.strerror or error}") from error
    return target


def _single(inputs: Inputs, title: str, others: Sequence[Part]) -> str:
    ordered = coverage_parts.worst_first(inputs.sources)
    steps = coverage_parts.edges(inputs)
    text = ""
    for shrink in SHRINKS:
        maps = coverage_parts.maps_of(ordered, inputs.pieces, steps, text_limit=max(60, 4000 // shrink))
        limit_entries([cell for item in maps for cell in item.cells], 700_000 // shrink)
        parts = _ordered(inputs, coverage_parts.map_part(inputs, maps, ordered), others)
        text = render(_view(inputs, title, parts))
        if len(text.encode("utf-8")) <= MAX_BYTES:
            break
    return text


def _write_pages(path: Path, inputs: Inputs, title: str, others: Sequence[Part]) -> None:
    ordered = coverage_parts.worst_first(inputs.sources)
    folder = path.with_name(path.stem + "_documents")
    if folder.is_symlink():
        raise InputError(f"{folder} is a link, and pages are not written through links: remove it")
    folder.mkdir(exist_ok=True)
    for stale in folder.iterdir():
        if _PAGE.fullmatch(stale.name):
            stale.unlink()
    hrefs = []
    steps = coverage_parts.edges(inputs)
    for place, source in enumerate(ordered[:MAX_PAGES], 1):
        hrefs.append(_write_document(path, folder, place, source, inputs, steps))
    shown = ordered[:MAX_PAGES]
    part = coverage_parts.documents_part(inputs, shown, hrefs, len(ordered) - len(shown))
    write_whole(path, render(_view(inputs, title, _ordered(inputs, part, others))))


def _write_document(
    index: Path, folder: Path, place: int, source: PageSource, inputs: Inputs, steps: Sequence[int]
) -> str:
    """Write the pages of one document; returns the address of the first, relative to the index.

    Files are named by number only: an id is untrusted and never becomes a path.
    """
    shades = coverage_parts.levels(steps, coverage_parts.top_count(inputs))
    maps = coverage_parts.maps_of([source], inputs.pieces, steps, text_limit=4000)
    names = [f"{place:05d}.html" if part == 1 else f"{place:05d}-{part}.html" for part in range(1, len(maps) + 1)]
    for shrink in SHRINKS:
        if shrink > 1:
            maps = coverage_parts.maps_of([source], inputs.pieces, steps, text_limit=max(60, 4000 // shrink))
        texts = []
        for item in maps:
            limit_entries(item.cells, 700_000 // shrink)
            texts.append(render(DocumentView(source, item, shades, f"../{index.name}", names), "document.html.j2"))
        if all(len(text.encode("utf-8")) <= MAX_BYTES for text in texts):
            break
    for name, text in zip(names, texts, strict=True):
        write_whole(folder / name, text)
    return quote(f"{folder.name}/{names[0]}")


def _ordered(inputs: Inputs, documents: Part, others: Sequence[Part]) -> list[Part]:
    """What a reader needs first stands first; what explains it is folded. Empty parts are left out."""
    folded = [
        spread_parts.concentration_part(inputs),
        spread_parts.bias_part(inputs),
        spread_parts.convergence_part(inputs),
        outcome_parts.cost_part(inputs),
    ]
    parts = [
        *others,
        outcome_parts.outcome_part(inputs),
        outcome_parts.filtered_part(inputs),
        outcome_parts.marked_part(inputs),
        documents,
        coverage_parts.curve_part(inputs),
        *(replace(part, folded=True) for part in folded if part is not None),
    ]
    return [part for part in parts if part is not None]


def _others(inputs: Inputs, title: str, beside: Beside | None, reached: Reach | None) -> list[Part]:
    found = [comparison_parts.compare_part(inputs, title, beside), comparison_parts.reach_part(reached)]
    return [part for part in found if part is not None]


def _view(inputs: Inputs, title: str, parts: Sequence[Part]) -> PageView:
    marked = len(inputs.marked)
    return PageView(
        title=title or _title(inputs),
        verdict=verdict(inputs, marked=marked),
        tiles=tiles(inputs, marked=marked),
        parts=parts,
        version=_version(),
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _version() -> str:
    """Version of the installed package; the root package is not imported, for imports point one way."""
    try:
        return version("selfstudy-guard")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "(not installed)"


def _title(inputs: Inputs) -> str:
    """The documents' own titles, the first three."""
    titles = [source.title for source in inputs.sources]
    if len(titles) <= 3:
        return ", ".join(titles)
    return f"{', '.join(titles[:2])} and {len(titles) - 2:,} more documents"
