"""`selfstudy-guard audit`: the stress tests from the shell, and `audit compare`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)


@app.callback()
def audit(
    context: typer.Context,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Model string; may be given more than once; the built-in one if left out."),
    ] = None,
    docs: Annotated[
        list[str] | None, typer.Option("--docs", "-d", help="Files, folders or globs; the shipped ones if left out.")
    ] = None,
    experiment: Annotated[
        list[str] | None,
        typer.Option(
            "--experiment", "-e", help="saturation, convergence, presentation, hijack or compliance; all if left out."
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="The small design: some minutes on the built-in model.")
    ] = False,
    budget: Annotated[int | None, typer.Option(min=8, help="Most calls of one experiment.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the design.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder that keeps every reply; the same command goes on with it."),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Most requests in flight.")] = 8,
    max_cost: Annotated[float | None, typer.Option(help="Most US dollars.")] = None,
    bound: Annotated[
        bool, typer.Option("--bound/--no-bound", help="Also run the obedient reader, an upper bound.")
    ] = True,
    ask_prompt: Annotated[Path | None, typer.Option(help="Your own question prompt, a text file with {text}.")] = None,
    answer_prompt: Annotated[
        Path | None, typer.Option(help="Your own answer prompt, a text file with {text} and {question}.")
    ] = None,
    chain: Annotated[
        str | None, typer.Option(help="MODULE:OBJECT, a function of messages or a model of your own, audited as is.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", "-r", help="Write the HTML page here.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the tables as Markdown here.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the results as JSON here, for `audit compare`.")] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="EXPERIMENT.FIGURE[.CONDITION]=VALUE; exit with 3 if the figure is worse; repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the number of calls and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Stress-test a model, your prompts and your documents, before and after the guard.

    Example:  selfstudy-guard audit --quick --report audit.html
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from selfstudy_guard.audit.runner import EXPERIMENTS, expected_calls, run_audit
    from selfstudy_guard.audit.thresholds import parse_thresholds
    from selfstudy_guard.documents import read_documents

    console = Console(stderr=True)
    thresholds = parse_thresholds(fail_under or [])
    models: list[Any] = [*model] if model else [] if chain else [None]
    if chain:
        models.append(f"python:{chain}")
    documents = list(read_documents(docs)) if docs else None
    chosen = tuple(experiment or EXPERIMENTS)
    if dry_run:
        counts = expected_calls(models, documents, experiments=chosen, quick=quick, budget=budget, seed=seed)
        _print_counts(counts, as_json)
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} replies"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def notify(line: str) -> None:
            progress.update(task, description=line)
            if not console.is_terminal:
                console.print(line, highlight=False, markup=False)

        result = run_audit(
            models,
            documents,
            experiments=chosen,
            out=out,
            quick=quick,
            budget=budget,
            seed=seed,
            with_bound=bound,
            concurrency=concurrency,
            max_cost=max_cost,
            ask_prompt=_read(ask_prompt),
            answer_prompt=_read(answer_prompt),
            notify=notify,
            on_reply=lambda: progress.advance(task),
        )
    if save is not None:
        save.write_text(result.model_dump_json(indent=1), encoding="utf-8")
    for path, module, write in ((report, "page", "audit_html"), (markdown, "markdown", "audit_markdown")):
        if path is not None:
            text = getattr(importlib.import_module(f"selfstudy_guard.audit.{module}"), write)(result)
            path.write_text(text, encoding="utf-8")
            console.print(f"wrote {path}", highlight=False)
    if as_json:
        typer.echo(result.model_dump_json())
    else:
        from selfstudy_guard.audit.tables import print_audit

        print_audit(result, Console())
    missed = [line for threshold in thresholds for line in threshold.missed(result)]
    for line in missed:
        console.print(line, style="red", highlight=False, markup=False)
    if missed:
        raise typer.Exit(3)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Results of an earlier audit (--save).")],
    new: Annotated[Path, typer.Argument(help="Results of a later one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Set two audits side by side; differences whose intervals do not overlap are marked.

    Example:  selfstudy-guard audit compare old.json new.json
    """
    from rich.console import Console

    from selfstudy_guard.audit.results import AuditResult
    from selfstudy_guard.audit.tables import changes, print_changes

    rows = changes(AuditResult.load(old), AuditResult.load(new))
    if as_json:
        typer.echo(json.dumps([row.model_dump() for row in rows]))
    else:
        print_changes(rows, Console())


def _read(path: Path | None) -> str | None:
    from selfstudy_guard.errors import InputError

    if path is None:
        return None
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the prompt {path}: {error}") from error


def _print_counts(counts: dict[str, int], as_json: bool) -> None:
    total = sum(counts.values())
    if as_json:
        typer.echo(json.dumps({"calls": counts, "total": total}))
        return
    for name, count in counts.items():
        typer.echo(f"{name:14} {count:6,} calls")
    typer.echo(f"{'total':14} {total:6,} calls")
