"""Importing an adapter imports no host, and a missing host is named with the command that installs it."""

import subprocess
import sys
from importlib import import_module

import pytest

HOSTS = {
    "selfstudy_guard_datasets": ("datasets", "pandas", "polars", "pyarrow"),
    "selfstudy_guard_langchain": ("langchain_core", "langchain", "langsmith"),
    "selfstudy_guard_litellm": ("litellm", "openai", "httpx"),
    "selfstudy_guard_ray": ("ray", "pyarrow", "pandas", "numpy"),
}


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("package", HOSTS)
def test_importing_the_package_imports_no_host(package: str) -> None:
    code = f"import sys, {package}; {package}.__all__; dir({package}); print(*sys.modules)"
    loaded = {name.partition(".")[0] for name in run(code).split()}
    assert package in loaded
    assert not loaded & {*HOSTS[package], "sklearn", "matplotlib"}


@pytest.mark.parametrize("package", HOSTS)
def test_every_name_is_where_it_is_said_to_be(package: str) -> None:
    pytest.importorskip(HOSTS[package][0])
    adapter = import_module(package)
    for name in adapter.__all__:
        assert getattr(adapter, name).__name__ == name
    assert set(adapter.__all__) <= set(dir(adapter))
    with pytest.raises(AttributeError, match=r"attribute.*no_such_name"):
        adapter.no_such_name  # noqa: B018 - being asked for is the point


@pytest.mark.parametrize(
    ("package", "host", "extra"),
    [
        ("selfstudy_guard_langchain", "langchain_core", "langchain"),
        ("selfstudy_guard_litellm", "litellm", "litellm"),
        ("selfstudy_guard_ray", "ray", "ray"),
        ("selfstudy_guard_ray", "pyarrow", "ray"),
    ],
)
def test_a_missing_host_is_named_with_its_remedy(package: str, host: str, extra: str) -> None:
    code = f"""
import importlib.util, {package} as adapter
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == {host!r} else found(name, package)
import {package}.host as place
place.find_spec = importlib.util.find_spec
for name in adapter.__all__:
    try:
        getattr(adapter, name)
    except ImportError as error:
        assert type(error).__name__ == "MissingExtraError", error
        print(error)
"""
    said = run(code).splitlines()
    assert said
    assert all(f'pip install "selfstudy-guard[{extra}]"' in line for line in said)
