"""Which prompts suit a model: tiny for the built-in one, small up to two billion parameters, as far as a name tells.

All answer best when they are asked plainly: those that are made to choose a sentence of the text take the wrong one.
The built-in model makes up much of what it says, so a sentence is taken where its answer does not pass the checks.
"""

from __future__ import annotations

import difflib
import struct
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import regex

from selfstudy_guard.errors import InputError
from selfstudy_guard.questions.prompts import BUILTIN, Prompts
from selfstudy_guard.records import AnswerForm

SMALL = 2.2e9
"""Parameters up to which a model counts as small: the "1.5B", "1.7B" and "2B" of the model families."""
_SIZE = regex.compile(r"(?<![\p{L}\d.])(?:\d{1,2}x)?(\d+(?:[._]\d+)?)\s?([bm])(?![\p{L}\d])", regex.I)
_TINY = regex.compile(r"smol|tiny", regex.I)
_MINI = regex.compile(r"(?<!\p{L})mini(?!\p{L})", regex.I)
_LOCAL = regex.compile(
    r"^(?:ollama(?:_chat)?|lm_studio|llamafile|hosted_vllm|vllm|llama_cpp|llamacpp|xinference|docker_model_runner)[/:]",
    regex.I,
)
"""Servers on the user's own machine. "mini" is a small model only there: gpt-4o-mini is a large one."""
_BYTES_PER_PARAMETER = 0.6
"""Of a GGUF file in four bits, the usual kind."""
_GGUF_HEAD = 1 << 16


def prompts_for(
    prompts: Prompts | str | PathLike[str] | Mapping[str, Any] | None,
    model: str,
    answer_form: AnswerForm | None = None,
) -> Prompts:
    """The prompts that a user named, or those that suit the model.

    Args:
        prompts: prompts, "small", "large", the path of a file, a mapping like such a file, or None.
        model: name of the model.
        answer_form: the form of answers to plain questions; None leaves that of the prompts.

    Raises:
        InputError, PromptError: as `Prompts.load` and `Prompts.in_form`.
    """
    return _chosen(prompts, model).in_form(answer_form)


def _chosen(prompts: Prompts | str | PathLike[str] | Mapping[str, Any] | None, model: str) -> Prompts:
    if isinstance(prompts, Prompts):
        return prompts
    if prompts is None:
        kind = model.partition(":")[0]
        return Prompts.builtin("tiny" if kind == "embedded" else "small" if is_small(model) else "large")
    if isinstance(prompts, Mapping):
        return Prompts.check(prompts)
    if not isinstance(prompts, str | PathLike):
        raise InputError(f"prompts must be Prompts, a name, a file or a mapping, not {type(prompts).__name__}")
    if prompts in BUILTIN:
        return Prompts.builtin(str(prompts))
    if not Path(prompts).exists() and (close := difflib.get_close_matches(str(prompts), BUILTIN, 1)):
        raise InputError(f"there are no prompts {str(prompts)!r}, and no such file (did you mean {close[0]!r}?)")
    return Prompts.load(prompts)


def is_local(model: str) -> bool:
    """Whether a model runs in this process, where a reply can be held to a schema."""
    return model.partition(":")[0] in ("embedded", "gguf")


def is_small(model: str) -> bool:
    """Whether a model is surely small: the built-in one, a small GGUF file, or one whose name tells its size."""
    kind, _, rest = model.partition(":")
    if kind == "embedded":
        return True
    size = parameters(model)
    if size is not None:
        return size <= SMALL
    if kind == "gguf":
        return _file_size(Path(rest)) <= SMALL
    return bool(_TINY.search(model) or (_LOCAL.match(model) and _MINI.search(model)))


def parameters(model: str) -> float | None:
    """How many parameters a model's name tells ("qwen2.5:0.5b", "smollm2-135m"); the most where it tells several."""
    name = Path(model.partition(":")[2]).name if model.startswith("gguf:") else model
    found = [
        float(match[1].replace("_", ".")) * (1e9 if match[2].lower() == "b" else 1e6) for match in _SIZE.finditer(name)
    ]
    return max(found, default=None)


def _file_size(path: Path) -> float:
    """Parameters of a GGUF file: as its head labels it, else by its length; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_GGUF_HEAD)
        length = path.stat().st_size
    except OSError:
        return 0.0
    label = _size_label(head)
    told = parameters(label) if label else None
    return told if told is not None else length / _BYTES_PER_PARAMETER


def _size_label(head: bytes) -> str | None:
    """The value of `general.size_label` in the head of a GGUF file ("0.5B"): a string after its key, type 8."""
    key = b"general.size_label"
    at = head.find(key)
    if at < 0 or len(head) < at + len(key) + 12:
        return None
    kind, length = struct.unpack_from("<IQ", head, at + len(key))
    if kind != 8 or length > 32:
        return None
    start = at + len(key) + 12
    return head[start : start + length].decode("utf-8", "replace")
