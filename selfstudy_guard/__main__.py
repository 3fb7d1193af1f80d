"""`python -m selfstudy_guard` is the command `selfstudy-guard`."""

from selfstudy_guard.cli import main

if __name__ == "__main__":
    main()
