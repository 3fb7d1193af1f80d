"""What `import selfstudy_guard` costs beside `import pydantic`, in fresh processes of the same run.

python benchmarks/import_time.py [--runs 15] [--json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time


def seconds(statement: str) -> float:
    """Wall seconds of a fresh interpreter that runs `statement`, without the interpreter's own start."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    statements = {
        "pydantic": "from pydantic import BaseModel",
        "package": "import selfstudy_guard",
        "records": "from selfstudy_guard import Document",
        "filter": "from selfstudy_guard import InstructionFilter",
    }
    times: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(arguments.runs + 1):  # the first round only warms the disk cache
        for name, statement in statements.items():
            times[name].append(seconds(statement))
        time.sleep(0.01)
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    figures = {f"{name}_ms": round(value * 1e3, 1) for name, value in medians.items()}
    figures |= {
        f"{name}_to_pydantic": round(medians[name] / medians["pydantic"], 2)
        for name in ("package", "records", "filter")
    }
    print(json.dumps(figures) if arguments.json else "\n".join(f"{k:22} {v}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
