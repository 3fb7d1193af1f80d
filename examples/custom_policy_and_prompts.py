"""Your own sampling policy and your own prompts. What changed:

    -options = {}
    +options = {"policy": "stratified", "prompts": PROMPTS, "styles": ("factual", "use_case")}

Prompts are data: `extends` names what they build on, and everything is checked when it is loaded. With TargetSampler
alone a policy may also be an object or function of your own; see docs/sampling.md.
"""

from pathlib import Path

from selfstudy_guard import TargetSampler, generate
from selfstudy_guard.questions import Prompts

PAGES = Path(__file__).parent / "pages"
PROMPTS = Prompts.check(
    {
        "extends": "small",
        "name": "orchard",
        "styles": {"factual": {"instruction": "Write one short exam question about the fact."}},
    }
)
options = {"policy": "stratified", "prompts": PROMPTS, "styles": ("factual", "use_case")}

run = generate([PAGES / "orchard-report.md"], n=4, seed=2, **options)
for record in run.records:
    print(f"{record.style}\nQ: {record.question.text}\nA: {record.answer.text}\n")
print(run.balance)


def prefers_numbers(target):
    """A weight for each target: numbers are asked about four times as often."""
    return 4.0 if any(character.isdigit() for character in target.text) else 1.0


sampler = TargetSampler([PAGES / "orchard-report.md"], seed=2, weights=prefers_numbers)
print([" ".join(target.text.split())[:40] for target in sampler.plan(4)])
