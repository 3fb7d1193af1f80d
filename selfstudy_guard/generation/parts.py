"""Documents, plan and flows of a run, before any model is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfstudy_guard.documents import ReadingAccount, Skipped
from selfstudy_guard.documents.eligibility.doubts import DOUBT
from selfstudy_guard.errors import InputError
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.evidence_review import EvidenceReview
from selfstudy_guard.flow.prepared import Prepared, RecentDocuments, RememberedFindings
from selfstudy_guard.generation.given_documents import Documents, check_given, read_all
from selfstudy_guard.generation.leftovers import nothing_left_of
from selfstudy_guard.generation.multi_hop_plan import write_hops
from selfstudy_guard.generation.options import RunOptions
from selfstudy_guard.generation.run_plan import write_plan
from selfstudy_guard.generation.segmenting import cut_documents, cutter
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.sampling.corpus_plan import is_streamed
from selfstudy_guard.sampling.hops import MultiHop
from selfstudy_guard.sampling.policies import Policy
from selfstudy_guard.settings import Settings


@dataclass
class RunParts:
    """Documents, plan and flows of a run, before any model is called."""

    settings: Settings
    ledger: Ledger
    policy: Policy
    made_by: str
    flows: DrawFlows
    prepared: RecentDocuments
    account: ReadingAccount
    review: EvidenceReview | None = None

    def plan(self, n: int | None) -> int:
        """Write the plan of `n` draws, or of one for every eligible target; returns its length."""
        settings = self.settings
        if n is None:
            most = settings.per_document
            sizes = () if most is None else (min(most, len(one.table)) for one in self.ledger.tables())
            n = self.ledger.count_pieces()[2] if most is None else sum(sizes)
        if settings.hops is not None or not is_streamed(self.policy):
            hop = MultiHop(2, settings.hops) if settings.hops is not None else None
            write_hops(self.ledger, self.policy, hop, n=n, seed=settings.seed, styles=settings.styles)
            return n
        write_plan(self.ledger, self.policy, n=n, seed=settings.seed, styles=settings.styles, made_by=self.made_by)
        return n


def run_parts(documents: Documents, options: RunOptions) -> RunParts:
    """Read documents into the ledger and cut them; wrong use leaves no run folder behind.

    Raises:
        InputError: a path that does not exist, or nothing may be asked about.
        DocumentError: with `strict`, a document that cannot be read.
        LedgerError: as `open_ledger` and `Ledger.begin`.
    """
    settings, controls = options.settings, options.controls
    check_given(documents)
    found = controls.instruction_filter
    own_filter = found is not None
    if found is None:
        found = InstructionFilter(mode=settings.filter_mode, threshold=settings.filter_threshold)
    made_by = cutter(settings, own_filter=own_filter)
    review = EvidenceReview.wanted(found, settings.judge, settings.question_in_view)
    account = ReadingAccount()
    with nothing_left_of(options.out):
        ledger = open_ledger(options.out)
        try:
            ledger.begin(settings.model_dump(mode="json"), accept_changes=controls.accept_changes)
            read = read_all(documents, controls.text_field, controls.id_field, controls.strict, account)
            count = ledger.add_documents(read, accept_changes=controls.accept_changes)
            if controls.notify is None:
                account.warn()
            for line in account.lines():  # before anything is paid for
                options.notify(line)
            cut_documents(
                ledger,
                RememberedFindings(found, capacity=4096),
                made_by,
                doubt=None if settings.withhold is None else DOUBT,
                skip_own_pairs=settings.skip_own_pairs,
            )
            if not ledger.count_pieces()[2]:
                raise InputError(_nothing_to_ask(count, ledger, account.skipped))
        except BaseException:
            ledger.close()
            raise
    prepared = RecentDocuments(lambda document_id: Prepared(*ledger.pieces(document_id)))
    flows = DrawFlows(
        prepared,
        options.prompts,
        window=settings.window,
        mode=settings.filter_mode,
        seed=settings.seed,
        review=review,
        withhold=settings.withhold,
        spotlight=settings.spotlight,
    )
    return RunParts(settings, ledger, options.policy, made_by, flows, prepared, account, review)


def _nothing_to_ask(count: int, ledger: Ledger, skipped: Sequence[Skipped]) -> str:
    if not count:
        first = f" ({skipped[0].source}: {skipped[0].reason})" if skipped else ""
        return f"no document could be read{first}: check the paths"
    return (
        f"nothing in the {count} documents may be asked about ({', '.join(sorted(ledger.reasons())) or 'no text'}): "
        "`selfstudy-guard targets PATH` shows every part with its reason"
    )
