"""Documents, plan and composer of a run, before any model is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from selfstudy_guard.composing import Composer, prompts_for
from selfstudy_guard.documents import Skipped
from selfstudy_guard.errors import InputError
from selfstudy_guard.generation.sources import Documents, read_all
from selfstudy_guard.instructions import InstructionFilter
from selfstudy_guard.ledger import Ledger, open_ledger
from selfstudy_guard.prepare import PreparedDocuments, RememberedFindings
from selfstudy_guard.records import Draw
from selfstudy_guard.sampling import TargetSampler
from selfstudy_guard.scrutiny import Scrutiny
from selfstudy_guard.settings import Settings, checked


@dataclass
class RunParts:
    """Documents, plan and composer of a run, before any model is called."""

    settings: Settings
    ledger: Ledger
    sampler: TargetSampler
    composer: Composer
    prepared: PreparedDocuments
    skipped: list[Skipped]
    options: dict[str, Any]
    scrutiny: Scrutiny | None = None

    def draws(self, n: int | None) -> Iterator[Draw]:
        """The plan: `n` draws, or one for every eligible target in every style."""
        if n is None:
            n = sum(len(segmentation.eligible) for segmentation in self.sampler.segmentations.values())
        elif n < 1:
            raise InputError(f"n must be at least 1, not {n}")
        return iter(islice(self.sampler.draws(n), n))


def run_parts(documents: Documents, out: str | Path | None, name: str, seed: int, options: dict[str, Any]) -> RunParts:
    """Read documents into the ledger and make the sampler; used up options are taken out of `options`."""
    text_field, id_field = options.pop("text_field", None), options.pop("id_field", None)
    strict, accept = options.pop("strict", False), options.pop("accept_changes", False)
    instruction_filter = options.pop("instruction_filter", None)
    prompts = prompts_for(options.pop("prompts", None), name)
    known = {field: options.pop(field) for field in list(options) if field in Settings.model_fields}
    if prompts.window is not None:
        known.setdefault("window", prompts.window)
    known |= {"model": name, "seed": seed, "prompts": prompts.digest, "unit": (text_field, id_field)}
    settings: Settings = checked(Settings, known)
    for style in settings.styles:
        prompts.style(style)  # an unknown one is an error now, not at its first draw
    if instruction_filter is None:
        instruction_filter = InstructionFilter(mode=settings.filter_mode, threshold=settings.filter_threshold)
    finds = RememberedFindings(instruction_filter)
    scrutiny = Scrutiny.wanted(instruction_filter, settings.judge, settings.question_in_view)
    skipped: list[Skipped] = []
    ledger = open_ledger(out)
    try:
        ledger.begin(settings.model_dump(mode="json"), accept_changes=accept)
        count = ledger.add_documents(
            read_all(documents, text_field, id_field, strict, skipped.append), accept_changes=accept
        )
        sampler = TargetSampler(
            ledger.documents(),
            policy=settings.policy,
            seed=seed,
            styles=settings.styles,
            instruction_filter=finds,
        )
        if not any(segmentation.eligible for segmentation in sampler.segmentations.values()):
            raise InputError(_nothing_to_ask(count, sampler, skipped))
    except BaseException:
        ledger.close()
        raise
    prepared = PreparedDocuments(ledger.document, lambda document, findings: sampler.segmentations[document.id], finds)
    composer = Composer(
        prepared, prompts, window=settings.window, mode=settings.filter_mode, seed=seed, scrutiny=scrutiny
    )
    return RunParts(settings, ledger, sampler, composer, prepared, skipped, options, scrutiny)


def _nothing_to_ask(count: int, sampler: TargetSampler, skipped: Sequence[Skipped]) -> str:
    if not count:
        first = f" ({skipped[0].source}: {skipped[0].reason})" if skipped else ""
        return f"no document could be read{first}: check the paths"
    reasons = sorted({t.reason for s in sampler.segmentations.values() for t in s.targets if t.reason})
    return (
        f"nothing in the {count} documents may be asked about ({', '.join(reasons) or 'no text'}): "
        "`selfstudy-guard targets PATH` shows every part with its reason"
    )
