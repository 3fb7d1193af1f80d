"""Terminal escapes in names, titles, rows, settings and errors of providers: no command prints them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from selfstudy_guard import generate
from selfstudy_guard.errors import RequestError
from selfstudy_guard.testing import ScriptedCompleter

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b]52;c;ZWNobw==\x07\u202e\x9b31m\u2066"
FORGED = "\nselfstudy-guard: all is well"
HOSTILE = ESCAPES + FORGED + "[/bold][link=x]"
MANUAL = f"# Pumps {ESCAPES}\n\nThe main pump {ESCAPES} holds nine litres of oil. The spare pump holds four litres.\n"


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terminal")
    docs = folder / "docs"
    docs.mkdir()
    (docs / f"a{ESCAPES}[bold].md".replace("/", "")).write_text(MANUAL)
    (docs / "b.html").write_text(f"<title>{HOSTILE}</title><h1>{HOSTILE}</h1><p>{MANUAL}")
    (docs / "rows.jsonl").write_text(
        json.dumps({"text": MANUAL, "id": HOSTILE, HOSTILE: HOSTILE}) + f"\n{{bad {ESCAPES}"
    )
    row = {"instruction": f"How much oil does the main pump {HOSTILE} hold?", "output": f"Nine litres {HOSTILE}"}
    lines = [json.dumps(row), json.dumps({HOSTILE: 1}), f"not json {ESCAPES}"]
    (folder / "data.jsonl").write_text("\n".join(lines))
    calls = 0

    def reply(request):
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RequestError(f"the provider says {HOSTILE}")
        asked = request.purpose == "question"
        return f"How many litres of oil does the main pump {HOSTILE} hold?" if asked else f"Nine litres {HOSTILE}"

    generate([docs], model=ScriptedCompleter(reply), n=3, out=folder / "run", question_attempts=1).close()
    return folder


COMMANDS = [
    "targets {docs}",
    "targets {docs} --json",
    "filter {docs}",
    "filter {docs} --json",
    "generate {docs} --dry-run",
    "generate {docs} --dry-run --style {hostile}",
    "generate {docs} --dry-run --prompts {hostile}",
    "generate {hostile}",
    "status {run}",
    "status {run} --json",
    "status {hostile}",
    "coverage {run}",
    "coverage {data} --docs {docs}",
    "coverage {data} --docs {docs} --json",
    "export {run} --format {hostile} --out x",
    "audit compare {hostile} {hostile}",
]


@pytest.fixture(scope="module")
def printed(places):
    """What every command prints: one process for all of them, since starting takes longer than the rest."""
    program = (
        "import contextlib, io, json, sys\n"
        "from selfstudy_guard.cli import main\n"
        "found = []\n"
        "for words in json.loads(sys.stdin.read()):\n"
        "    sys.argv = ['selfstudy-guard', *words]\n"
        "    out, err = io.StringIO(), io.StringIO()\n"
        "    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):\n"
        "        try:\n"
        "            main()\n"
        "        except SystemExit as end:\n"
        "            code = end.code\n"
        "    found.append((code, out.getvalue(), err.getvalue()))\n"
        "sys.stdout.write(json.dumps(found))\n"
    )
    names = {name: str(places / name) for name in ("docs", "run")} | {"data": str(places / "data.jsonl")}
    words = [[word.format(**names, hostile=HOSTILE) for word in command.split()] for command in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(words), capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip(COMMANDS, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_what_drives_a_terminal(printed, command):
    code, out, err = printed[command]
    assert code in (None, 0, 1, 2)
    assert out or err
    for text in (out, err):
        assert not any(sign in text for sign in ("\x1b]", "\x1b[2J", "\x9b", "\x07", "\u202e", "\u2066")), ascii(
            text[:2000]
        )
        assert "Traceback" not in text
        assert not any(line.startswith("selfstudy-guard: all is well") for line in text.splitlines())


def test_the_hostile_texts_did_reach_the_commands(printed):
    assert "the provider says" in printed["status {run}"][2]
    assert "owned" in printed["coverage {data} --docs {docs} --json"][1]
    assert "owned" in printed["status {hostile}"][2]
