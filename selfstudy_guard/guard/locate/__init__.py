"""Finding registered documents inside the messages of a call."""
