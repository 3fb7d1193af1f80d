"""Wrong uses of the public names; `mypy --strict` must refuse every line that is marked `# wrong`, and no other."""

from __future__ import annotations

from selfstudy_guard import Guard, InstructionFilter, TargetSampler, agenerate, generate


def completion(*, model: str, messages: list[dict[str, str]]) -> str:
    return model + messages[0]["content"]


generate("docs/", concurency=4)  # wrong
generate("docs/", concurrency="4")  # wrong
generate("docs/", n="5")  # wrong
generate("docs/", num_questions=5)  # wrong
generate("docs/", "gpt-4o-mini")  # wrong
generate("docs/", filter_mode="delete")  # wrong
generate("docs/", answer_form="long")  # wrong
generate("docs/", hops="near")  # wrong
generate("docs/", styles=3)  # wrong
generate("docs/", policy=3)  # wrong
generate("docs/", progress=3)  # wrong
generate("docs/", on_record="print")  # wrong
generate("docs/", price=0.1)  # wrong
generate("docs/", batch="yes")  # wrong
generate("docs/", model_options=["api_base"])  # wrong


async def main() -> None:
    await agenerate("docs/", max_costs=1.0)  # wrong


guard = Guard("docs/", unguardd="warn")  # wrong
Guard("docs/", unguarded="ignore")  # wrong
guard.asking(completion)(messages=[])  # wrong
guard.generating(completion, per_calls=3)  # wrong
InstructionFilter(mode="delete")  # wrong
InstructionFilter(detectors=[len])  # wrong
TargetSampler("docs/", seed="0")  # wrong
