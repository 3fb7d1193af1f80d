"""`selfstudy-guard status`: the balance of a run, also while it is going on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def status(
    run: Annotated[Path, typer.Argument(help="Run folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the balance of a run: planned = answered + rejected + failed + pending, and what was spent.

    Example:  selfstudy-guard status runs/a --json
    """
    from selfstudy_guard.cli.printing import balance_row, one_line, print_balance
    from selfstudy_guard.generation.run import Run

    found = Run.open(run)
    try:
        balance = found.balance
        if as_json:
            typer.echo(json.dumps(balance_row(balance) | {"settings": found.settings()}))
        else:
            print_balance(balance)
            for _, reason, detail in list(found.iter_failures())[:3]:
                typer.echo(one_line(f"failed: {reason}: {detail}"), err=True)
    finally:
        found.close()
