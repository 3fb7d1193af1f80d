"""`selfstudy-guard targets`: shows what will be asked about in a document, what not, and why."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from selfstudy_guard.records import Document, Segmentation

app: typer.Typer = typer.Typer(add_completion=False)


@app.command()
def targets(
    pages: Annotated[
        list[Path], typer.Argument(help="Files, folders or globs; rows of .jsonl, .csv ... are documents too.")
    ],
    html: Annotated[Path | None, typer.Option(help="Write a page that shows every document with its targets.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a document, one a line.")] = False,
    eligible_only: Annotated[bool, typer.Option("--eligible", help="List only what will be asked about.")] = False,
    instructions: Annotated[
        bool, typer.Option("--filter/--no-filter", help="Let the instruction filter say what is an instruction.")
    ] = True,
    skip_own_pairs: Annotated[
        bool, typer.Option("--skip-own-pairs", help="Leave out answers of a document to its own questions (a FAQ).")
    ] = False,
    text_field: Annotated[
        list[str] | None,
        typer.Option(help="Field of tabular files that holds the text; more than once to join several."),
    ] = None,
    id_field: Annotated[str | None, typer.Option(help="Field of tabular files that names the row.")] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit with 3 if a smaller share of all targets is eligible.")
    ] = None,
) -> None:
    """Show what will be asked about in a document, what not, and why.

    Example:  selfstudy-guard targets manual.html --html targets.html
    """
    from selfstudy_guard.documents import ReadingAccount, read_documents, segment
    from selfstudy_guard.documents.eligibility.doubts import without_doubtful
    from selfstudy_guard.filter.beliefs import examined_each

    finder = None
    if instructions:
        from selfstudy_guard.filter import InstructionFilter

        finder = InstructionFilter()
    account = ReadingAccount()
    page = None
    if html is not None:
        from selfstudy_guard.cli.targets_page import TargetsPage

        page = TargetsPage()
    documents = 0
    reasons: Counter[str] = Counter()
    reading = read_documents(
        pages, text_field=text_field, id_field=id_field, on_skip=account.skipped.append, on_read=account.read.append
    )
    judged = examined_each(finder, reading) if finder is not None else ((document, (), ()) for document in reading)
    for document, findings, beliefs in judged:
        documents += 1
        found = without_doubtful(segment(document, findings=findings, skip_own_pairs=skip_own_pairs), beliefs)
        reasons.update("" if target.eligible else target.reason or "" for target in found.targets)
        if page is not None:
            page.add(document, found)
        if as_json:
            typer.echo(json.dumps(_row(document, found, eligible_only)))
        elif page is None:
            _show(document, found, eligible_only)
    from selfstudy_guard.cli.printing import counted
    from selfstudy_guard.display.visible import one_line

    for item in account.skipped:
        typer.echo(f"not read: {one_line(str(item))}", err=True)
    for one in account.read:
        for note in one.notes:
            typer.echo(f"{one_line(one.source)} ({one.how}): {one_line(note)}", err=True)
    if not documents:
        typer.echo("no documents were read", err=True)
        raise typer.Exit(1)
    if page is not None and html is not None:
        _write(html, page.text())
    share = reasons[""] / total if (total := sum(reasons.values())) else 0.0
    if not as_json:
        typer.echo(f"{counted(documents, 'document')}, {total} targets, {reasons['']} eligible ({share:.1%})", err=True)
    if fail_under is not None and share < fail_under:
        typer.echo(f"the share of eligible targets is under {fail_under:.1%}", err=True)
        raise typer.Exit(3)


def _write(path: Path, text: str) -> None:
    from selfstudy_guard.errors import InputError
    from selfstudy_guard.files import write_whole

    try:
        write_whole(path, text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; choose another file for --html") from error
    typer.echo(f"wrote {path}", err=True)


def _row(document: Document, found: Segmentation, eligible_only: bool) -> dict[str, Any]:
    chosen = found.eligible if eligible_only else found.targets
    return {
        "document_id": document.id,
        "characters": len(document.text),
        "eligible": len(found.eligible),
        "reasons": dict(Counter(target.reason for target in found.targets if not target.eligible).most_common()),
        "targets": [target.model_dump(mode="json", exclude={"document_id", "also"}) for target in chosen],
        "artefacts": [artefact.model_dump(mode="json") for artefact in found.artefacts],
    }


def _show(document: Document, found: Segmentation, eligible_only: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    from selfstudy_guard.display.visible import one_line
    from selfstudy_guard.documents import mask_artefacts

    console = Console(highlight=False, soft_wrap=False)
    console.print(f"\n[bold]{escape(one_line(document.id))}[/]")
    section: tuple[str, ...] | None = None
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(width=17, no_wrap=True)
    table.add_column(overflow="fold")
    for target in found.targets:
        if target.eligible:
            if target.section != section:
                section = target.section
                table.add_row("", "", Text(one_line(" > ".join(section)), style="bold"))
            seen = mask_artefacts(target.text, found.artefacts, start=target.start)
            table.add_row(Text("+", style="green"), Text(target.kind.replace("_", " ")), Text(one_line(seen)))
        elif not eligible_only and target.kind != "heading":
            shown = one_line(target.text)
            shown = shown if len(shown) <= 160 else shown[:159] + "\u2026"
            table.add_row(Text("-", style="red"), Text(target.reason or "", style="yellow"), Text(shown, style="dim"))
    console.print(table)
    reasons = Counter(target.reason for target in found.targets if not target.eligible)
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    console.print(f"[green]{len(found.eligible)} will be asked about[/]; not: {escape(told) or 'nothing'}")
