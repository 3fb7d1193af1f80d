"""What a guard tells its user beside the ledger: warnings, and counts of what it met."""

from __future__ import annotations

import threading
from collections import Counter

from selfstudy_guard.records import Frozen
from selfstudy_guard.telling import warn_user


class GuardWarning(UserWarning):
    """Something about a guarded call that its user should know."""


class UnguardedCallWarning(GuardWarning):
    """A call went out as it was, because `unguarded="warn"` allows it."""


class PartialDocumentWarning(GuardWarning):
    """A copy of a document holds text that the registered document does not hold."""


class Notes(Frozen):
    """What a guard met so far, in numbers of calls.

    Attributes:
        calls: calls through the guard.
        guarded: calls in which a registered document was found.
        unguarded: calls that went out as they were (`unguarded="warn"`).
        partial: calls with text inside a copy that the document does not hold; that text was filtered by itself.
        unregistered: calls with long text that changes from call to call and is in no registered document.
        opaque: calls with parts that cannot be read (`opaque="warn"`).
        undecided: calls of `guarding` that were filtered only, since neither a question nor an order for one was clear.
        unreadable: calls whose response is of no kind that can be read; it was handed back untouched.
        without_target: question calls about text in which nothing may be asked about; sent without an anchor.
        without_question: answer calls in which no question could be read; filtered, but not recorded.
        filtered: calls from which the filter took something out.
        judged: doubtful passages (not calls) that the judge was asked about.
        without_verdict: those of them where its reply was no verdict, so that the filter's own decision stands.
    """

    calls: int = 0
    guarded: int = 0
    unguarded: int = 0
    partial: int = 0
    unregistered: int = 0
    opaque: int = 0
    undecided: int = 0
    unreadable: int = 0
    without_target: int = 0
    without_question: int = 0
    filtered: int = 0
    judged: int = 0
    without_verdict: int = 0


class WarningLog:
    """Counts and warns; safe to share between threads."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._told: set[str] = set()
        self._mutex = threading.Lock()

    def count(self, name: str) -> None:
        """Add one call to a count."""
        with self._mutex:
            self._counts[name] += 1

    def tell_once(self, key: str, message: str, category: type[GuardWarning] = GuardWarning) -> None:
        """Warn, once for each key."""
        with self._mutex:
            if key in self._told:
                return
            self._told.add(key)
        self.tell(message, category)

    def tell(self, message: str, category: type[GuardWarning] = GuardWarning) -> None:
        """Warn, at the line of the user's own code that made the call."""
        warn_user(message, category)

    @property
    def notes(self) -> Notes:
        """The counts so far."""
        with self._mutex:
            return Notes(**self._counts)
