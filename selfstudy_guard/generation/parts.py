"""Documents, plan and flows of a run, before any model is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfstudy_guard.documents import Skipped
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.prepared import Prepared, RecentDocuments, RememberedFindings
from selfstudy_guard.generation.given_documents import Documents, read_all
from selfstudy_guard.generation.multi_hop_plan import write_hops
from selfstudy_guard.generation.run_plan import write_plan
from selfstudy_guard.generation.segmenting import cut_documents, cutter
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.questions import prompts_for
from selfstudy_guard.sampling.hops import MultiHop
from selfstudy_guard.sampling.policies import Policy, named_policy
from selfstudy_guard.sampling.style_balance import StyleBalance
from selfstudy_guard.settings import Settings, checked


@dataclass
class RunParts:
    """Documents, plan and flows of a run, before any model is called."""

    settings: Settings
    ledger: Ledger
    policy: Policy
    made_by: str
    flows: DrawFlows
    prepared: RecentDocuments
    skipped: list[Skipped]
    options: dict[str, Any]
    review: EvidenceReview | None = None

    def plan(self, n: int | None) -> int:
        """Write the plan of `n` draws, or of one for every eligible target; returns its length.

        Raises:
            InputError: n below 1.
        """
        if n is None:
            n = self.ledger.count_pieces()[2]
        elif n < 1:
            raise InputError(f"n must be at least 1, not {n}")
        settings = self.settings
        if settings.hops is not None:
            hop = MultiHop(2, settings.hops)
            write_hops(self.ledger, self.policy, hop, n=n, seed=settings.seed, styles=settings.styles)
            return n
        write_plan(self.ledger, self.policy, n=n, seed=settings.seed, styles=settings.styles, made_by=self.made_by)
        return n


def run_parts(documents: Documents, out: str | Path | None, name: str, seed: int, options: dict[str, Any]) -> RunParts:
    """Read documents into the ledger and cut them; used up options are taken out of `options`."""
    text_field, id_field = options.pop("text_field", None), options.pop("id_field", None)
    strict, accept = options.pop("strict", False), options.pop("accept_changes", False)
    instruction_filter = options.pop("instruction_filter", None)
    prompts = prompts_for(options.pop("prompts", None), name)
    known = {field: options.pop(field) for field in list(options) if field in Settings.model_fields}
    if prompts.window is not None:
        known.setdefault("window", prompts.window)
    if prompts.question_attempts is not None:
        known.setdefault("question_attempts", prompts.question_attempts)
    known |= {"model": name, "seed": seed, "prompts": prompts.digest, "unit": (text_field, id_field)}
    settings: Settings = checked(Settings, known)
    for style in settings.styles:
        prompts.style(style)  # an unknown one is an error now, not at its first draw
    policy = named_policy(settings.policy)
    StyleBalance(settings.styles, seed)
    own_filter = instruction_filter is not None
    if instruction_filter is None:
        instruction_filter = InstructionFilter(mode=settings.filter_mode, threshold=settings.filter_threshold)
    made_by = cutter(settings, own_filter=own_filter)
    review = EvidenceReview.wanted(instruction_filter, settings.judge, settings.question_in_view)
    skipped: list[Skipped] = []
    ledger = open_ledger(out)
    try:
        ledger.begin(settings.model_dump(mode="json"), accept_changes=accept)
        count = ledger.add_documents(
            read_all(documents, text_field, id_field, strict, skipped.append), accept_changes=accept
        )
        cut_documents(ledger, RememberedFindings(instruction_filter, capacity=4096), made_by)
        if not ledger.count_pieces()[2]:
            raise InputError(_nothing_to_ask(count, ledger, skipped))
    except BaseException:
        ledger.close()
        raise
    prepared = RecentDocuments(lambda document_id: Prepared(*ledger.pieces(document_id)))
    flows = DrawFlows(prepared, prompts, window=settings.window, mode=settings.filter_mode, seed=seed, review=review)
    return RunParts(settings, ledger, policy, made_by, flows, prepared, skipped, options, review)


def _nothing_to_ask(count: int, ledger: Ledger, skipped: Sequence[Skipped]) -> str:
    if not count:
        first = f" ({skipped[0].source}: {skipped[0].reason})" if skipped else ""
        return f"no document could be read{first}: check the paths"
    return (
        f"nothing in the {count} documents may be asked about ({', '.join(sorted(ledger.reasons())) or 'no text'}): "
        "`selfstudy-guard targets PATH` shows every part with its reason"
    )
