"""`python -m selfstudy_guard`: the same as the command `selfstudy-guard`."""

from __future__ import annotations

from selfstudy_guard.cli import main

if __name__ == "__main__":
    main()
