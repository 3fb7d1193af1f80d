"""selfstudy-guard for LangChain: runnables, transformers, middleware, the built-in model as a chat model."""
