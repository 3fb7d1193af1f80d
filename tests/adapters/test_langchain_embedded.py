"""The built-in model as a chat model passes the standard tests of LangChain, where versions allow."""

from __future__ import annotations

import pytest

from selfstudy_guard.embedded.model_store import ModelStore

pytest.importorskip("xllamacpp", reason="the extra 'embedded' is not installed")
standard = pytest.importorskip("langchain_tests.integration_tests", reason="langchain-tests is not installed")
units = pytest.importorskip("langchain_tests.unit_tests")

from selfstudy_guard_langchain import EmbeddedChatModel  # noqa: E402  # after the skips  # after the skips

fetched = pytest.mark.skipif(
    not ModelStore().state().present, reason="the built-in model is not in the cache: selfstudy-guard model fetch"
)


class TestUnit(units.ChatModelUnitTests):
    """Construction, serialisation, standard parameters."""

    @property
    def chat_model_class(self) -> type:
        return EmbeddedChatModel

    @property
    def chat_model_params(self) -> dict:
        return {}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False


@fetched
@pytest.mark.embedded
class TestStandard(standard.ChatModelIntegrationTests):
    """Real calls: invoke, stream, batch, conversation, usage, stop."""

    @property
    def chat_model_class(self) -> type:
        return EmbeddedChatModel

    @property
    def chat_model_params(self) -> dict:
        return {"temperature": 0.0, "max_tokens": 90, "seed": 1}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return True

    @property
    def structured_output_kwargs(self) -> dict:
        return {"method": "json_schema"}

    @property
    def supports_json_mode(self) -> bool:
        return False
