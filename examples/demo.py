"""The main job on this project's own manual and two messy pages, on the built-in model: no key, no network once set up.

Run it again and it goes on with (or shows) the same run; delete runs/demo to begin anew.
"""

import shutil
import sys
import time
from pathlib import Path

from rich.console import Console

from selfstudy_guard import generate
from selfstudy_guard.cli.printing import print_balance, print_records
from selfstudy_guard.cli.progress import RunProgress
from selfstudy_guard.errors import LedgerMismatchError

ROOT = Path(__file__).parent.parent
OUT = Path("runs/demo")
QUESTIONS = 50

console = Console(stderr=True)
console.print(
    f"asking {QUESTIONS} questions about docs/ and examples/pages/ with the small built-in model (SmolLM2-135M);\n"
    "it shows the method, not the quality that a large model gives",
    style="yellow",
)
begun = time.monotonic()


def main_job():
    with RunProgress(console) as progress:
        return generate(
            [ROOT / "docs", ROOT / "examples" / "pages"],
            n=QUESTIONS,
            out=OUT,
            seed=7,
            progress=progress,
            notify=lambda line: console.print(line, style="yellow"),
            question_attempts=6,
            answer_attempts=4,
        )


try:
    run = main_job()
except LedgerMismatchError:
    console.print(f"the manual changed since {OUT} was made; beginning anew", style="yellow")
    shutil.rmtree(OUT)
    run = main_job()
records = run.records
filtered = [record for record in records if record.evidence.findings]
shown = (filtered[:2] + [record for record in records if not record.evidence.findings])[:3]
out = Console()
out.print("\nthree of the records:", style="bold")
print_records(shown, out)
print_balance(run.balance, coverage=run.coverage.coverage, console=out)
hits = sum(
    record.footprint.targets[0].span.overlaps(record.target.span) for record in records if record.footprint.targets
)
out.print(f"questions that hit their own target: {hits} of {len(records)}")
training, report = run.export("openai", OUT / "train.jsonl"), run.report(OUT / "coverage.html")
out.print(f"training file: {training}\nreport:        {report}   (open it in a browser)")
out.print(f"took {time.monotonic() - begun:.0f} s")
sys.exit(0 if len(records) >= 40 else 1)
