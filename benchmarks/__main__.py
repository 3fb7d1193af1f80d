"""`python -m benchmarks NAME [OPTIONS]`: runs one benchmark, such as `speed`; without a name it lists them."""

import importlib
import sys
from pathlib import Path

NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if path.stem != "__main__" and "def main()" in path.read_text("utf-8")
)

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print("usage: python -m benchmarks NAME [OPTIONS]\n\n" + "\n".join(f"  {name}" for name in NAMES))
        sys.exit(0 if sys.argv[1:] in ([], ["--help"]) else 2)
    module = importlib.import_module(f"benchmarks.{sys.argv.pop(1)}")
    module.main()
