"""A model that takes its time, so that tests can interrupt it."""

from __future__ import annotations

import time

from selfstudy_guard.testing import ExtractiveReader


class SlowReader(ExtractiveReader):
    """Answers after 300 ms."""

    def complete(self, request):
        time.sleep(0.3)
        return super().complete(request)
