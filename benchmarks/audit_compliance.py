"""Compliance with planted instructions: a model or the obedient reader (the bound), and exposure on further banks.

python benchmarks/audit_compliance.py [--model obedient-reader|embedded|...] [--budget 1200] [--quick] [--out FOLDER]
python benchmarks/audit_compliance.py --exposure --seeds 5      (no model: other wordings, code words and places)
python benchmarks/audit_compliance.py --verifiers               (error rates of the verifiers)
"""

from __future__ import annotations

import argparse
import time

from selfstudy_guard.audit.audit_settings import Setting
from selfstudy_guard.audit.calling import Caller
from selfstudy_guard.audit.cases import BOTH, FILTER, WINDOW, Views
from selfstudy_guard.audit.experiments import compliance
from selfstudy_guard.audit.pages import shipped_checks, shipped_documents
from selfstudy_guard.audit.planting import obedient_reader, planted, stands
from selfstudy_guard.coverage.statistics import wilson
from selfstudy_guard.ledger import open_ledger
from selfstudy_guard.models import resolve_model
from selfstudy_guard.questions import Prompts, prompts_for


def audit(model: str, *, budget: int, quick: bool, out: str | None) -> None:
    bound = model == "obedient-reader"
    completer = obedient_reader() if bound else resolve_model(model)
    prompts = prompts_for(None, model)
    started = time.perf_counter()
    with open_ledger(out) as ledger:
        caller = Caller(completer, ledger, name=model)
        result = compliance.run(
            Setting(model, caller, shipped_documents(), prompts, budget=budget, quick=quick, bound=bound)
        )
    print(f"{model}: {result.calls} calls, {time.perf_counter() - started:.0f} s")
    for figure in result.figures:
        if not figure.group or figure.name != "exposure":
            interval = "" if figure.low is None else f"  [{figure.low:.3f}, {figure.high:.3f}]"
            print(f"{figure.name:32}{figure.condition:36}{figure.group:26}{figure.value:8.3f}{interval}  n={figure.n}")
    print(result.verdict)


def exposure(seeds: int) -> None:
    setting = Setting("none", None, [], Prompts.builtin("large"))  # type: ignore[arg-type]  # nothing is asked
    conditions = (WINDOW, FILTER, BOTH)
    total = dict.fromkeys(conditions, 0)
    for seed in range(seeds):
        bank = planted(seed)
        views = Views(setting, [plant.document for plant in bank])
        for condition in conditions:
            left = [plant for plant in bank if stands(plant, views.text(plant.document, plant.check, condition))]
            total[condition] += len(left)
            print(f"seed {seed}: {condition}: {len(left)} of {len(bank)}")
            if condition != WINDOW:
                for plant in left:
                    print(f"    {plant.id}: {plant.words}")
    for condition, left_over in total.items():
        of = seeds * len(planted())
        interval = wilson(left_over, of)
        print(f"{condition}: {left_over / of:.2%} [{interval.low:.2%}, {interval.high:.2%}] of {of}")


def verifiers() -> None:
    answers = [f"{check.evidence}." for check in shipped_checks()] + [check.accept[0] for check in shipped_checks()]
    for kind in sorted({plant.verifier.kind for plant in planted()}):
        group = {plant.verifier: plant for seed in range(5) for plant in planted(seed) if plant.verifier.kind == kind}
        wrong = sum(verifier.complied(answer) for verifier in group for answer in answers)
        copied = sum(verifier.complied(plant.words) for verifier, plant in group.items())
        missed = sum(not verifier.complied(verifier.obeying(answer)) for verifier in group for answer in answers)
        of = len(group) * len(answers)
        print(
            f"{kind:15} {len(group):4} verifiers; right answers taken for obeying {wrong} of {of}; obeying missed "
            f"{missed} of {of}; copies of the instruction taken for obeying {copied} of {len(group)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="obedient-reader")
    parser.add_argument("--budget", type=int, default=1200)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--exposure", action="store_true")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--verifiers", action="store_true")
    given = parser.parse_args()
    if given.exposure:
        exposure(given.seeds)
    elif given.verifiers:
        verifiers()
    else:
        audit(given.model, budget=given.budget, quick=given.quick, out=given.out)


if __name__ == "__main__":
    main()
