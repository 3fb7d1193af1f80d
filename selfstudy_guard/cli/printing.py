"""How balances and records are printed, shared by the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from selfstudy_guard.display.grids import Grid, to_rich
from selfstudy_guard.display.visible import one_line, plain
from selfstudy_guard.records import Balance, Record

if TYPE_CHECKING:
    from selfstudy_guard.generation.run import Run


def told_on(console: Console) -> Callable[[str], None]:
    """Prints lines of the library, which may name files and quote providers, as text and never as markup."""
    return lambda line: console.print(plain(line), style="yellow", markup=False, highlight=False, soft_wrap=True)


def balance_row(balance: Balance) -> dict[str, Any]:
    """The balance as a flat JSON-like object."""
    return {
        "planned": balance.planned,
        "answered": balance.answered,
        "rejected": balance.rejected,
        "failed": balance.failed,
        "pending": balance.pending,
        "prompt_tokens": balance.usage.prompt_tokens,
        "cached_tokens": balance.usage.cached_tokens,
        "completion_tokens": balance.usage.completion_tokens,
        "cost": balance.usage.cost,
        "reasons": dict(balance.reasons),
    }


def print_balance(balance: Balance, *, coverage: float | None = None, console: Console | None = None) -> None:
    """The balance as a small table.

    Args:
        balance: what to print.
        coverage: share of eligible targets that were asked about (0 to 1), if known.
        console: where to; stdout by default.
    """
    usage = balance.usage
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    rows = [(name, f"{getattr(balance, name):,}") for name in ("planned", "answered", "rejected", "failed", "pending")]
    rows += [] if coverage is None else [("coverage", f"{coverage:.1%}")]
    rows += [
        ("tokens sent", f"{usage.prompt_tokens:,}{cached}"),
        ("tokens received", f"{usage.completion_tokens:,}"),
        ("cost", "unknown" if usage.cost is None else f"${usage.cost:.4f}"),
    ]
    rows += [
        (f"  {reason}", f"{count:,}") for reason, count in sorted(balance.reasons.items(), key=lambda item: -item[1])
    ]
    (console or Console()).print(to_rich(Grid(rows)))


def print_taken_out(run: Run, *, most: int = 3, console: Console | None = None) -> None:
    """How much the filter took out of all documents, and the first passages; nothing where it took out nothing."""
    found = list(run.iter_findings())
    if not found:
        return
    console = console or Console()
    homes = len({document_id for document_id, _ in found})
    speak = "speaks" if len(found) == 1 else "speak"
    console.print(
        f"taken out: {counted(len(found), 'passage')} of {counted(homes, 'document')} that {speak} to a model"
    )
    for document_id, finding in found[:most]:
        text = Text(f"  {one_line(document_id)}: ", "dim")
        text.append(one_line(finding.quote)[:160], "red")
        console.print(text, soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """ "1 document", "2 documents"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def print_records(records: Iterable[Record], console: Console) -> None:
    """Records with their targets and what the filter took out; all text is shown as text, never as markup."""
    for record in records:
        lines = Text()
        for label, text, style in (
            ("target   ", record.target.text, "green"),
            ("question ", record.question.text, "bold"),
            ("answer   ", record.answer.text, ""),
        ):
            lines.append(label, "dim").append(one_line(text), style).append("\n")
        for finding in record.evidence.findings[:3]:
            lines.append("taken out ", "dim").append(one_line(finding.quote)[:200], "red strike")
            lines.append(f"  ({finding.intent}, {finding.channel}, {finding.score:.2f})\n", "dim")
        title = " > ".join([record.document_id, *record.target.section])
        console.print(Panel(lines, title=Text(plain(title)), title_align="left"))
