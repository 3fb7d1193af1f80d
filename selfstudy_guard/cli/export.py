"""`selfstudy-guard export`: the records of a run as training data."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from selfstudy_guard.export.formats import FORMATS

app: typer.Typer = typer.Typer(add_completion=False)

_LISTED = "\n\n".join(f"{entry.name}: {entry.description}" for entry in FORMATS.values())


@app.command(
    help=f"""Write the records of a run as training or evaluation data.

Beside the data stands NAME.provenance.jsonl: for each row its document, target, findings and model.

Formats:

{_LISTED}

Example:  selfstudy-guard export runs/a --format openai --out train.jsonl
"""
)
def export(
    run: Annotated[Path, typer.Argument(help="Folder of the run.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The data file to write; an older one is replaced.")],
    format: Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")] = "openai",
    system: Annotated[str | None, typer.Option(help="A system prompt for every training row.")] = None,
    with_evidence: Annotated[
        bool, typer.Option("--with-evidence", help="Put the evidence before the question in training rows.")
    ] = False,
    sidecar: Annotated[bool, typer.Option(help="Whether to write the provenance file.")] = True,
    name: Annotated[str | None, typer.Option(help="Name of the data set (default: that of the file).")] = None,
    min_score: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Least rating of the records that are written."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write the records of a run."""
    from selfstudy_guard.export.write import export_records
    from selfstudy_guard.ledger import open_ledger

    with open_ledger(run, readonly=True) as ledger:
        exported = export_records(
            ledger.records(),
            format,
            out,
            system=system,
            with_evidence=with_evidence,
            sidecar=sidecar,
            name=name,
            min_score=min_score,
        )
    if as_json:
        summary = {
            "format": exported.format,
            "rows": exported.rows,
            "path": str(exported.path),
            "files": [str(file) for file in exported.files],
        }
        sys.stdout.write(json.dumps(summary) + "\n")
        return
    sys.stdout.write(f"{exported.rows} rows in the format {exported.format}:\n")
    for file in exported.files:
        sys.stdout.write(f"  {file}\n")
