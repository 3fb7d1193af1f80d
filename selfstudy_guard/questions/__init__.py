"""Question styles and prompts, parsing of replies, and the checks of questions and answers."""
