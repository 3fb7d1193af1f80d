"""`selfstudy-guard filter`: takes instruction-like passages out of documents and shows them for review."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from selfstudy_guard.documents import Skipped
    from selfstudy_guard.filter.review.review import Review
    from selfstudy_guard.records import Document, FilterResult

app: typer.Typer = typer.Typer(add_completion=False)


@app.command()
def filter_documents(
    paths: Annotated[
        list[Path], typer.Argument(help="Files, folders or globs; rows of .jsonl, .csv ... are documents too.")
    ],
    mode: Annotated[
        str, typer.Option(help="remove, mask (same length), quote (fenced as data) or flag (untouched).")
    ] = "remove",
    out: Annotated[Path | None, typer.Option(help="Folder to write the filtered documents to.")] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Score (0 to 1) from which a passage is a finding; default: shipped with the weights."),
    ] = None,
    question: Annotated[
        str | None, typer.Option(help="The question to be answered: what has nothing to do with it weighs more.")
    ] = None,
    review: Annotated[
        Path | None, typer.Option(help="Quarantine file: written for you to edit; decisions in it are followed.")
    ] = None,
    allow: Annotated[list[str] | None, typer.Option(help="Passage that stays, word for word; may be repeated.")] = None,
    block: Annotated[
        list[str] | None, typer.Option(help="Passage that goes, wherever it stands; may be repeated.")
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(help='Rule such as "keep channel=html-comment document=docs/*"; may be repeated.'),
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit with 3 if a smaller share of all characters is kept.")
    ] = None,
    text_field: Annotated[
        list[str] | None,
        typer.Option(help="Field of tabular files that holds the text; more than once to join several."),
    ] = None,
    id_field: Annotated[str | None, typer.Option(help="Field of tabular files that names the row.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Take instruction-like passages out of documents and show what was taken.

    Without --out nothing is written: findings are shown as a diff.

    With --review FILE they are also put into a file: change "remove" to "keep" where a passage belongs, run again.
    Sentences that are not asked about because they may be orders are put there too, as rules for you to let hold;
    "generate --review FILE" follows them.

    Example:  selfstudy-guard filter docs/ --out clean/ --review quarantine.toml
    """
    from selfstudy_guard.cli.filter_output import Destination, FilterView
    from selfstudy_guard.documents import read_documents
    from selfstudy_guard.filter import InstructionFilter
    from selfstudy_guard.filter.apply import check_mode
    from selfstudy_guard.filter.review.review_file import append_doubtful, append_findings

    decisions = _decisions(review, rule or [], allow or [], block or [])
    instruction_filter = InstructionFilter(check_mode(mode), threshold=threshold)
    destination = Destination(out, rows_named=id_field is not None) if out is not None else None
    view = None if as_json else FilterView()
    skipped: list[Skipped] = []
    shown: list[dict[str, Any]] = []
    documents = characters = kept = findings = added = lost = doubted = 0
    read: set[str] = set()

    with destination or nullcontext():
        documents_read = read_documents(
            paths, text_field=text_field, id_field=id_field, on_skip=skipped.append, keep_equal=True
        )
        for document in documents_read:
            result = decisions.apply(document, instruction_filter, question)
            documents += 1
            read.add(document.id)
            lost += decisions.lost(document)
            characters += len(document.text)
            kept += len(document.text) - sum(finding.end - finding.start for finding in result.findings)
            findings += len(result.findings)
            if view is not None:
                view.show(document, result)
            else:
                shown.append(_row(document, result))
            if review is not None:
                added += append_findings(review, document.id, result.findings, decisions)
                doubted += append_doubtful(review, document.id, _doubtful(document, result))
            if destination is not None:
                destination.write(document, result.text)

    retention = kept / characters if characters else 1.0
    from selfstudy_guard.display.visible import one_line

    for item in skipped:
        typer.echo(f"not read: {one_line(str(item))}", err=True)
    elsewhere = [entry.document for entry in decisions.findings if entry.document not in read]
    if elsewhere:
        typer.echo(
            f"{len(elsewhere)} decision(s) in {review} are about documents that were not read, such as "
            f"{elsewhere[0]!r}: ids are relative to the paths that are given",
            err=True,
        )
    if lost:
        typer.echo(f"{lost} decision(s) in {review} are about passages that stand in their document no more", err=True)
    if view is not None:
        view.total(documents, findings, retention)
        if destination is not None:
            typer.echo(f"filtered documents written to {out}: {documents}", err=True)
        if review is not None:
            advice = "; edit their decisions and run again" if added else ""
            typer.echo(f"new findings written to {review}: {added}{advice}", err=True)
            if doubted:
                typer.echo(f"sentences that are not asked about until they are allowed there: {doubted}", err=True)
    else:
        total: dict[str, Any] = {
            "documents": documents,
            "characters": characters,
            "retention": retention,
            "findings": findings,
            "decisions_without_effect": len(elsewhere) + lost,
        }
        total |= {"threshold": instruction_filter.threshold, "mode": mode, "skipped": [str(item) for item in skipped]}
        typer.echo(json.dumps(total | {"results": shown}))
    if not documents:
        typer.echo("no documents were read", err=True)
        raise typer.Exit(1)
    if fail_under is not None and retention < fail_under:
        digits = 2 if round(fail_under, 4) == fail_under and retention < fail_under - 5e-5 else 6
        typer.echo(f"retention {retention:.{digits}%} is under {fail_under:.{digits}%}", err=True)
        raise typer.Exit(3)


def _doubtful(document: Document, result: FilterResult) -> list[str]:
    """Sentences of a document that are not asked about because the filter doubts them."""
    from selfstudy_guard.documents import segment
    from selfstudy_guard.documents.eligibility.doubts import REASON, without_doubtful

    pieces = without_doubtful(segment(document, findings=result.findings), result.beliefs)
    return [target.text for target in pieces.targets if target.reason == REASON]


def _decisions(review: Path | None, rules: list[str], allow: list[str], block: list[str]) -> Review:
    """Decisions of the review file, then rules of the command line, which win over those of the file."""
    from selfstudy_guard.errors import InputError
    from selfstudy_guard.filter.review.review import Review, ReviewRule
    from selfstudy_guard.filter.review.review_file import read_review

    for name, quotes in (("--allow", allow), ("--block", block)):
        if any(not quote.split() for quote in quotes):
            raise InputError(f"{name} needs a passage, not an empty string")
    if review is not None and not review.absolute().parent.is_dir():
        raise InputError(f"review file {review} cannot be written: there is no folder {review.parent}")
    base = read_review(review) if review is not None and review.exists() else Review()
    more = [ReviewRule(decision="remove", quote=quote) for quote in block]
    more += [ReviewRule(decision="keep", quote=quote) for quote in allow]
    more += [ReviewRule.parse(text) for text in rules]
    return Review(rules=(*base.rules, *more), findings=base.findings)


def _row(document: Document, result: FilterResult) -> dict[str, Any]:
    findings = [finding.model_dump(mode="json") for finding in result.findings]
    return {"id": document.id, "retention": result.retention, "capped": result.capped, "findings": findings}
