"""What an audit is run with, handed to every experiment."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from selfstudy_guard.audit.calling import Caller
from selfstudy_guard.audit.other_orders import OtherOrder
from selfstudy_guard.audit.results import ExperimentResult
from selfstudy_guard.filter import InstructionFilter
from selfstudy_guard.flow.draw_flow import DrawFlows
from selfstudy_guard.flow.prepared import PreparedDocuments, RememberedFindings
from selfstudy_guard.questions import Prompts
from selfstudy_guard.records import Document
from selfstudy_guard.sampling import TargetSampler


@dataclass
class Setting:
    """One model, its documents and prompts.

    Attributes:
        model: name of the model.
        caller: sends requests; their keys must be unique within the audit and name the experiment first.
        documents: what is asked about; the shipped ones if the user gave none.
        prompts: the guard's own prompts that suit the model.
        seed: of every random choice.
        budget: most calls that one experiment should make.
        quick: whether the design is the small one.
        bound: whether the model is the obedient reader.
        orders: orders of a bank of the user's own; the shipped ones that no template made if there are none.
        close: whether compliance is measured where small models obey most (`cases`).
        ask_prompt, answer_prompt: the user's own templates with `{text}` (and `{question}`), or None for plain ones.
    """

    model: str
    caller: Caller
    documents: Sequence[Document]
    prompts: Prompts
    seed: int = 0
    budget: int = 300
    quick: bool = False
    bound: bool = False
    ask_prompt: str | None = None
    answer_prompt: str | None = None
    orders: Sequence[OtherOrder] = ()
    close: bool = False
    instruction_filter: InstructionFilter = field(default_factory=InstructionFilter)

    def random(self, name: str) -> random.Random:
        """A generator for one purpose, the same on every machine."""
        return random.Random(f"{self.seed}:{name}")

    def guarded(
        self, documents: Sequence[Document], *, styles: tuple[str, ...] = ("factual",)
    ) -> tuple[TargetSampler, DrawFlows, PreparedDocuments]:
        """Sampler, flows and prepared documents of the guard for these documents."""
        by_id = {document.id: document for document in documents}
        finds = RememberedFindings(self.instruction_filter)
        sampler = TargetSampler(documents, seed=self.seed, styles=styles, instruction_filter=finds)
        prepared = PreparedDocuments(by_id.__getitem__, lambda d, findings: sampler.segmentations[d.id], finds)
        window = self.prompts.window or 2000
        return sampler, DrawFlows(prepared, self.prompts, window=window, seed=self.seed), prepared


class Experiment(Protocol):
    """What every module in `audit.experiments` offers."""

    NAME: str
    TITLE: str

    def calls(self, setting: Setting) -> int:
        """Calls that `run` will make."""
        ...

    def run(self, setting: Setting) -> ExperimentResult:
        """Make the calls and measure."""
        ...


Progress = Callable[[str], None]
"""Told in one line what is being done."""
