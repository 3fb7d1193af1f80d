"""`selfstudy-guard status`: the balance of a run, also while it is going on."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selfstudy_guard.records import Record

app: typer.Typer = typer.Typer()
_SHOWN = 3
_COUNTED = 5000
"""Records that are looked into: a run of millions must not make one wait."""


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
        doubted, withheld = found.doubtful(), _withheld(found.iter_records())
        if as_json:
            doubts = [{"document": name, "start": a, "end": b, "text": text} for name, a, b, text in doubted]
            row = {"settings": found.settings(), "withheld": withheld, "doubtful": doubts}
            typer.echo(json.dumps(balance_row(balance) | row))
        else:
            print_balance(balance)
            if withheld["answers"]:
                typer.echo(
                    f"withheld on suspicion: {withheld['characters']:,} characters of the evidence of "
                    f"{withheld['answers']:,} of {withheld['of']:,} answers, none of which needed them"
                )
            for name, _, _, text in doubted[:_SHOWN]:
                typer.echo(one_line(f"doubtful, not asked about: {name}: {text[:200]}"))
            if len(doubted) > _SHOWN:
                typer.echo("more doubtful sentences: see --json; InstructionFilter(allow=[...]) allows them")
            for _, reason, detail in list(found.iter_failures())[:3]:
                typer.echo(one_line(f"failed: {reason}: {detail}"), err=True)
    finally:
        found.close()


def _withheld(records: Iterator[Record]) -> dict[str, int]:
    """Answers from whose evidence something was withheld, and how much, among the first of a run."""
    answers = characters = of = 0
    for record in islice(records, _COUNTED):
        of += 1
        answers += bool(record.evidence.withheld)
        characters += sum(one.end - one.start for one in record.evidence.withheld)
    return {"answers": answers, "characters": characters, "of": of}
