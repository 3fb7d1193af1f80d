"""The experiments, one module each; a docstring says what the paper found, what is varied and what is held fixed."""
