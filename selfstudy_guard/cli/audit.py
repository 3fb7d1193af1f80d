"""`selfstudy-guard audit`: the stress tests from the shell, and `audit compare`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from selfstudy_guard.audit.results import AuditResult
    from selfstudy_guard.audit.runner import Expected
    from selfstudy_guard.engine.limits import Price
    from selfstudy_guard.records import Document

app: typer.Typer = typer.Typer(add_completion=False, invoke_without_command=True, no_args_is_help=False)


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
    max_cost: Annotated[float | None, typer.Option(min=0.0, help="Most US dollars.")] = None,
    price: Annotated[
        str | None, typer.Option(help="IN,OUT dollars per million tokens, if the price is not known.")
    ] = None,
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
    orders: Annotated[
        Path | None, typer.Option(help="Your own planted orders (JSON lines: style, text, kind, value); docs/audit.md.")
    ] = None,
    close: Annotated[
        bool,
        typer.Option("--close", help="Compliance where small models obey most: one paragraph, the order beside it."),
    ] = False,
    report: Annotated[Path | None, typer.Option("--report", "-r", help="Write the HTML page here.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the tables as Markdown here.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the results as JSON here, for `audit compare`.")] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="EXPERIMENT.FIGURE[.CONDITION]=VALUE; exit with 3 if the figure is worse; repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print calls, tokens and cost, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Stress-test a model, your prompts and your documents, before and after the guard.

    Example:  selfstudy-guard audit --quick --report audit.html
    """
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from selfstudy_guard.audit.runner import EXPERIMENTS, experiment_named, rehearse, run_audit
    from selfstudy_guard.audit.thresholds import parse_thresholds
    from selfstudy_guard.display.visible import one_line
    from selfstudy_guard.errors import InputError

    console = Console(stderr=True)
    chosen = tuple(dict.fromkeys(experiment or EXPERIMENTS))
    for name in chosen:
        experiment_named(name)
    thresholds = parse_thresholds(fail_under or [], chosen)
    for path in (report, markdown, save):
        if path is not None and not path.absolute().parent.is_dir():
            raise InputError(f"cannot write {path}: there is no folder {path.parent}")
    models: list[Any] = [*model] if model else [] if chain else [None]
    if chain:
        models.append(f"python:{chain.removeprefix('python:')}")
    settings: dict[str, Any] = {
        "experiments": chosen,
        "quick": quick,
        "budget": budget,
        "seed": seed,
        "ask_prompt": _read(ask_prompt),
        "answer_prompt": _read(answer_prompt),
        "orders": orders,
        "close": close,
    }
    prices = _price(price)
    documents = _documents(docs, console)
    if dry_run:
        _print_expected(rehearse(models, documents, price=prices, **settings), as_json)
        return
    if None in models:
        console.print(
            "using the small built-in model (SmolLM2-135M): its figures are not those of the models that people use",
            style="yellow",
            soft_wrap=True,
        )
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TextColumn("{task.completed} replies"))
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def notify(line: str) -> None:
            progress.update(task, description=one_line(line))
            if not console.is_terminal:
                console.print(one_line(line), highlight=False, markup=False, soft_wrap=True)

        try:
            result = run_audit(
                models,
                documents,
                out=out,
                with_bound=bound,
                concurrency=concurrency,
                max_cost=max_cost,
                price=prices,
                notify=notify,
                on_reply=lambda: progress.advance(task),
                **settings,
            )
        except KeyboardInterrupt:
            kept = "every reply so far is kept; the same command goes on" if out else "give --out to be able to go on"
            console.print(f"stopped: {kept}", highlight=False, markup=False)
            sys.stdout.flush()
            os._exit(130)  # worker threads may still wait for a model; the ledger is safe at every moment
    _write(result, save, report, markdown, console)
    if as_json:
        typer.echo(json.dumps(result.model_dump(mode="json")))  # ASCII: safe to print
    else:
        from selfstudy_guard.audit.audit_tables import print_audit

        print_audit(result, Console())
    if result.stopped:
        again = "The same command goes on." if out else "Nothing was kept: give --out to be able to go on."
        console.print(f"stopped early: {result.stopped}. {again}", style="red", highlight=False, markup=False)
        raise typer.Exit(1)
    missed = [line for threshold in thresholds for line in threshold.missed(result)]
    for line in missed:
        console.print(one_line(line), style="red", highlight=False, markup=False, soft_wrap=True)
    if missed:
        raise typer.Exit(3)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Results of an earlier audit (--save).")],
    new: Annotated[Path, typer.Argument(help="Results of a later one.")],
    fail_if_worse: Annotated[
        bool, typer.Option("--fail-if-worse", help="Exit with 3 if a figure is clearly worse.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a figure, as a list.")] = False,
) -> None:
    """Set two audits side by side; differences whose intervals do not overlap are marked.

    Example:  selfstudy-guard audit compare old.json new.json
    """
    from rich.console import Console

    from selfstudy_guard.audit.audit_tables import changes, different_designs, print_changes
    from selfstudy_guard.audit.results import AuditResult

    before, after = AuditResult.load(old), AuditResult.load(new)
    rows = changes(before, after)
    differing = different_designs(before, after)
    if differing:
        Console(stderr=True).print(
            f"the audits also differ in: {', '.join(differing)}", style="yellow", highlight=False, markup=False
        )
    if as_json:
        typer.echo(json.dumps([row.model_dump() for row in rows]))
    else:
        print_changes(rows, Console())
    if fail_if_worse and any(row.trend == "worse" for row in rows):
        raise typer.Exit(3)


def _documents(docs: list[str] | None, console: Any) -> list[Document] | None:
    from selfstudy_guard.display.visible import one_line
    from selfstudy_guard.documents import read_documents

    if not docs:
        return None

    def tell(skipped: Any) -> None:
        line = f"not read: {one_line(str(skipped.source))}: {one_line(skipped.reason)}"
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)

    return list(read_documents(docs, on_skip=tell))


def _write(result: AuditResult, save: Path | None, report: Path | None, markdown: Path | None, console: Any) -> None:
    from selfstudy_guard.audit.audit_page import audit_html
    from selfstudy_guard.audit.markdown_tables import audit_markdown
    from selfstudy_guard.errors import InputError
    from selfstudy_guard.files import write_whole

    makers: tuple[tuple[Path | None, Callable[[AuditResult], str]], ...] = (
        (save, lambda audit: audit.model_dump_json(indent=1)),
        (report, audit_html),
        (markdown, audit_markdown),
    )
    for path, make in makers:
        if path is None:
            continue
        try:
            write_whole(path, make(result))
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror or error}") from error
        console.print(f"wrote {path}", highlight=False, markup=False, soft_wrap=True)


def _read(path: Path | None) -> str | None:
    from selfstudy_guard.errors import InputError

    if path is None:
        return None
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the prompt {path}: {error}") from error


def _price(text: str | None) -> Price | None:
    from selfstudy_guard.engine.limits import Price
    from selfstudy_guard.errors import InputError

    if text is None:
        return None
    try:
        sent, received = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--price {text!r}: write two numbers, IN,OUT, in dollars per million tokens") from error
    return Price(sent, received)


def _print_expected(expected: Sequence[Expected], as_json: bool) -> None:
    calls = sum(one.calls for one in expected)
    tokens = sum(one.usage.tokens for one in expected)
    costs = [one.usage.cost for one in expected]
    cost = None if None in costs else sum(value for value in costs if value is not None)
    if as_json:
        rows = [
            {"model": one.model, "experiment": one.experiment, "calls": one.calls, "tokens": one.usage.tokens}
            for one in expected
        ]
        typer.echo(json.dumps({"experiments": rows, "calls": calls, "tokens": tokens, "cost": cost}))
        return
    for one in expected:
        typer.echo(f"{one.experiment:14} {one.calls:7,} calls {one.usage.tokens:12,} tokens  {one.model}")
    typer.echo(f"{'total':14} {calls:7,} calls {tokens:12,} tokens")
    typer.echo(f"{'cost':14} " + ("unknown: give --price IN,OUT" if cost is None else f"${cost:,.2f}"))
