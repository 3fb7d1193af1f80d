"""Which accepted questions a run holds, so that nobody is asked nearly the same thing twice."""

from __future__ import annotations

from selfstudy_guard.ledger import Ledger
from selfstudy_guard.questions import NearDuplicates, check_duplicate
from selfstudy_guard.records import Target, Verdict


class Admitted:
    """The run's accepted questions; decides which new ones nearly repeat them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._own = dict(ledger.admitted())
        self._seen = NearDuplicates(self._own.values())

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember, or refuse; a question that the draw was granted before stays granted."""
        if self._own.get(key) == question:
            return Verdict(accepted=True)
        verdict = check_duplicate(question, self._seen)
        if verdict.accepted:
            self._ledger.admit(key, question)
            self._own[key] = question
            self._seen.add(question)
        return verdict
