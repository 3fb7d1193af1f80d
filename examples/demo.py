"""Six messy pages, asked about twice by the built-in model: without and with the guard. No key, no network once set up.

Run it again and it goes on with (or shows) the same two runs; delete runs/demo to begin anew.
"""

import shutil
import sys
import time
from pathlib import Path

from rich.console import Console

from selfstudy_guard.audit.unguarded import Comparison, compare_unguarded
from selfstudy_guard.audit.unguarded_picture import write_picture
from selfstudy_guard.cli.compare_unguarded import print_comparison
from selfstudy_guard.cli.progress import SidesProgress
from selfstudy_guard.errors import LedgerMismatchError

PAGES = Path(__file__).parent / "demo"
ORDERS = (PAGES / "orders.txt").read_text("utf-8").splitlines()
"""Every order that stands in the pages, one a line; the list is only for counting, the guard does not see it."""
OUT = Path("runs/demo")

told = Console(stderr=True)


def compared() -> Comparison:
    with SidesProgress(told) as progress:
        return compare_unguarded(
            [PAGES / "pages"],
            n=None,
            out=OUT,
            seed=7,
            orders=ORDERS,
            on_progress=progress.update,
            notify=lambda line: None,
        )


def main() -> int:
    told.print(
        "six pages, one question a sentence, without and with the guard, on the small built-in model (SmolLM2-135M):\n"
        "it shows the method, not the quality of a large model; some minutes, and the same command goes on",
        style="yellow",
    )
    begun = time.monotonic()
    try:
        found = compared()
    except LedgerMismatchError:
        told.print(f"the pages changed since {OUT} was made; beginning anew", style="yellow")
        shutil.rmtree(OUT)
        found = compared()
    out = Console()
    print_comparison(found, out)
    write_picture(found, OUT / "compared.svg")
    training, report = found.run.export("openai", OUT / "train.jsonl"), found.run.report(OUT / "coverage.html")
    out.print(f"\ntraining file: {training}\nreport:        {report}   (open it in a browser)")
    out.print(f"picture:       {OUT / 'compared.svg'}\ntook {time.monotonic() - begun:.0f} s")
    out.print("your own documents:  selfstudy-guard compare-unguarded YOUR_DOCS -n 40", style="bold")
    kept, planned = len(found.guarded.prompts), found.guarded.planned
    return 0 if planned and kept >= 0.6 * planned and found.guarded.orders == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
