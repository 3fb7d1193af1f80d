"""The `selfstudy-guard` command. One module a command; each is imported only when it is called.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong use, 3 a threshold not met.
"""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "audit": "Stress-test a model, your prompts and your documents, before and after the guard.",
    "compare-unguarded": "Ask the same model about your documents without and with the guard.",
    "coverage": "Measure which parts of documents an existing data set asks about.",
    "export": "Write the records of a run as training data.",
    "filter": "Take instruction-like passages out of documents and show what was taken.",
    "generate": "Documents in, anchored and filtered question-answer records out; resumable.",
    "model": "Show, fetch or remove the built-in model.",
    "status": "Show the balance of a run.",
    "targets": "Show what will be asked about in a document, what not, and why.",
}
"""Name and one-line help of every command; `module_of(name)` defines a typer app named `app`."""


def module_of(name: str) -> str:
    """The module that defines a command of ours."""
    return f"selfstudy_guard.cli.{name.replace('-', '_')}"


GROUP = "selfstudy_guard.commands"
"""Entry points of further commands: the name, and the module whose docstring is the help and that defines `app`."""

HELP_OF_OTHERS = {"serve": "Guard any tool in any language through one changed base URL."}


def _others() -> dict[str, EntryPoint]:
    """Commands of adapters, by name."""
    return {found.name: found for found in entry_points(group=GROUP) if found.name not in COMMANDS}


class _LazyGroup(TyperGroup):
    """Imports the module of a command when it is called; `--help` lists the commands without importing them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted({*COMMANDS, *_others()})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name])
        return TyperCommand(cmd_name, help=HELP_OF_OTHERS.get(cmd_name)) if cmd_name in _others() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None:
            module = importlib.import_module(module_of(name)) if name in COMMANDS else _others()[name].load()
            command = typer.main.get_command(module.app)
            command.name = name
            _without_type_of_flags(command)
        return name, command, rest


def _without_type_of_flags(command: Any) -> None:
    """A flag takes no value: `--help` shows no "<bool>" beside it."""
    for one in command.params:
        if getattr(one, "is_flag", False):
            one.metavar = one.metavar or ""
    for inner in getattr(command, "commands", {}).values():
        _without_type_of_flags(inner)


app: typer.Typer = typer.Typer(
    cls=_LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from selfstudy_guard import __version__

        typer.echo(f"selfstudy-guard {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", metavar="", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Synthetic question-answer data from documents: every part asked about, no answer steered by its source.

    Example:  selfstudy-guard generate docs/ -n 40 --out runs/a
    """


def main() -> None:
    """Entry point: turns the library's own errors into one line on stderr and an exit code."""
    from selfstudy_guard.errors import InputError, SelfStudyGuardError

    try:
        app(prog_name="selfstudy-guard")
    except SelfStudyGuardError as error:
        from selfstudy_guard.display.visible import one_line

        # A message may name files, fields and answers of providers, which are untrusted.
        sys.stderr.write(f"selfstudy-guard: {one_line(str(error))}\n")
        sys.exit(2 if isinstance(error, InputError) else 1)
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        sys.stderr.close()
        sys.exit(1)
