"""What an audit found, as thresholds, changes, page, Markdown and terminal table; hostile names stay text."""

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from markdown_it import MarkdownIt
from rich.console import Console

from selfstudy_guard.audit.audit_page import audit_html
from selfstudy_guard.audit.audit_tables import (
    before_and_after,
    changes,
    groups_of,
    print_audit,
    print_changes,
    shown,
    trend,
)
from selfstudy_guard.audit.markdown_tables import audit_markdown
from selfstudy_guard.audit.results import AuditResult, Curve, ExperimentResult, Figure
from selfstudy_guard.audit.thresholds import parse_thresholds
from selfstudy_guard.cli.audit import app
from selfstudy_guard.errors import InputError

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></script><svg onload=alert(1)>",
    "a | b\n| c | d |",
    "[click](javascript:alert(1)) ![x](http://evil.example/p.png) <http://evil.example>",
    "[bold red]rich[/bold red] [link=http://evil.example]x[/link]",
    "\x1b[31mred\x1b[0m \u202egnp.exe\u202c \u200b\x00\x07",
    "{{ view.title }} {% raw %} ${7*7} `code` **b** # h $x$ @team #1",
    "\n# heading\n\n- list\n\n```\ncode",
]


def figure(condition, value, low=None, high=None, *, name="compliance", better="lower", group=""):
    return Figure(name=name, condition=condition, value=value, low=low, high=high, n=40, better=better, group=group)


def experiment(model="model", *, bound=False, extra=(), **fields):
    figures = (
        figure("raw", 0.9, 0.8, 0.95),
        figure("window", 0.4, 0.3, 0.5),
        figure("guarded", 0.02, 0.0, 0.1),
        figure("raw", 0.8, 0.7, 0.9, name="correctness", better="higher"),
        figure("guarded", 0.82, 0.72, 0.92, name="correctness", better="higher"),
        figure("raw", 48, name="prompts", better="neither"),
        figure("guarded", 48, name="prompts", better="neither"),
        figure("raw", 2.5, 1.2, 6.0, name="odds ratio", better="neither", group="channel=table"),
        figure("raw", 0.5, 0.2, 0.9, name="odds ratio", better="neither", group="channel=comment"),
        *extra,
    )
    curves = (
        Curve(
            name="coverage", condition="raw", x=(1, 2, 3), y=(0.1, 0.2, 0.3), low=(0, 0.1, 0.2), high=(0.2, 0.3, 0.4)
        ),
        Curve(name="coverage", condition="guarded", x=(1, 2, 3), y=(0.3, 0.6, 0.9), x_label="calls", y_label="share"),
    )
    values = {"name": "compliance", "title": "Compliance", "finding": "Found.", "verdict": "Obeyed less.", "calls": 7}
    return ExperimentResult(
        **(values | {"model": model, "bound": bound, "figures": figures, "curves": curves, "notes": ("Few.",)} | fields)
    )


def audit(*experiments, **fields):
    settings = {"seed": 0, "quick": True, "documents": ["a.md", "b.md"]}
    return AuditResult(
        experiments=experiments or (experiment(), experiment("obedient-reader", bound=True)),
        **({"settings": settings, "created": "2026-11-22", "version": "0.1"} | fields),
    )


class Elements(HTMLParser):
    """Every element and attribute, and the text beside scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.words, self._inside = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag in ("script", "style"):
            self._inside = tag

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data):
        if not self._inside:
            self.words.append(data)


def test_the_guarded_condition_is_the_last_of_each_figure():
    found = {
        one.name: (one.without.condition, one.guarded.condition, one.trend) for one in before_and_after(experiment())
    }
    assert found == {"compliance": ("raw", "guarded", "better"), "correctness": ("raw", "guarded", "not told apart")}


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (figure("c", 0.9, 0.8, 1.0), figure("c", 0.1, 0.0, 0.2), "better"),
        (figure("c", 0.1, 0.0, 0.2), figure("c", 0.9, 0.8, 1.0), "worse"),
        (figure("c", 0.1, 0.0, 0.2), figure("c", 0.2, 0.1, 0.3), "not told apart"),
        (figure("c", 0.1, 0, 0.15, better="higher"), figure("c", 0.2, 0.16, 0.3, better="higher"), "better"),
        (figure("c", 0.1, better="higher"), figure("c", 0.2, better="higher"), "different"),
        (figure("c", 0.2), figure("c", 0.2), "not told apart"),
        (figure("c", 1, better="neither"), figure("c", 2, better="neither"), "different"),
    ],
)
def test_trends_by_hand(old, new, wanted):
    assert trend(old, new) == wanted


def test_groups_are_read_by_dimension():
    groups = groups_of(experiment(extra=(figure("raw", 1, group="whole"),)))
    assert {dimension: list(levels) for dimension, levels in groups.items()} == {
        "channel": ["table", "comment"],
        "": ["whole"],
    }


@pytest.mark.parametrize(
    ("value", "text"), [(0.12345, "0.123"), (0.0, "0"), (1.0, "1"), (48, "48"), (1234.5, "1,234"), (-2.0, "-2")]
)
def test_numbers_for_people(value, text):
    assert shown(figure("raw", value)) == text


def test_thresholds_look_at_every_model_and_at_the_right_direction():
    result = audit(experiment("good"), experiment("bad", figures=(figure("guarded", 0.4),)))
    missed = [line for one in parse_thresholds(["compliance.compliance=0.05"]) for line in one.missed(result)]
    assert missed == ["bad: compliance compliance (guarded) is 0.400, the threshold is 0.050"]
    (higher,) = parse_thresholds(["compliance.correctness=0.85"])
    assert higher.missed(audit(experiment("good"))) == [
        "good: compliance correctness (guarded) is 0.820, the threshold is 0.850"
    ]
    (condition,) = parse_thresholds(["compliance.compliance.window=0.5"])
    assert condition.missed(audit(experiment())) == []


def test_changes_are_of_the_same_figure_and_condition():
    new = audit(experiment(figures=(figure("guarded", 0.5, 0.4, 0.6), figure("masked", 0.1))))
    (row,) = changes(audit(), new)
    assert (row.figure, row.condition, row.old, row.new, row.clear, row.trend) == (
        "compliance", "guarded", 0.02, 0.5, True, "worse",
    )  # fmt: skip


def test_an_audit_reads_back_as_it_was_written(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(audit().model_dump_json(), encoding="utf-8")
    assert AuditResult.load(path) == audit()
    with pytest.raises(InputError, match="cannot read the audit"):
        AuditResult.load(tmp_path / "none.json")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot read the audit"):
        AuditResult.load(path)
    path.write_text(json.dumps({"format": 1, "experiments": [{"name": 3}]}), encoding="utf-8")
    with pytest.raises(InputError, match="cannot read the audit"):
        AuditResult.load(path)


def test_the_page_shows_every_figure_and_names_the_bound():
    page = Elements(audit_html(audit()))
    words = " ".join(" ".join(page.words).split())
    for text in ("0.9 (0.8 to 0.95)", "0.02 (0 to 0.1), guarded", "Obeyed less.", "Few.", "By channel", "7 calls"):
        assert text in words
    assert "obedient-reader (upper bound, not a model) bound" in words
    assert "Of 4 figures measured without and with the guard, clearly better with it: 2; clearly worse: 0" in words
    # Two charts (one a model) and two intervals of odds in each of the two groups.
    assert [value for tag, name, value in page.attributes if (tag, name) == ("svg", "class")].count("chart") == 2
    assert [value for tag, name, value in page.attributes if (tag, name) == ("svg", "class")].count("odds") == 4


@pytest.mark.parametrize(
    ("figures", "level"),
    [
        ((figure("raw", 0.1, 0, 0.2), figure("guarded", 0.9, 0.8, 1)), "poor"),
        ((figure("raw", 0.9, 0.8, 1), figure("guarded", 0.1, 0, 0.2)), "good"),
        ((figure("raw", 0.1, 0, 0.2), figure("guarded", 0.1, 0, 0.2)), "fair"),
        ((figure("raw", 0.1, 0, 0.2),), "fair"),
        ((), "fair"),
    ],
)
def test_the_verdict_of_the_page(figures, level):
    assert f'class="verdict {level}"' in audit_html(audit(experiment(figures=figures)))


def test_the_page_needs_no_network_and_forbids_foreign_scripts():
    html = audit_html(audit())
    page = Elements(html)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not [row for row in page.attributes if row[1] in ("src", "style", "srcset") or row[1].startswith("on")]
    assert all(value.startswith("#") for _, name, value in page.attributes if name == "href")
    policy = next(value for tag, name, value in page.attributes if name == "content" and "default-src" in value)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def everywhere(text):
    """An audit in which every text is `text`."""
    return audit(
        experiment(
            text,
            name=text,
            title=text,
            finding=text,
            verdict=text,
            notes=(text,),
            figures=(
                Figure(name=text, condition=text, value=0.5, better="lower"),
                Figure(name=text, condition=f"{text}2", value=0.4, better="lower"),
                Figure(name=f"odds {text}", condition=text, value=2, low=1, high=3, group=f"{text}={text}"),
            ),
            curves=(Curve(name=text, condition=text, x=(1, 2), y=(0.1, 0.2), x_label=text, y_label=text),),
        ),
        settings={text: text, "documents": [text]},
        version=text,
        created=text,
        stopped=text,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text_on_the_page(text):
    harmless, hostile = Elements(audit_html(everywhere("name"))), Elements(audit_html(everywhere(text)))
    # Hidden characters are shown in boxes, which are elements of their own.
    boxes = [tag for tag in hostile.tags if tag not in ("span",)]
    assert boxes == [tag for tag in harmless.tags if tag not in ("span",)]
    assert {(tag, name) for tag, name, _ in hostile.attributes} <= {
        *((tag, name) for tag, name, _ in harmless.attributes), ("span", "class"), ("span", "title"),
    }  # fmt: skip
    assert not re.search("[\x00\x07\x1b\u202e\u200b]", audit_html(everywhere(text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text_in_markdown(text):
    read = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])

    def kinds(source):
        found = []
        for token in read.parse(source):
            found += [token.type, *(child.type for child in token.children or ())]
        return [kind for kind in found if kind not in ("text", "text_special")]

    assert kinds(audit_markdown(everywhere(text))) == kinds(audit_markdown(everywhere("name")))
    assert not re.search("[\x00\x07\x1b\u202e\u200b]", audit_markdown(everywhere(text)))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text_on_the_terminal(text):
    stream = io.StringIO()
    console = Console(file=stream, width=4000, force_terminal=True, color_system=None)
    print_audit(everywhere(text), console)
    print_changes(changes(everywhere(text), everywhere(text)), console)
    shown_text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())  # our own styles
    assert not re.search("[\x00\x07\x1b\u202e\u200b]", shown_text)
    if text.startswith("[bold red]"):
        assert "[bold red]rich[/bold red]" in shown_text


def test_markdown_tables_hold_every_figure():
    text = audit_markdown(audit())
    assert "| Compliance | model | compliance | 0.9 (0.8 to 0.95), raw | 0.02 (0 to 0.1), guarded | better |" in text
    assert "|  | raw | window | guarded |" in text
    assert "| compliance | 0.9 (0.8 to 0.95) | 0.4 (0.3 to 0.5) | 0.02 (0 to 0.1) |" in text
    assert "| correctness | 0.8 (0.7 to 0.9) |  | 0.82 (0.72 to 0.92) |" in text
    assert "| table | 2.5 (1.2 to 6) |" in text
    assert "### obedient-reader (upper bound, not a model)" in text
    assert "seed 0, quick design, 2 documents" in text


def test_an_audit_that_stopped_or_measured_nothing_says_so():
    result = audit(experiment(figures=(), curves=()), stopped="the limit is used up")
    assert "Not finished: the limit is used up." in " ".join(Elements(audit_html(result)).words)
    assert "**Not finished**: the limit is used up." in audit_markdown(result)
    assert "Nothing was measured." in audit_markdown(result)


def test_curves_that_are_no_shares_are_not_drawn_wrongly():
    curve = Curve(name="tokens", condition="raw", x=(1, 2), y=(10, 2000))
    torn = Curve(name="torn", condition="raw", x=(1, 2), y=(0.5,))
    page = Elements(audit_html(audit(experiment(curves=(curve, torn)))))
    assert "chart" not in [value for tag, name, value in page.attributes if (tag, name) == ("svg", "class")]


def test_the_manual_runs_and_its_options_exist():
    manual = (Path(__file__).parent.parent / "docs" / "audit.md").read_text("utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    names = {}
    exec(snippet, names)
    (run,) = names["result"].experiments
    assert run.bound
    assert run.figure("exposure", "raw document").value == 1
    # The goal of the design is 0.05; 60 instructions with intervals are shown.
    assert run.figure("exposure", "filter and window").value <= 0.05
    command = typer.main.get_command(app)
    known = {
        option
        for one in (command, command.commands["compare"])
        for word in one.params
        for option in (*word.opts, *word.secondary_opts)
    }
    used = set(re.findall(r"--[a-z][a-z-]+", manual))
    assert used <= known
