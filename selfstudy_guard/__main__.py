"""`python -m selfstudy_guard` is the `selfstudy-guard` command."""

from selfstudy_guard.cli import main

if __name__ == "__main__":
    main()
