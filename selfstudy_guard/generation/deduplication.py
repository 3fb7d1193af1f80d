"""Which accepted questions a run holds, so that nobody is asked nearly the same thing twice."""

from __future__ import annotations

from array import array

from selfstudy_guard.ledger import Ledger
from selfstudy_guard.questions import NearDuplicates, check_duplicate
from selfstudy_guard.records import Target, Verdict


class Admitted:
    """The run's accepted questions; decides which new ones nearly repeat them.

    The texts stay in the ledger; what is kept of a question in memory are its place and the numbers of a few shingles.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._positions = array("q")
        self._own = ledger.open_questions()
        self._seen = NearDuplicates(stored=lambda place: ledger.question(self._positions[place]))
        for position, question in ledger.admitted_places():
            self._remember(position, question)

    def admit(self, key: str, question: str, target: Target) -> Verdict:
        """Accept and remember, or refuse; a question that the draw was granted before stays granted."""
        if self._own.get(key) == question:
            return Verdict(accepted=True)
        verdict = check_duplicate(question, self._seen)
        if verdict.accepted:
            position = self._ledger.admit(key, question)
            if position is not None:
                self._remember(position, question)
        return verdict

    def _remember(self, position: int, question: str) -> None:
        self._positions.append(position)
        self._seen.add(question)
