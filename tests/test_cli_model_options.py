"""`--model-option NAME=VALUE`."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from selfstudy_guard.cli.generate import app
from selfstudy_guard.cli.model_options import model_options
from selfstudy_guard.errors import InputError


def test_values_are_json_and_else_texts() -> None:
    given = [
        "max_tokens=4000",
        "temperature=null",
        "api-base=http://localhost:8000/v1",
        'extra_body={"top_k": 3}',
        "a=",
    ]
    assert model_options(given) == {
        "max_tokens": 4000,
        "temperature": None,
        "api_base": "http://localhost:8000/v1",
        "extra_body": {"top_k": 3},
        "a": "",
    }
    assert model_options(None) == {}


@pytest.mark.parametrize("given", [["max_tokens"], ["=3"], ["a b=3"], ["seed=1", "seed=2"]])
def test_what_is_no_option_is_refused(given: list[str]) -> None:
    with pytest.raises(InputError, match="--model-option"):
        model_options(given)


def test_the_command_names_it() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert "--model-option" in shown.output
