"""deepeval: goldens from contexts through its own OpenAI-compatible model. What changed:

    -model = LocalModel(model="gpt-4o-mini", base_url=BASE, api_key=KEY)
    +model = LocalModel(model="filter/gpt-4o-mini", base_url=GUARD, api_key=KEY)

GUARD is the address of `selfstudy-guard serve ../pages/orchard-report.md --unguarded filter --upstream
$OPENAI_BASE_URL`. deepeval rewrites its questions in further calls, so its calls are filtered and its finished goldens
are measured: `guard.observe(...)`. `make hosts` runs this against a local model.
"""

import os
from pathlib import Path

from deepeval.models import LocalModel
from deepeval.synthesizer import Synthesizer
from deepeval.synthesizer.config import EvolutionConfig, FiltrationConfig

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
text = Path("../pages/orchard-report.md").read_text(encoding="utf-8")
chunks = [part for part in text.split("\n## ") if len(part) > 200]

model = LocalModel(model="filter/gpt-4o-mini", base_url=os.environ["GUARD"], api_key=os.environ["OPENAI_API_KEY"])

synthesizer = Synthesizer(
    model=model,
    async_mode=False,
    filtration_config=FiltrationConfig(max_quality_retries=0, critic_model=model),
    evolution_config=EvolutionConfig(num_evolutions=0),
)
goldens = synthesizer.generate_goldens_from_contexts([[chunk] for chunk in chunks], max_goldens_per_context=1)
guard = Guard("../pages/orchard-report.md")
for golden in goldens:
    guard.observe(golden.input, golden.expected_output)
    print(f"Q: {golden.input}\nA: {golden.expected_output}\n")
print(guard.coverage().coverage)
