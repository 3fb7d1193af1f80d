"""What to try when most of a run's first questions are rejected: said once, while little is spent."""

from __future__ import annotations

from collections import Counter

from selfstudy_guard.questions.model_size import is_small, parameters
from selfstudy_guard.records import Record, Rejection

FIRST = 20
"""Outcomes after which a run looks back."""

_ANCHOR = frozenset(("off-target", "not-in-document", "answer-off-target", "misses-part", "vague", "invented"))
_FALSE = frozenset(
    """ungrounded wrong-number wrong-unit two-values wrong-name wrong-polarity wrong-quantity wrong-part
    contains-answer echo answer-not-in-document""".split()
)
_FORM = frozenset(("empty", "no-question", "truncated", "oversized", "garbled", "repeats", "missing"))


class FirstOutcomes:
    """Counts the first outcomes of a run, and says which remedy to try where more than half are rejections.

    Args:
        model: name of the model.
        prompts: name of the prompts.
        per_call: questions that one request asks for.
    """

    def __init__(self, model: str, prompts: str, per_call: int = 1) -> None:
        self._model = model
        self._prompts = prompts
        self._per_call = per_call
        self._seen = 0
        self._reasons: Counter[str] = Counter()

    def add(self, outcome: Record | Rejection | None) -> str | None:
        """Take an outcome into account; the advice after the last of the first ones, or None."""
        if self._seen >= FIRST:
            return None
        self._seen += 1
        if isinstance(outcome, Rejection):
            self._reasons[outcome.reason] += 1
        rejected = self._reasons.total()
        if self._seen < FIRST or 2 * rejected <= FIRST:
            return None
        named = ", ".join(f"{reason} {count}" for reason, count in self._reasons.most_common(3))
        return f"{rejected} of the first {FIRST} questions were rejected ({named}): {self._remedy()}"

    def _remedy(self) -> str:
        groups = {
            name: sum(self._reasons[reason] for reason in group)
            for name, group in (("anchor", _ANCHOR), ("false", _FALSE), ("form", _FORM))
        }
        worst = max(groups, key=lambda name: groups[name])
        if not groups[worst]:
            return f"look at the reason {self._reasons.most_common(1)[0][0]} in docs/questions.md"
        if self._prompts == "large" and not is_small(self._model):
            unknown = parameters(self._model) is None
            size = "if this is a model of up to two billion parameters" if unknown else "for a model of this size"
            if worst == "form":
                return f"try --reply-tokens 1000 if the model thinks before it answers, or --prompts small {size}"
            return f"try --prompts small {size}, else a larger model"
        if self._per_call > 1:
            return f"try fewer questions a request (--per-call {max(1, self._per_call // 2)}), or a larger model"
        if worst == "false":
            return "this model often answers what the text does not say: a larger model answers better"
        return "this model is small for the task: a larger one asks better questions"
