"""The stress tests of the paper, runnable on any model, prompts and documents."""
