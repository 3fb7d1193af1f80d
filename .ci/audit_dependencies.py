"""Ask a vulnerability service about every locked package, and say plainly when it could not be asked.

    python .ci/audit_dependencies.py .ci/lock.txt PIP_AUDIT

Exit codes: 0 every package was looked up and none has a known weakness; 1 one has; 2 not everything could be looked
up (no service in reach, or a package that it does not know): nothing was shown to be safe. pip-audit by itself ends
with 0 in that case.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path


def unlocked(lock: str) -> list[str]:
    """Lines of the lock that pin no version, or no hash."""
    entries = re.split(r"\n(?=\S)", "\n".join(line for line in lock.splitlines() if not line.lstrip().startswith("#")))
    return [
        entry.splitlines()[0]
        for entry in entries
        if entry.strip() and not ("==" in entry.split("\n")[0] and "--hash=sha256:" in entry)
    ]


def judge(answer: str) -> tuple[int, list[str]]:
    """Exit code and lines to print for what pip-audit wrote as JSON."""
    try:
        found = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 2, ["NOT CHECKED: the vulnerability service could not be asked (no network, or it does not answer)"]
    weak = [
        f"{one['name']} {one['version']}: {weakness['id']}, repaired in {', '.join(weakness['fix_versions']) or 'none'}"
        for one in found
        for weakness in one.get("vulns", ())
    ]
    skipped = [f"{one['name']}: {one['skip_reason']}" for one in found if "skip_reason" in one]
    looked_up = len(found) - len(skipped)
    lines = [f"{looked_up} of {len(found)} packages looked up, {len(weak)} known weaknesses", *weak]
    if weak:
        return 1, lines
    if skipped or not found:
        lines += [
            f"NOT CHECKED: {len(skipped)} packages are unknown to the service, or it is out of reach:",
            *skipped[:5],
        ]
        return 2, lines
    return 0, lines


def main(lock: Path, pip_audit: str) -> int:
    """Check the lock itself, which needs no network, and then its packages."""
    loose = unlocked(lock.read_text())
    if loose:
        sys.stdout.write(f"not locked with a hash: {', '.join(loose[:10])}\n")
        return 1
    command = [pip_audit, "--disable-pip", "--require-hashes", "--requirement", str(lock), "--format", "json"]
    command += ["--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # what the Makefile names
    code, lines = judge(done.stdout)
    if code == 2 and done.stderr.strip():
        lines.append(done.stderr.strip().splitlines()[-1][:300])
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
