"""`selfstudy-guard compare-unguarded`: the same model on your documents, without and with the guard."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selfstudy_guard.cli.model_options import HELP as MODEL_OPTION_HELP
from selfstudy_guard.cli.model_options import model_options

if TYPE_CHECKING:
    from rich.console import Console

    from selfstudy_guard.audit.unguarded import Comparison

app = typer.Typer(add_completion=False)


@app.command()
def compare_unguarded(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.")],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="LiteLLM model string, or gguf:PATH; without it the small built-in model."),
    ] = None,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Questions of each side.")] = 40,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder that keeps both sides; the same command goes on with it.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of both sides.")] = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="Most requests in flight.")] = 8,
    max_cost: Annotated[float | None, typer.Option(min=0.0, help="Most US dollars of each side.")] = None,
    model_option: Annotated[list[str] | None, typer.Option("--model-option", help=MODEL_OPTION_HELP)] = None,
    picture: Annotated[Path | None, typer.Option(help="Also write the picture of both sides (SVG) here.")] = None,
    report: Annotated[Path | None, typer.Option(help="Also write the HTML report of the guarded side here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask the same model about the same documents without and with the guard, and set the two side by side.

    It sends about four requests for each question. Orders are those that the filter finds.

    Example:  selfstudy-guard compare-unguarded docs/ -n 40
    """
    from rich.console import Console

    from selfstudy_guard.audit.unguarded import GUARDED
    from selfstudy_guard.audit.unguarded import compare_unguarded as compare
    from selfstudy_guard.cli.printing import told_on
    from selfstudy_guard.cli.progress import SidesProgress

    console = Console(stderr=True)
    with SidesProgress(console) as progress:
        found = compare(
            paths,
            model=model,
            n=n,
            out=out,
            seed=seed,
            on_progress=progress.update,
            notify=told_on(console),
            concurrency=concurrency,
            max_cost=max_cost,
            model_options=model_options(model_option),
        )
    if picture is not None:
        from selfstudy_guard.audit.unguarded_picture import write_picture

        write_picture(found, picture)
    if report is not None:
        found.run.report(report)
    if as_json:
        typer.echo(json.dumps(as_row(found)))  # ASCII: safe to print
    else:
        print_comparison(found, Console())
        if out is not None:
            kept = shlex.quote(str(out / GUARDED))
            typer.echo(f"next:\n  selfstudy-guard coverage {kept} --report coverage.html", err=True)


def as_row(found: Comparison) -> dict[str, Any]:
    """The comparison as a JSON-like object."""
    return {
        "model": found.model,
        "orders": found.orders,
        "orders_named": found.orders_named,
        **{
            name: {
                "planned": side.planned,
                "pairs": len(side.prompts),
                "coverage": side.summary.coverage,
                "exposed": side.exposed,
                "orders_shown": side.orders,
                "marked": side.assessment.marked,
                "junk": side.junk,
                "unattributed": side.summary.unattributed,
                "repeats": side.summary.duplicates.near,
                "calls": side.calls,
            }
            for name, side in (("without", found.without), ("with", found.guarded))
        },
        "taken_out": [
            {"document": name, "start": one.start, "end": one.end, "intent": one.intent, "channel": one.channel}
            for name, one in found.taken_out
        ],
    }


def print_comparison(found: Comparison, console: Console) -> None:
    """Passages that were taken out, records worth reading, and the closing table."""
    from rich.text import Text

    from selfstudy_guard.audit.unguarded import WITH, WITHOUT
    from selfstudy_guard.cli.printing import counted, print_records
    from selfstudy_guard.display.grids import Grid, to_rich
    from selfstudy_guard.display.visible import one_line

    passages = found.passages()
    if passages:
        were = "was" if len(found.taken_out) == 1 else "were"
        some = "; some of them" if len(found.taken_out) > len(passages) else ""
        console.print(
            f"\n{counted(len(found.taken_out), 'passage')} {were} taken out before an answer was asked for{some}:"
        )
    for name, finding in passages:
        line = Text(f"  {one_line(name)}: ", "dim")
        line.append(one_line(finding.quote)[:200], "red")
        line.append(f"  ({one_line(finding.intent)}, {one_line(finding.channel)}, {finding.score:.2f})", "dim")
        console.print(line, soft_wrap=True)
    records = found.worth_reading()
    if records:
        console.print("\nrecords worth reading:")
        print_records(records, console)
    grid = Grid(found.rows(), ("", WITHOUT, WITH), "the same model, the same documents")
    console.print()
    console.print(to_rich(grid))
    whose = "the orders that were named" if found.orders_named else "the passages that the filter found"
    console.print(
        f"orders: {whose}. Both sides are measured from their pairs alone, by attribution.", style="dim", soft_wrap=True
    )
