"""The one place where LiteLLM is imported: at first use, with the price list that it carries."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from selfstudy_guard.errors import MissingExtraError

_FEATURE = "Calling a model through LiteLLM"


def require() -> None:
    """Check that LiteLLM is installed, without importing it.

    Raises:
        MissingExtraError: names the command that installs it.
    """
    if find_spec("litellm") is None:
        raise MissingExtraError(_FEATURE, "litellm")


def load_litellm() -> Any:
    """The module `litellm`, imported at the first call.

    LiteLLM fetches a price list from the network while it is imported, unless `LITELLM_LOCAL_MODEL_COST_MAP` says
    otherwise; so that is set first, unless the user has set it to something else.

    Raises:
        MissingExtraError: LiteLLM is not installed.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        import litellm
    except ImportError as error:
        if getattr(error, "name", None) not in (None, "litellm"):
            raise
        raise MissingExtraError(_FEATURE, "litellm") from error
    return litellm
