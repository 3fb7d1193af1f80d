"""Any embedding service behind LiteLLM as an embedder for attribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfstudy_guard.errors import InputError, ProviderError
from selfstudy_guard_litellm.host import load_litellm
from selfstudy_guard_litellm.translate import translate


class LiteLLMEmbedder:
    """Embeds texts through `litellm.embedding`.

    Args:
        model: a LiteLLM model string (`openai/text-embedding-3-small`, `ollama/...`).
        batch: texts in one call.
        **options: passed to every call (`api_base`, `api_key`, `dimensions` ...).
    """

    def __init__(self, model: str, *, batch: int = 128, **options: Any) -> None:
        if not model.strip():
            raise InputError("the model string is empty: give a LiteLLM embedding model")
        if batch < 1:
            raise InputError(f"batch={batch} cannot be used: give at least 1")
        self.model = model
        self.batch = batch
        self.options = dict(options)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Array of shape (texts, dimensions), float32, rows of unit length; raises `CompletionError` on failure."""
        litellm = load_litellm()
        rows: list[Any] = []
        for start in range(0, len(texts), self.batch):
            # Providers refuse empty strings; a space embeds as nothing in particular.
            part = [text if text.strip() else " " for text in texts[start : start + self.batch]]
            try:
                response = litellm.embedding(model=self.model, input=part, num_retries=0, max_retries=0, **self.options)
            except Exception as error:
                raise translate(litellm, error, self.model, iter(part)) from error
            found = sorted(response.data, key=lambda one: int(one["index"] or 0))
            if len(found) != len(part):
                raise ProviderError(f"{self.model}: {len(found)} embeddings came back for {len(part)} texts")
            rows += [one["embedding"] for one in found]
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), -1 if rows else 0)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(length > 0, length, 1.0), dtype=np.float32)
