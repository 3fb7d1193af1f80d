"""`selfstudy-guard serve`: the guarding server from the shell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    paths: Annotated[list[str], typer.Argument(help="Documents: files, folders or globs.")],
    upstream: Annotated[
        str, typer.Option(help="Where requests go: http(s)://HOST/v1, or embedded for the built-in model.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Run folder for ledger and records; else they stay in memory.")
    ] = None,
    purpose: Annotated[
        str, typer.Option(help="auto | ask | answer | generate:K | filter | either:K, for requests that say nothing.")
    ] = "auto",
    unguarded: Annotated[
        Literal["refuse", "filter"],
        typer.Option(help="Requests without a registered document: refuse them, or let them pass with a warning."),
    ] = "refuse",
    opaque: Annotated[
        Literal["raise", "warn"], typer.Option(help="Files, images and stored prompts beside a document.")
    ] = "raise",
    withhold: Annotated[
        float, typer.Option(min=0, max=1, help="Belief from which text that no question needs is left out; 0 is off.")
    ] = 0.05,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8787,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at the upstream at a time.")] = 64,
    timeout: Annotated[float, typer.Option(min=1, help="Most seconds to wait for the upstream's next bytes.")] = 600,
    max_body: Annotated[int, typer.Option(min=1024, help="Most bytes of a request.")] = 16 * 2**20,
    seed: Annotated[int, typer.Option(help="Settles the order among equally covered targets.")] = 0,
) -> None:
    """Guard any tool in any language: give it this server's address as base URL.

    Example:  selfstudy-guard serve docs/ --upstream https://api.openai.com --out runs/a
    """
    from selfstudy_guard.errors import InputError
    from selfstudy_guard.guard import Guard
    from selfstudy_guard_server.host import require

    require()
    import uvicorn

    from selfstudy_guard_server.app import Limits, make_app
    from selfstudy_guard_server.purposes import Purpose
    from selfstudy_guard_server.upstream import EmbeddedUpstream, HttpUpstream

    chosen = Purpose.read(purpose)
    local = upstream == "embedded" or upstream.startswith("gguf:")
    target = EmbeddedUpstream(upstream) if local else HttpUpstream(upstream, timeout, concurrency)
    guard = Guard(
        [*paths],
        out,
        unguarded="raise" if unguarded == "refuse" else "warn",
        seed=seed,
        opaque=opaque,
        withhold=withhold or None,
    )
    if not guard.documents:
        raise InputError("no document was read: nothing could be guarded")
    application = make_app(guard, target, purpose=chosen, limits=Limits(body=max_body, concurrency=concurrency))
    typer.echo(
        f"selfstudy-guard: {len(guard.documents)} document(s); base URL http://{host}:{port}/v1, upstream {upstream}",
        err=True,
    )
    uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=60)
