"""`python -m selfstudy_guard.testing`: serve a `FaultyProvider` until interrupted; prints its base URL first."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading

from selfstudy_guard.testing.provider import FaultyProvider


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="A local OpenAI-compatible provider that fails on purpose.")
    parser.add_argument("--rate", type=float, default=0.0, help="share of requests with a fault, 0 to 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every answer takes")
    parser.add_argument("--spike", type=float, default=0.5, help="further seconds of the fault latency")
    parser.add_argument("--stall", type=float, default=2.0, help="seconds that a slow-loris answer dribbles")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    provider = FaultyProvider(
        rate=options.rate,
        seed=options.seed,
        latency=options.latency,
        spike=options.spike,
        stall=options.stall,
        port=options.port,
        keep=0,
    )
    with provider, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(provider.base_url + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
