"""The `selfstudy-guard` command. One module a command; each is imported only when it is called.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong use, 3 a threshold not met.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click
import typer.main

COMMANDS = {
    "audit": "Stress-test a model, your prompts and your documents, before and after the guard.",
    "coverage": "Measure which parts of documents an existing data set asks about.",
    "export": "Write the records of a run as training data.",
    "filter": "Take instruction-like passages out of documents and show what was taken.",
    "generate": "Documents in, anchored and filtered question-answer records out; resumable.",
    "model": "Show, fetch or remove the built-in model.",
    "status": "Show the balance of a run.",
    "targets": "Show what will be asked about in a document, what not, and why.",
}


class _LazyGroup(click.Group):
    """Imports `selfstudy_guard.cli.<command>` (which defines a typer app named `app`) when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"selfstudy_guard.cli.{cmd_name}")
        command: Any = typer.main.get_command(module.app)
        command.name = cmd_name
        return command  # type: ignore[no-any-return]  # typer returns click's own type

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="selfstudy-guard")
def group() -> None:
    """Synthetic question-answer data from documents: every part asked about, no answer steered by its source.

    Example:  selfstudy-guard generate docs/ -n 40 --out runs/a
    """


def main() -> None:
    """Entry point: turns the library's own errors into one line on stderr and an exit code."""
    from selfstudy_guard.errors import InputError, SelfStudyGuardError

    try:
        group(prog_name="selfstudy-guard")
    except InputError as error:
        sys.stderr.write(f"selfstudy-guard: {error}\n")
        sys.exit(2)
    except SelfStudyGuardError as error:
        sys.stderr.write(f"selfstudy-guard: {error}\n")
        sys.exit(1)
