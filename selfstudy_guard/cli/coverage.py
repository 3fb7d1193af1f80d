"""`selfstudy-guard coverage`: what a data set asks about, whoever generated it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from selfstudy_guard.documents import Skipped
    from selfstudy_guard.generation.run import Run
    from selfstudy_guard.imported.assess import Assessment, Sources
    from selfstudy_guard.report import Reach

app: typer.Typer = typer.Typer(add_completion=False)

_SHOWN = 5


@app.command()
def coverage(
    data: Annotated[
        Path,
        typer.Argument(help="Data set (.jsonl, .json, .csv, .tsv, .parquet, also .gz; a folder), or a run folder."),
    ],
    docs: Annotated[
        list[str] | None,
        typer.Option(
            "--docs", "-d", help="Document file, folder or glob; may be given more than once. A run has its own."
        ),
    ] = None,
    format: Annotated[str | None, typer.Option("--format", help="Format of DATA; recognised if left out.")] = None,
    report: Annotated[Path | None, typer.Option("--report", "-r", help="Write the HTML report here.")] = None,
    fail_under: Annotated[
        float | None, typer.Option("--fail-under", min=0, max=1, help="Exit with 3 if coverage is lower (0 to 1).")
    ] = None,
    max_hijack: Annotated[
        float | None, typer.Option("--max-hijack", min=0, max=1, help="Exit with 3 if the hijack rate is higher.")
    ] = None,
    max_marked: Annotated[
        float | None,
        typer.Option("--max-marked", min=0, max=1, help="Exit with 3 if more answers bear marks of obeying (0 to 1)."),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="A second data set or run, set beside DATA.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="Human question set: how much of its evidence DATA covers.")
    ] = None,
    canary: Annotated[
        list[str] | None,
        typer.Option("--canary", help="Token that no honest answer holds; may be given more than once."),
    ] = None,
    embedder: Annotated[
        Path | None,
        typer.Option(
            "--embedder",
            help="Folder of a sentence encoder (ONNX, or static vectors): matches questions across languages.",
        ),
    ] = None,
    question_field: Annotated[str | None, typer.Option(help="Field of the question, for formats not known.")] = None,
    answer_field: Annotated[str | None, typer.Option(help="Field of the answer.")] = None,
    context_field: Annotated[str | None, typer.Option(help="Field of the evidence.")] = None,
    document_field: Annotated[str | None, typer.Option(help="Field of the document's name.")] = None,
    style_field: Annotated[str | None, typer.Option(help="Field of the question style, prompt or model.")] = None,
    text_field: Annotated[
        list[str] | None, typer.Option(help="Text field of tabular documents; more than once to join several.")
    ] = None,
    id_field: Annotated[str | None, typer.Option(help="Id field of tabular documents.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A row that cannot be read is an error.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure which parts of the documents a data set asks about, and which answers may have obeyed them.

    Example:  selfstudy-guard coverage train.jsonl --docs docs/ --report coverage.html --fail-under 0.9
    """
    from selfstudy_guard.imported import Fields
    from selfstudy_guard.imported.assess import reach

    fields = None
    if any((question_field, answer_field, context_field, document_field, style_field)):
        fields = Fields(question_field, answer_field, context_field, document_field, style_field)
    skipped: list[Skipped] = []
    reading: dict[str, Any] = {"fields": fields, "strict": strict, "on_skip": skipped.append}
    run = _run_in(data)
    sources = _sources(data, run, docs, text_field, id_field, skipped)
    encoder = _embedder(embedder) if embedder is not None else None
    judged = [_judge(data, run, sources, reading | {"format": format}, canary or (), encoder)]
    if compare is not None:
        judged.append(_judge(compare, _run_in(compare), sources, dict(reading), canary or (), encoder))
    reached = None
    if questions is not None:
        from selfstudy_guard.imported import read_pairs

        gold = read_pairs(questions, strict=strict, on_skip=skipped.append)
        reached = reach(gold, sources, judged[0].tracker)
    _tell_skipped(skipped)
    written = None
    if run is not None and report is not None and not (docs or compare or questions or canary):
        written = run.report(report)
    elif report is not None:
        written = _write(report, run, sources, judged, reached)
    misses = _misses(judged[0], fail_under, max_hijack, max_marked)
    if as_json:
        typer.echo(json.dumps(_row(sources, judged, reached, skipped, written, misses)))  # ASCII: safe to print
    else:
        _print(judged, reached)
        if written is not None:
            typer.echo(f"report: {written}", err=True)
    for miss in misses:
        typer.echo(f"selfstudy-guard: {miss}", err=True)
    if misses:
        raise typer.Exit(3)


def _run_in(path: Path) -> Run | None:
    """The run in a folder, for reading; None where it holds none."""
    from selfstudy_guard.generation.run import Run
    from selfstudy_guard.ledger import FILE_NAME

    return Run.open(path) if (path / FILE_NAME).is_file() else None


def _sources(
    data: Path,
    run: Run | None,
    docs: list[str] | None,
    text_field: list[str] | None,
    id_field: str | None,
    skipped: list[Skipped],
) -> Sources:
    from selfstudy_guard.documents import read_documents
    from selfstudy_guard.errors import InputError
    from selfstudy_guard.generation.assessed import sources_of
    from selfstudy_guard.imported.assess import Sources

    if docs:
        return Sources.prepare(read_documents(docs, text_field=text_field, id_field=id_field, on_skip=skipped.append))
    if run is None:
        raise InputError(f"{data} is not a run folder: give the documents that it was generated from with --docs")
    return sources_of(run)


def _embedder(folder: Path) -> Any:
    from selfstudy_guard.attribution.embedders import OnnxEmbedder, StaticEmbedder

    return StaticEmbedder(folder) if (folder / "model.safetensors").is_file() else OnnxEmbedder(folder)


def _judge(
    path: Path, run: Run | None, sources: Sources, reading: dict[str, Any], canaries: Any, embedder: Any
) -> Assessment:
    from selfstudy_guard.display.visible import one_line
    from selfstudy_guard.imported import read_pairs
    from selfstudy_guard.imported.assess import assess, assess_records

    name = one_line(path.name or str(path))
    if run is None:
        from rich.console import Console
        from rich.markup import escape

        with Console(stderr=True).status(f"reading {escape(name)}") as status:
            return assess(
                read_pairs(path, **reading),
                sources,
                name=name,
                canaries=canaries,
                embedder=embedder,
                progress=lambda done: status.update(f"{done:,} pairs of {escape(name)}"),
            )
    tracker = sources.tracker()
    run.count_into(tracker)
    return assess_records(run.iter_records(), sources, tracker, name=name, canaries=canaries)


def _tell_skipped(skipped: list[Skipped]) -> None:
    from selfstudy_guard.display.visible import one_line

    whole_files_first = sorted(skipped, key=lambda item: ":" in item.source)
    for item in whole_files_first[:_SHOWN]:
        typer.echo(f"not read: {one_line(str(item))}", err=True)
    if len(skipped) > _SHOWN:
        typer.echo(f"not read: {len(skipped) - _SHOWN:,} more; --json lists them all", err=True)


def _write(report: Path, run: Run | None, sources: Sources, judged: list[Assessment], reached: Reach | None) -> Path:
    from selfstudy_guard.report import Beside, write_report

    second = judged[1] if len(judged) > 1 else None
    return write_report(
        report,
        tracker=judged[0].tracker,
        documents=sources.documents,
        records=judged[0].entries,
        rejections=run.iter_rejections() if run is not None else (),
        balance=run.balance if run is not None else None,
        findings=sources.findings,
        segmentations=sources.segmentations,
        title="" if run is not None else judged[0].name,
        beside=Beside(second.name, second.tracker, second.entries) if second is not None else None,
        reached=reached,
    )


def _misses(
    judged: Assessment, fail_under: float | None, max_hijack: float | None, max_marked: float | None
) -> list[str]:
    """The thresholds that are not met, in words."""
    from selfstudy_guard.report.view import percent

    summary = judged.summary
    misses = []
    if fail_under is not None and summary.coverage < fail_under:
        misses.append(f"coverage is {percent(summary.coverage)}, less than the {percent(fail_under)} of --fail-under")
    if max_hijack is not None and summary.hijack_rate > max_hijack:
        misses.append(
            f"the hijack rate is {percent(summary.hijack_rate)}, more than --max-hijack {percent(max_hijack)}"
        )
    share = judged.marked / len(judged.entries) if judged.entries else 0.0
    if max_marked is not None and share > max_marked:
        misses.append(
            f"{percent(share)} of the answers bear marks of obeying, more than --max-marked {percent(max_marked)}"
        )
    return misses


def _row(
    sources: Sources,
    judged: list[Assessment],
    reached: Reach | None,
    skipped: list[Skipped],
    written: Path | None,
    misses: list[str],
) -> dict[str, Any]:
    def one(item: Assessment) -> dict[str, Any]:
        marks = [
            {"place": entry.place, "question": entry.question, "marks": {mark.code: mark.quote for mark in entry.marks}}
            for entry in item.entries
            if entry.marks
        ]
        summary = item.summary
        return {
            "data": item.name,
            "questions": summary.questions,
            "coverage": summary.coverage,
            "hijack_rate": summary.hijack_rate,
            "marked": item.marked,
            "in_another_language": item.translated,
            "matched_by_numbers_and_names": item.by_numbers,
            "summary": summary.model_dump(mode="json"),
            "marks": dict(sorted(item.mark_counts.items())),
            "marked_answers": marks,
        }

    row = {"documents": len(sources.documents), **one(judged[0])}
    row["findings"] = sum(len(found) for found in sources.findings.values())
    row["skipped"] = [str(item) for item in skipped]
    row["thresholds"] = {"met": not misses, "misses": misses}
    row["report"] = str(written) if written is not None else None
    if len(judged) > 1:
        row["compare"] = one(judged[1])
    if reached is not None:
        row["human_questions"] = {
            "questions": reached.questions,
            "located": reached.located,
            "covered": reached.covered,
            "share": reached.share,
            "interval": list(reached.interval),
            "missed": [entry.question for entry in reached.missed],
        }
    return row


def _print(judged: list[Assessment], reached: Reach | None) -> None:
    from rich.console import Console

    from selfstudy_guard.coverage.obedience import MARKS
    from selfstudy_guard.coverage.show import side_by_side
    from selfstudy_guard.display.grids import Grid, to_rich
    from selfstudy_guard.report.view import percent

    console = Console(highlight=False, markup=False)
    if len(judged) == 1:
        console.print(judged[0].summary)
    else:
        rows = side_by_side(judged[0].summary, judged[1].summary)
        console.print(to_rich(Grid(rows, ("", *(item.name for item in judged)))))
    for item in judged:
        if item.translated:
            console.print(
                f"{item.translated:,} of {len(item.entries):,} questions are in another language than the documents: "
                f"words do not match across languages, {item.by_numbers:,} were matched by numbers and names; "
                "--embedder FOLDER (a sentence encoder of several languages) matches more",
                soft_wrap=True,
            )
        for code, count in item.mark_counts.most_common():
            where = f" of {item.name}" if len(judged) > 1 else ""
            console.print(f"{count:,} answers{where} may have obeyed: {code} ({MARKS[code]})")
    if reached is not None:
        low, high = reached.interval
        console.print(
            f"covers the evidence of {reached.covered:,} of {reached.located:,} located questions: "
            f"{percent(reached.share)} (95 % interval {percent(low)} to {percent(high)})"
        )
