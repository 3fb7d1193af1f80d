"""The guard in scripts without spaces, and with prompts in the user's own language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from selfstudy_guard import Document, Guard
from selfstudy_guard.guard import PartialDocumentWarning
from tests.test_guard import Model

TEXTS = tomllib.loads((Path(__file__).parent / "data" / "guard_languages.toml").read_text("utf-8"))
LIGHTHOUSE = (
    "The lighthouse was built in 1871 and designed by the engineer Lin. The tower is 32 metres high and its light is "
    "seen from 19 miles. In 1924 the oil lamp was replaced by an electric lamp."
)
WRITTEN = pytest.mark.parametrize("written", TEXTS["documents"].values(), ids=TEXTS["documents"])


def sent(text: str, document: str) -> str:
    """What the model is shown of a prompt about a registered document."""
    model = Model(lambda messages: "1871")
    with Guard([Document(id="d.txt", text=document)]) as guard:
        guard.filtering(model)("m", [{"role": "user", "content": text}])
    content = model.sent[0]["messages"][0]["content"]
    assert isinstance(content, str)
    return content


@WRITTEN
def test_an_order_that_was_put_into_a_copy_is_taken_out(written: dict[str, str]) -> None:
    document, order = written["text"], written["order"]
    half = document.index("。", len(document) // 3) + 1
    with pytest.warns(PartialDocumentWarning):
        out = sent(written["asked"].format(document[:half] + order + document[half:]), document)
    assert written["mark"] not in out
    assert document[:half] in out


@pytest.mark.parametrize("place", ["within", "at the end", "before"])
@WRITTEN
@pytest.mark.filterwarnings("ignore::selfstudy_guard.guard.GuardWarning")
def test_a_second_source_is_filtered(written: dict[str, str], place: str) -> None:
    document, order = written["text"], written["order"]
    first, last = written["second"]
    text = {
        "within": f"{document}\n\n{first}{order}{last}",
        "at the end": f"{document}\n\n{first}{last}{order}",
        "before": f"{first}{order}{last}\n\n{document}",
    }[place]
    out = sent(written["asked"].format(text), document)
    assert written["mark"] not in out
    assert first in out
    assert out.startswith(written["asked"][:8])
    assert out.endswith(written["asked"][-8:])


@pytest.mark.parametrize("prompt", TEXTS["prompts"].values(), ids=TEXTS["prompts"])
def test_what_a_user_tells_of_the_task_is_left_alone(prompt: str) -> None:
    """Of these, written before looking, six were cut: two of them since texts without spaces are counted in words."""
    said = prompt.format(d=LIGHTHOUSE)
    assert sent(said, LIGHTHOUSE) == said
