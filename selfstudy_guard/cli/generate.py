"""`selfstudy-guard generate`: the whole job from the shell."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selfstudy_guard.cli.model_options import HELP as MODEL_OPTION_HELP
from selfstudy_guard.cli.model_options import model_options
from selfstudy_guard.cli.option_flags import with_flags

if TYPE_CHECKING:
    from selfstudy_guard.generation.run import Run

app: typer.Typer = typer.Typer(add_completion=False)


@app.command()
@with_flags(
    "seed",
    "policy",
    "per_document",
    "prompts",
    "window",
    "filter_mode",
    "filter_threshold",
    "withhold",
    "question_in_view",
    "question_attempts",
    "answer_attempts",
    "per_call",
    "answer_form",
    "skip_own_pairs",
    "min_score",
    "hops",
    "id_field",
    "strict",
    "concurrency",
    "requests_per_minute",
    "tokens_per_minute",
    "max_tokens",
    "max_cost",
    "tries",
    "until_coverage",
    "draws_per_target",
    "accept_changes",
    "batch_size",
    "batch_every",
)
def generate(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs.")],
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="LiteLLM model string, or gguf:PATH; without it the small built-in model."),
    ] = None,
    n: Annotated[
        int | None, typer.Option("-n", "--n", help="Questions; one for every eligible target if left out.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Run folder; the same command goes on with it.")] = Path(
        "runs/latest"
    ),
    style: Annotated[
        list[str] | None, typer.Option("--style", help="Question style; may be given more than once.")
    ] = None,
    text_field: Annotated[
        list[str] | None,
        typer.Option("--text-field", help="Text field of tabular files; more than once to join several."),
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Ask the model itself about passages that the filter is not sure of.")
    ] = False,
    judge_band: Annotated[
        str | None, typer.Option(help="FROM,TO scores of those passages, e.g. 0.15,0.9; turns the judge on.")
    ] = None,
    review: Annotated[
        Path | None, typer.Option(help="Review file of `filter --review`: what it keeps stays and may be asked about.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help='Who rates pairs: "self" for the model itself, or a model string.')
    ] = None,
    model_option: Annotated[
        list[str] | None,
        typer.Option("--model-option", help=MODEL_OPTION_HELP),
    ] = None,
    price: Annotated[
        str | None, typer.Option(help="IN,OUT dollars per million tokens, if the price is not known.")
    ] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Use the provider's batch interface: about half the price, within a day.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    report: Annotated[Path | None, typer.Option(help="Also write the HTML report here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,
    **options: Any,
) -> None:
    """Ask about every part of the documents, answer from filtered evidence, keep what passes the checks.

    Interrupted or killed, the same command goes on where it stopped. Policies are stratified, uniform and tokens;
    styles are those of the prompts: a wrong one is answered with the list.

    Example:  selfstudy-guard generate docs/ -n 40 --out runs/a
    """
    from rich.console import Console

    options |= {
        "model": model,
        "n": n,
        "styles": tuple(style or ("factual",)),
        "judge": _band(judge_band) if judge_band is not None else judge,
        "rate": rate == "self" or rate,
        "model_options": model_options(model_option),
        "price": _price(price),
        "text_field": tuple(text_field) if text_field else None,
        "batch": batch,
    }
    if review is not None:
        from selfstudy_guard.filter.apply import check_mode
        from selfstudy_guard.filter.review.review_file import read_review

        mode, threshold = check_mode(options.get("filter_mode") or "remove"), options.get("filter_threshold")
        options["instruction_filter"] = read_review(review).instruction_filter(mode, threshold=threshold)
    console = Console(stderr=True)
    if dry_run:
        _print_plan(paths, options, as_json, console)
    else:
        _run(paths, options | {"out": out}, report, as_json, console)


def _run(paths: list[str], settings: dict[str, Any], report: Path | None, as_json: bool, console: Any) -> None:
    from selfstudy_guard.cli.printing import told_on
    from selfstudy_guard.cli.progress import RunProgress
    from selfstudy_guard.generation import generate

    out = settings["out"]
    again = " ".join(shlex.quote(word) for word in ("selfstudy-guard", *sys.argv[1:]))
    if settings["model"] is None:
        console.print(
            "using the small built-in model (SmolLM2-135M): good for trying things out, not for training data",
            style="yellow",
        )
    with RunProgress(console) as progress:
        try:
            run = generate(
                paths,
                progress=progress,
                notify=told_on(console),
                **settings,
            )
        except KeyboardInterrupt:
            console.print(
                f"stopped; every answer so far is kept. To go on:\n  {again}",
                highlight=False,
                soft_wrap=True,
                markup=False,
            )
            sys.stdout.flush()
            os._exit(130)  # worker threads may still wait for a provider; the ledger is safe at every moment
    try:
        _show_run(run, again, out, report, as_json, console)
    except KeyboardInterrupt:  # the run has ended, only its figures have not been shown
        os._exit(130)


def _show_run(run: Run, again: str, out: Any, report: Path | None, as_json: bool, console: Any) -> None:
    from selfstudy_guard.cli.printing import balance_row, print_balance, print_taken_out, told_on
    from selfstudy_guard.generation.closing import closing_lines

    balance = run.balance
    written = run.report(report) if report is not None else None
    lines = closing_lines(run)
    if as_json:
        row = balance_row(balance) | {"out": str(out), "stopped_because": run.stopped_because, "notes": lines}
        row["skipped"] = [{"source": one.source, "reason": one.reason} for one in run.skipped]
        typer.echo(json.dumps(row | {"coverage": run.coverage.coverage, "report": written and str(written)}))
    else:
        print_balance(balance, coverage=run.coverage.coverage)
        print_taken_out(run)
    tell = told_on(console)
    for line in lines:
        tell(line)
    if balance.pending or balance.failed:
        _say(console, f"To go on:\n  {again}")
    if run.stopped_because is not None and balance.pending:
        raise typer.Exit(130 if run.stopped_because == "interrupted" else 1)
    if not balance.answered:
        raise typer.Exit(1)
    if not as_json:
        _say(
            console,
            f"next:\n  selfstudy-guard status {shlex.quote(str(out))}\n"
            f"  selfstudy-guard export {shlex.quote(str(out))} --format openai --out train.jsonl\n"
            f"  selfstudy-guard coverage {shlex.quote(str(out))} --report coverage.html",
        )


def _say(console: Any, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)


def _print_plan(paths: list[str], options: dict[str, Any], as_json: bool, console: Any) -> None:

    from rich.console import Console

    from selfstudy_guard.cli.printing import told_on
    from selfstudy_guard.display.grids import Grid, to_rich
    from selfstudy_guard.display.visible import one_line
    from selfstudy_guard.generation import plan

    planned = plan(
        paths,
        notify=told_on(console),
        **options,
    )
    price = options["price"] or _known_price(options["model"])
    cost = planned.tokens * (price[0] * 0.85 + price[1] * 0.15) / 1e6 if price else None
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "documents": planned.documents,
                    "targets": planned.targets,
                    "eligible": planned.eligible,
                    "not_eligible": planned.reasons,
                    "questions": planned.questions,
                    "calls": planned.calls,
                    "tokens": planned.tokens,
                    "cost": cost,
                    "skipped": [{"source": str(s.source), "reason": s.reason} for s in planned.skipped],
                }
            )
        )
        return
    rows = [
        ("documents", f"{planned.documents:,}"),
        ("targets", f"{planned.targets:,}"),
        ("eligible", f"{planned.eligible:,}"),
        *((f"  not: {reason}", f"{count:,}") for reason, count in planned.reasons.items()),
        ("questions", f"{planned.questions:,}"),
        ("expected calls", f"{planned.calls:,}"),
        ("expected tokens", f"{planned.tokens:,}"),
        ("expected cost", "unknown: give --price IN,OUT" if cost is None else f"${cost:.2f}"),
    ]
    Console().print(to_rich(Grid(rows)))
    for draw in planned.draws[:5]:
        text = " ".join(draw.target.text.split())[:100]
        console.print(f"  {draw.style}: {one_line(text)}", style="dim", markup=False, highlight=False)


def _known_price(model: str | None) -> tuple[float, float] | None:
    """Dollars per million tokens where the model's adapter knows them; a plan needs no working key and no network."""
    from selfstudy_guard.errors import MissingExtraError
    from selfstudy_guard.models import resolve_model

    if model is None or model == "embedded" or model.startswith("gguf:"):
        return (0.0, 0.0)
    try:
        ask = getattr(resolve_model(model), "price", None)
    except MissingExtraError:
        return None
    found: tuple[float, float] | None = ask() if callable(ask) else None
    return found


def _band(text: str) -> tuple[float, float]:
    from selfstudy_guard.errors import InputError

    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--judge-band {text!r}: write two scores from 0 to 1, FROM,TO, such as 0.15,0.9") from error
    return low, high


def _price(text: str | None) -> tuple[float, float] | None:
    from selfstudy_guard.errors import InputError

    if text is None:
        return None
    try:
        sent, received = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--price {text!r}: write two numbers, IN,OUT, in dollars per million tokens") from error
    return sent, received
