"""The parts of the page about what happened to questions and documents: filtered, marked, rejected, failed, paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from selfstudy_guard.coverage.obedience import MARKS
from selfstudy_guard.display.visible import shorten, visible
from selfstudy_guard.records import Finding
from selfstudy_guard.report.charts import bar
from selfstudy_guard.report.entries import Entry
from selfstudy_guard.report.gathering import Inputs
from selfstudy_guard.report.view import PageBlock, Part, TableCell, counted, number, percent

FINDINGS_SHOWN = 40
MARKED_SHOWN = 40

_ACTIONS = {"removed": "taken out", "masked": "masked", "quoted": "fenced as data", "flagged": "found"}


def filtered_part(inputs: Inputs) -> Part | None:
    """Instruction-like spans by intent and channel, and the spans themselves; what was not asked about, or withheld,
    on suspicion; None where there is nothing of all that."""
    found = [(source.id, finding) for source in inputs.sources for finding in source.findings]
    doubted = [(source.id, target) for source in inputs.sources for target in source.doubted]
    filtering = inputs.summary.filtering
    if not found and not doubted and not filtering.withholding:
        return None
    kinds = Counter((finding.intent, finding.channel) for _, finding in found)
    top = max(kinds.values(), default=1)
    rows = [
        [visible(intent), visible(channel), number(n), TableCell(bar(n / top, "find"), "w")]
        for (intent, channel), n in sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[:30]
    ]
    blocks = [
        PageBlock(
            "By intent and channel", head=("Intent", "Channel", "Passages", ""), rows=rows, numeric=frozenset({2})
        ),
        PageBlock(
            "The passages",
            head=("Passage", "Document", "Intent", "Channel", "Score", "What was done"),
            rows=[_finding_row(name, finding) for name, finding in found[:FINDINGS_SHOWN]],
            numeric=frozenset({4}),
            table_caption=f"{FINDINGS_SHOWN} of {len(found):,}" if len(found) > FINDINGS_SHOWN else "",
        ),
    ][: 2 if found else 0]
    withheld = [(source.id, one) for source in inputs.sources for one in source.withheld]
    if withheld:
        blocks.append(
            PageBlock(
                "Withheld on suspicion: no answer needed it",
                head=("Passage", "Document", "Why", "Score"),
                rows=[
                    [
                        TableCell(visible(shorten(one.quote, 240)), "quote"),
                        TableCell(visible(shorten(name, 60)), "id"),
                        one.reason,
                        f"{one.score:.2f}",
                    ]
                    for name, one in withheld[:FINDINGS_SHOWN]
                ],
                numeric=frozenset({3}),
                table_caption=f"{FINDINGS_SHOWN} of {len(withheld):,}" if len(withheld) > FINDINGS_SHOWN else "",
            )
        )
    if doubted:
        blocks.append(
            PageBlock(
                "Doubtful: not asked about until you allow it",
                head=("Passage", "Document"),
                rows=[
                    [
                        TableCell(visible(shorten(target.text, 240)), "quote"),
                        TableCell(visible(shorten(name, 60)), "id"),
                    ]
                    for name, target in doubted[:FINDINGS_SHOWN]
                ],
                table_caption=f"{FINDINGS_SHOWN} of {len(doubted):,}" if len(doubted) > FINDINGS_SHOWN else "",
            )
        )
    lede = (
        f"{counted(len(found), 'passage')} of the documents read as if they address a model. "
        "Each was judged on its own; read them to see whether any was meant for people."
    )
    if inputs.retention is not None:
        lede += f" {percent(inputs.retention)} of the evidence text was kept."
    if filtering.withholding:
        whole = "it" if inputs.retention is not None else "the evidence text"
        lede += (
            f" {percent(filtering.withheld)} of {whole} was withheld on suspicion, from "
            f"{counted(filtering.withholding, 'answer')} that did not need it."
        )
    out = inputs.was_filtered or inputs.withheld
    heading = "Taken out and withheld" if out else "Passages that address a model"
    return Part("filtered", "Taken out" if out else "Passages", heading, "tables", lede, {"blocks": blocks})


def _finding_row(document_id: str, finding: Finding) -> list[object]:
    quote = visible(shorten(finding.quote, 240))
    if finding.decoded and finding.decoded != finding.quote:
        quote += visible(f"\n= {shorten(finding.decoded, 240)}")
    return [
        TableCell(quote, "quote"),
        TableCell(visible(shorten(document_id, 60)), "id"),
        visible(finding.intent),
        visible(finding.channel),
        f"{finding.score:.2f}",
        _ACTIONS[finding.action],
    ]


def marked_part(inputs: Inputs) -> Part | None:
    """Answers that may have obeyed their document; None where no answer bears a mark."""
    marked = inputs.marked
    if not marked:
        return None
    counts = Counter(mark.code for entry in marked for mark in entry.marks)
    rows = [
        [code, f"The answer {MARKS.get(code, '')}.", number(n), TableCell(bar(n / inputs.told, "bad"), "w")]
        for code, n in counts.most_common()
    ]
    shown = sorted(marked, key=lambda entry: -len(entry.marks))[:MARKED_SHOWN]
    blocks = [
        PageBlock("Marks", head=("Mark", "Meaning", "Answers", ""), rows=rows, numeric=frozenset({2})),
        PageBlock(
            "The answers",
            head=("Answer", "Question", "Marks", "Where"),
            rows=[_marked_row(entry) for entry in shown],
            table_caption=f"{MARKED_SHOWN} of {len(marked):,}, most marks first" if len(marked) > MARKED_SHOWN else "",
        ),
    ]
    lede = (
        f"{counted(len(marked), 'answer')} bear marks of having obeyed the document. "
        "A mark is a reason to read, no proof."
    )
    return Part("marked", "Obeyed", "Answers that may have obeyed the document", "tables", lede, {"blocks": blocks})


def _marked_row(entry: Entry) -> list[object]:
    return [
        TableCell(visible(shorten(entry.answer, 240)), "quote"),
        visible(shorten(entry.question, 200)),
        ", ".join(mark.code for mark in entry.marks),
        TableCell(visible(entry.place or entry.document_id), "id"),
    ]


def outcome_part(inputs: Inputs) -> Part | None:
    """The ledger's balance, and what was rejected or failed and why; None where there is no run behind the data."""
    balance = inputs.balance
    if balance is None and not inputs.refused.counts:
        return None
    blocks = []
    if balance is not None:
        looks = {"answered": "good", "rejected": "gap", "failed": "bad", "pending": "even"}
        planned = max(1, balance.planned)
        rows = [
            [name, number(n), percent(n / planned), TableCell(bar(n / planned, look), "w")]
            for name, look in looks.items()
            if (n := int(getattr(balance, name))) or name == "answered"
        ]  # fmt: skip
        blocks.append(
            PageBlock(
                "Balance",
                f"{counted(balance.planned, 'question')} planned; every one of them stands in one of these rows.",
                head=("State", "Questions", "Share", ""),
                rows=rows,
                numeric=frozenset({1, 2}),
            )
        )
    refused = inputs.refused
    reasons = Counter(dict(balance.reasons)) if balance is not None else refused.counts
    top = max(reasons.values(), default=1)
    blocks.append(
        PageBlock(
            "Rejected and failed, by reason",
            head=("Reason", "Questions", "", "What it means", "For example"),
            rows=[
                [
                    visible(reason),
                    number(n),
                    TableCell(bar(n / top, "gap"), "w"),
                    visible(shorten(refused.details.get(reason, ""), 160)),
                    visible("\n".join(shorten(text, 120) for text in refused.examples.get(reason, ()) if text)),
                ]
                for reason, n in reasons.most_common(40)
            ],
            numeric=frozenset({1}),
            empty="" if reasons else "Nothing was rejected, and nothing failed.",
        )
    )
    return Part("outcome", "Rejected", "Rejected and failed", "tables", "", {"blocks": blocks})


def cost_part(inputs: Inputs) -> Part | None:
    """Tokens and price; None where nothing was spent or known."""
    balance = inputs.balance
    if balance is None or not balance.usage.tokens:
        return None
    usage, answered = balance.usage, max(1, balance.answered)
    rows: list[Sequence[object]] = [
        ["Tokens sent", number(usage.prompt_tokens), number(usage.prompt_tokens / answered)],
        ["of them from the provider's cache", number(usage.cached_tokens), number(usage.cached_tokens / answered)],
        ["Tokens received", number(usage.completion_tokens), number(usage.completion_tokens / answered)],
    ]
    if usage.cost is not None:
        rows.append(["US dollars", f"{usage.cost:,.4f}", f"{usage.cost / answered:,.6f}"])
    block = PageBlock(
        "Spent",
        "" if usage.cost is not None else "The price of this model is not known.",
        head=("", "In all", "For each answered question"),
        rows=rows,
        numeric=frozenset({1, 2}),
    )
    return Part("cost", "Cost", "What it cost", "tables", "", {"blocks": [block]})
