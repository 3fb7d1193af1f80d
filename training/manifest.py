"""What the shipped weights were made from (`weights.toml`): folders of rows in their order, digests, and settings."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from training.gather import Folders


@dataclass(frozen=True)
class Manifest:
    """Settings and rows of one training.

    Attributes:
        weights: SHA-256 of the file that it makes.
        seed, networks, epochs, anchors: as the options of `training.train_filter`.
        share: of the clean documents of the further folders.
        folders: name of each folder, in order, and the SHA-256 of its files; "dev" and "attacks" among them.
    """

    weights: str
    seed: int
    share: float
    networks: int
    epochs: int
    anchors: tuple[float, float]
    folders: dict[str, dict[str, str]]

    def rows(self, root: Path) -> Folders:
        """The folders below `root`.

        Raises:
            ValueError: a file has another digest; nothing is trained on rows that are not those of the manifest.
        """
        for name, files in self.folders.items():
            for file, digest in files.items():
                if sha256(root / name / file) != digest:
                    raise ValueError(f"{root / name / file} is not the file of the manifest")
        more = [root / name for name in self.folders if name not in {"dev", "attacks"}]
        return Folders(root / "dev", root / "attacks", more, self.share)


def sha256(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Read `weights.toml`."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    folders = {folder.pop("name"): folder for folder in content.pop("folders")}
    first, second = content.pop("anchors")
    return Manifest(**content, anchors=(first, second), folders=folders)
