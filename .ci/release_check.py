"""What must hold before a release; says all that does not. Usage: python .ci/release_check.py [--quick] [--publish]

`--quick` leaves out the tests in the unpacked sdist (a few files of them are run otherwise). `--publish` also demands
what only whoever publishes can say: where the project lives. Without it, that is named and counts as no fault.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTED = ["tests/test_structure.py", "tests/test_public.py", "tests/test_manual.py", "tests/test_export.py"]
"""Tests that are run in the unpacked sdist: they read files beside the package."""


def version() -> str:
    text = (ROOT / "selfstudy_guard" / "__init__.py").read_text("utf-8")
    return re.search(r'^__version__ = "(.+)"$', text, re.M)[1]


def problems_of_texts(number: str) -> list[str]:
    found = []
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if not re.search(rf"^## .*\b{re.escape(number)}\b", changelog, re.M):
        found.append(f"CHANGELOG.md has no heading for {number}")
    if not re.search(rf"^version: {re.escape(number)}$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M):
        found.append(f"CITATION.cff does not say version {number}")
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True).stdout
    if changed.strip():
        found.append("the working tree has changes that are not committed")
    return found


def problems_of_addresses() -> list[str]:
    """What a publication needs beside the code: pages that a reader of the package index can go to."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"].get("urls", {})
    wanted = (("Repository", "Source"), ("Documentation",), ("Changelog",), ("Issues",))
    missing = [names[0] for names in wanted if not any(name in urls for name in names)]
    if not missing:
        return []
    return [f"[project.urls] of pyproject.toml lacks {', '.join(missing)}: its owner must say where it is published"]


def built(folder: Path) -> tuple[Path, Path]:
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def problems_of_files(wheel: Path, sdist: Path, number: str) -> list[str]:
    found = []
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packages = [*ROOT.glob("selfstudy_guard"), *ROOT.glob("adapters/selfstudy_guard_*")]
    for package in packages:
        for path in package.rglob("*"):
            own = f"{package.name}/{path.relative_to(package).as_posix()}"
            if path.is_file() and "__pycache__" not in own and own not in names:
                found.append(f"the wheel lacks {own}")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    found += [f"the sdist lacks {name}" for name in tracked if name and name not in inside and name != ".gitignore"]
    if number not in wheel.name or number not in sdist.name:
        found.append(f"{wheel.name} and {sdist.name} do not bear the version {number}")
    return found


def problems_of_unpacked(sdist: Path, folder: Path) -> list[str]:
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    home = next(path for path in folder.iterdir() if path.is_dir())
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTED]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{home}:{home / 'adapters'}", "HOME": str(folder)}
    ended = subprocess.run(command, cwd=home, capture_output=True, text=True, env=environment)
    return [] if ended.returncode == 0 else ["tests in the unpacked sdist fail:\n" + ended.stdout[-3000:]]


def main() -> int:
    number = version()
    found = problems_of_texts(number)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, sdist = built(folder / "dist")
        found += problems_of_files(wheel, sdist, number)
        if "--quick" not in sys.argv:
            found += problems_of_unpacked(sdist, folder / "unpacked")
    addresses = problems_of_addresses()
    if "--publish" in sys.argv:
        found, addresses = found + addresses, []
    for line in found:
        sys.stdout.write(f"- {line}\n")
    for line in addresses:
        sys.stdout.write(f"before it is published (make release-check PUBLISH=1): {line}\n")
    ready = "ready to be tagged, not yet to be published" if addresses else "ready"
    sys.stdout.write(f"selfstudy-guard {number}: {'not ready' if found else ready}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
