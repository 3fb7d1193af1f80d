"""A LiteLLM Router with two deployments and a fallback, guarded. What changed:

    -router = Router(model_list=DEPLOYMENTS, fallbacks=FALLBACKS, num_retries=2)
    +guard = Guard("pages/orchard-report.md")
    +router = GuardedLiteLLM(guard).router(Router(model_list=DEPLOYMENTS, fallbacks=FALLBACKS, num_retries=2))

Router methods that the adapter does not guard raise, so that no call only looks guarded.
Needs OPENAI_API_KEY; for a run without one see litellm_two_lines.py.
"""

import os
from pathlib import Path

from litellm import Router
from selfstudy_guard_litellm import GuardedLiteLLM

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
DEPLOYMENTS = [
    {"model_name": "small", "litellm_params": {"model": "openai/gpt-4o-mini"}},
    {"model_name": "large", "litellm_params": {"model": "openai/gpt-4o"}},
]
FALLBACKS = [{"small": ["large"]}]
text = Path("pages/orchard-report.md").read_text(encoding="utf-8")
guard = Guard("pages/orchard-report.md")
router = GuardedLiteLLM(guard).router(Router(model_list=DEPLOYMENTS, fallbacks=FALLBACKS, num_retries=2))

for chunk in [chunk for chunk in text.split("\n## ") if len(chunk) > 100]:
    prompt = f"Write one exam question about this text:\n\n{chunk}"
    q = router.completion(model="small", messages=[{"role": "user", "content": prompt}]).choices[0].message.content
    prompt = f"<text>{chunk}</text>\n\nAnswer in one sentence.\nQuestion: {q}"
    a = router.completion(model="large", messages=[{"role": "user", "content": prompt}]).choices[0].message.content
    print(f"Q: {q}\nA: {a}\n")
