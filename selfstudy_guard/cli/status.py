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

app: typer.Typer = typer.Typer(add_completion=False)
_SHOWN = 3
_SHOWN_AS_JSON = 100
_OF_A_FINDING = {"start", "end", "quote", "intent", "channel", "score", "detector"}
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
    from selfstudy_guard.cli.printing import balance_row, print_balance, print_taken_out
    from selfstudy_guard.display.visible import one_line
    from selfstudy_guard.generation.closing import closing_lines
    from selfstudy_guard.generation.run import Run

    found = Run.open(run)
    try:
        balance = found.balance
        doubted, withheld = found.doubtful(), _withheld(found.iter_records())
        if as_json:
            doubts = [{"document": name, "start": a, "end": b, "text": text} for name, a, b, text in doubted]
            taken = [{"document": name, **one.model_dump(include=_OF_A_FINDING)} for name, one in found.iter_findings()]
            failures = [one._asdict() for one in islice(found.iter_failures(), _SHOWN_AS_JSON)]
            row = {"settings": found.settings(), "withheld": withheld, "doubtful": doubts}
            row |= {"taken_out": taken, "failures": failures, "notes": closing_lines(found)}
            typer.echo(json.dumps(balance_row(balance) | row))
        else:
            print_balance(balance, coverage=found.coverage.coverage if balance.planned <= _COUNTED else None)
            print_taken_out(found)
            if withheld["answers"]:
                typer.echo(
                    f"withheld on suspicion: {withheld['characters']:,} characters of the evidence of "
                    f"{withheld['answers']:,} of {withheld['of']:,} answers, none of which needed them"
                )
            for name, _, _, text in doubted[:_SHOWN]:
                typer.echo(one_line(f"doubtful, not asked about: {name}: {text[:200]}"))
            if len(doubted) > _SHOWN:
                typer.echo("more doubtful sentences: see --json; InstructionFilter(allow=[...]) allows them")
            for line in closing_lines(found):
                typer.echo(one_line(line), err=True)
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
