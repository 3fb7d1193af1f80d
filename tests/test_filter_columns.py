"""The inputs of the sentence model are declared, and weights of other inputs are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from selfstudy_guard.errors import InputError
from selfstudy_guard.filter.model import belief_columns as columns
from selfstudy_guard.filter.model.scoring import load_model
from selfstudy_guard.filter.model.weights import read_weights, save_weights


def test_every_column_has_a_name_of_its_own() -> None:
    assert len(set(columns.INPUTS)) == len(columns.INPUTS) == len(load_model().weights.mean)


def test_weights_of_other_inputs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "weights.npz")
    save_weights(path, load_model().weights)
    assert read_weights(path).threshold == load_model().threshold
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    moved = list(columns.INPUTS)
    moved[3], moved[4] = moved[4], moved[3]
    for names in (moved, moved[:-1], []):
        np.savez(path, **{**arrays, "inputs": np.array(names, dtype="U40")})
        with pytest.raises(InputError, match="another version"):
            read_weights(path)
