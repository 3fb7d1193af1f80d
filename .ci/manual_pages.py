"""Pages of the manual that are made and not written: command line, changelog, contributing, llms.txt.

`mkdocs` runs it (mkdocs.yml); `python .ci/manual_pages.py` prints the page of the command line.
"""

import importlib
import re
import sys
from pathlib import Path

import typer

from selfstudy_guard.cli import COMMANDS, _others, module_of

ROOT = Path(__file__).parent.parent


def command_line() -> str:
    """Every command with its help, arguments and options, as Markdown."""
    parts = [
        "# Command line",
        "",
        "Made from the commands themselves. Results go to stdout, everything else to stderr.",
    ]
    parts += ["Exit codes: 0 done, 1 failed, 2 wrong use, 3 a threshold (`--fail-under ...`) not met.", ""]
    for name in sorted({*COMMANDS, *_others()}):
        module = importlib.import_module(module_of(name)) if name in COMMANDS else _others()[name].load()
        parts += _page(typer.main.get_command(module.app), f"selfstudy-guard {name}", 2)
    return "\n".join(parts) + "\n"


def _page(command, name: str, level: int) -> list[str]:
    told = (command.help or "").strip()
    text, _, example = told.partition("Example:")
    parts = [f"{'#' * level} {name}", "", " ".join(text.split()).replace("<", "&lt;"), ""]
    if example:
        parts += ["```", example.strip(), "```", ""]
    rows = []
    for one in command.params:
        if getattr(one, "hidden", False) or one.name in ("help", "install_completion", "show_completion"):
            continue
        names = ", ".join(f"`{flag}`" for flag in (*one.opts, *one.secondary_opts))
        shown = getattr(one, "show_default", None)
        default = one.default if shown in (None, True) and not callable(one.default) else shown
        default = "" if default in (None, False, [], "") else f"`{default}`"
        said = " ".join((getattr(one, "help", "") or "").split()).replace("|", "\\|").replace("<", "&lt;")
        kind = getattr(one, "display_type", None) or one.type.name
        rows.append(f"| {names} | {kind} | {default} | {said} |")
    if rows:
        parts += ["| argument or option | type | default | what it does |", "| --- | --- | --- | --- |", *rows, ""]
    for own, inner in getattr(command, "commands", {}).items():
        parts += _page(inner, f"{name} {own}", level + 1)
    return parts


def llms(nav_pages: list[str]) -> str:
    """The manual in one list, for programs that read it (llmstxt.org)."""
    lines = ["# selfstudy-guard", ""]
    lines += [
        "> Middleware that makes synthetic question-answer generation from documents trustworthy, on any LLM.",
        "",
    ]
    for page in nav_pages:
        path = ROOT / "docs" / page
        text = path.read_text("utf-8") if path.exists() else ""
        title = re.search(r"^# (.+)$", text, re.M)
        first = re.search(r"^(?!#|\s*$|[|`>!<-])(.+)$", text, re.M)
        said = f": {first[1].strip()[:160]}" if first else ""
        lines.append(f"- [{title[1] if title else page}]({page.replace('.md', '.html')}){said}")
    return "\n".join(lines) + "\n"


def made() -> dict[str, str]:
    """Every page that is made, by its path in the manual."""
    nav = re.findall(r"([\w-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M)
    links = {"docs/": "", "SECURITY.md": "security.md", "AGENTS.md": "contributing.md", "README.md": "index.md"}
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for old, new in links.items():
        contributing = contributing.replace(f"]({old}", f"]({new}")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8").replace("](docs/", "](")
    return {
        "cli.md": command_line(),
        "contributing.md": contributing,
        "changelog.md": changelog,
        "llms.txt": llms(nav),
    }


if __name__ == "__main__":
    sys.stdout.write(command_line())
else:
    import mkdocs_gen_files

    for path, text in made().items():
        with mkdocs_gen_files.open(path, "w") as file:
            file.write(text)
