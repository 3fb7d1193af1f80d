"""The loop over requests: what to send, when to retry, when to stop; the drivers are its only effects."""
