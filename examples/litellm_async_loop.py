"""Forty concurrent questions through `acompletion`, in a loop of one's own, guarded. What changed:

    -complete = acompletion
    +guard = Guard("pages")
    +complete = guard.guarding(acompletion)

`guarding` wraps a function that is used for both calls: it tells from the messages whether one asks or answers.
Needs OPENAI_API_KEY; for a run without one see litellm_two_lines.py.
"""

import asyncio
import os
from pathlib import Path

from litellm import acompletion

from selfstudy_guard import Guard

os.chdir(Path(__file__).parent)
MODEL = "openai/gpt-4o-mini"
CHUNKS = [
    chunk
    for page in sorted(Path("pages").glob("*.md"))
    for chunk in page.read_text(encoding="utf-8").split("\n## ")
    if len(chunk) > 100
]
guard = Guard("pages")
complete = guard.guarding(acompletion)


async def pair(chunk):
    message = {"role": "user", "content": f"Write one exam question about this text:\n\n{chunk}"}
    q = (await complete(model=MODEL, messages=[message])).choices[0].message.content
    message = {"role": "user", "content": f"<text>{chunk}</text>\n\nAnswer in one sentence.\nQuestion: {q}"}
    a = (await complete(model=MODEL, messages=[message])).choices[0].message.content
    return q, a


async def main():
    limit = asyncio.Semaphore(8)

    async def limited(chunk):
        async with limit:
            return await pair(chunk)

    for q, a in await asyncio.gather(*(limited(chunk) for chunk in CHUNKS * 2)):
        print(f"Q: {q}\nA: {a}\n")


asyncio.run(main())
