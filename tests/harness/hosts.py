"""Runs every example of `examples/hosts`, each in an environment of its own, against a local model.

    python -m tests.harness.hosts [NAME ...] [--uv UV] [--python NAME=PYTHON] [--verbose]

Their pins collide, so that no one environment holds them all. The local model keeps what it was sent: no planted order
of the page may be in it, and its facts must be. One row is printed for each host, and the exit code says whether all
went well.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfstudy_guard_server import HttpUpstream, make_app

from selfstudy_guard import Guard
from selfstudy_guard.testing.reader import answer_to, question_about
from tests.support.provider import Provider, replied, served

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "pages" / "orchard-report.md"
NEEDS = {
    "openai_sdk": ["openai"],
    "instructor_pairs": ["instructor", "openai"],
    "pydantic_ai_agent": ["pydantic-ai-slim[openai]"],
    "dspy_program": ["dspy"],
    "llama_index_questions": ["llama-index-core", "llama-index-llms-openai-like"],
    "langgraph_agent": ["langgraph", "langchain-openai"],
    "deepeval_goldens": ["deepeval"],
    "distilabel_pipeline": ["distilabel[openai]"],
    "synthetic_data_kit_served": ["synthetic-data-kit"],
    "curator_served": ["bespokelabs-curator"],
}
"""Examples, and what is installed for each beside this package."""
FACTS = ("412 apple trees", "minus 4.2 degrees", "31 visits of mason bees", "1,800 litres")


def _for_deepeval(body: dict[str, Any]) -> str:
    """deepeval says in its prompts which JSON it wants: all its keys, of which each of its schemas takes its own."""
    said = replied(body).text
    if "JSON" not in str(body):
        return said
    return json.dumps({"data": [{"input": said}], "score": 1, "feedback": "", "rewritten_input": said})


def _for_dspy(body: dict[str, Any]) -> str:
    """dspy asks in words for an object with its output fields."""
    question = replied(body).text
    return json.dumps({"question": question, "answer": answer_to(question, body["messages"][-1]["content"])})


def _for_synthetic_data_kit(body: dict[str, Any]) -> str:
    """The kit asks for a summary first, and then for a list of pairs."""
    prompt = body["messages"][0]["content"]
    if "JSON" not in prompt:
        return "It reports on an orchard."
    parts = re.findall(r'"""(.+?)"""|<quoted_part>(.+?)</quoted_part>', str(body["messages"][-1]["content"]), re.DOTALL)
    asked = [(question_about(part or other), part or other) for part, other in parts]
    return json.dumps([{"question": question, "answer": answer_to(question, part)} for question, part in asked])


SCRIPTS = {
    "deepeval_goldens": _for_deepeval,
    "dspy_program": _for_dspy,
    "synthetic_data_kit_served": _for_synthetic_data_kit,
}


@dataclass(frozen=True)
class Outcome:
    """What came of one host."""

    name: str
    code: int
    requests: int
    anchored: int
    leaks: tuple[str, ...]
    facts: int
    said: str
    balance: str

    @property
    def fine(self) -> bool:
        return self.code == 0 and self.requests > 0 and not self.leaks and self.facts >= 3


def planted() -> list[str]:
    """The orders that stand on the page, as the filter finds them."""
    with Guard([PAGE]) as guard:
        prepared = guard._rules.state.prepared(guard.documents[0].id)
        return [" ".join(finding.quote.split()) for finding in prepared.findings]


def run(name: str, python: Path) -> Outcome:
    """Run one example with an interpreter that has its host."""
    provider = Provider()
    provider.reply = SCRIPTS.get(name)
    with (
        warnings.catch_warnings(),
        served(provider.app) as upstream,
        Guard([PAGE], unguarded="warn") as guard,
        served(make_app(guard, HttpUpstream(upstream))) as server,
    ):
        warnings.simplefilter("ignore")
        told = {
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": f"{upstream}/v1",
            "OPENAI_API_BASE": f"{upstream}/v1",
            "GUARD": f"{server}/v1",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "adapters")]),
            "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
            "TOKENIZERS_PARALLELISM": "false",
        }
        done = subprocess.run(
            [python, ROOT / "examples" / "hosts" / f"{name}.py"],
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            timeout=300,
        )
        balance = str(guard.balance)
    sent = [" ".join(json.dumps(body, ensure_ascii=False).replace("\\n", " ").split()) for body in provider.bodies]
    own = re.findall(r"planned=\d+ .*", done.stdout)
    return Outcome(
        name,
        done.returncode,
        len(sent),
        sum("<quoted_part>" in one or '\\"\\"\\"' in one for one in sent),
        tuple(order for order in planted() if any(order in one for one in sent)),
        sum(any(fact in one for one in sent) for fact in FACTS),
        done.stdout if done.returncode == 0 else done.stdout + done.stderr,
        own[-1] if own else balance,
    )


def environment(folder: Path, name: str, uv: str) -> Path:
    """An interpreter of its own for one host."""
    python = folder / name / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder / name)], check=True)
    needs = [f"{ROOT}[server,litellm{',langchain' if name.startswith('lang') else ''}]", *NEEDS[name]]
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--link-mode", "copy", "--python", str(python), *needs], check=True
    )
    return python


def main() -> int:
    """Run the hosts that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NEEDS])
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--python", action="append", default=[], help="NAME=PYTHON: an interpreter that is there")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    there = dict(pair.split("=", 1) for pair in given.python)
    fine = True
    for name in given.names or NEEDS:
        with tempfile.TemporaryDirectory() as folder:
            python = Path(there[name]) if name in there else environment(Path(folder), name, given.uv)
            outcome = run(name, python)
        fine &= outcome.fine
        print(
            f"{'ok ' if outcome.fine else 'BAD'} {name}: {outcome.requests} requests, {outcome.anchored} anchored, "
            f"orders sent {list(outcome.leaks)}, facts {outcome.facts} of {len(FACTS)}, {outcome.balance}",
            flush=True,
        )
        if given.verbose or not outcome.fine:
            print(outcome.said[-3000:])
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
