"""Conversations written as one text: the tokens of chat templates, and the names before turns ("### Human:")."""

from __future__ import annotations

import regex

_ROLES = {
    "user": "user", "human": "user", "prompter": "user", "instruction": "user",
    "assistant": "assistant", "model": "assistant", "gpt": "assistant", "ai": "assistant", "bot": "assistant",
    "response": "assistant", "chatbot": "assistant", "system": "system", "developer": "system", "tool": "tool",
    "ipython": "tool", "function": "tool",
}  # fmt: skip
_HEADER = regex.compile(
    r"""<\|im_start\|>(?P<role>\w++)[ \t]*+\n?                                  # ChatML
      | <\|start_header_id\|>(?P<role>\w++)<\|end_header_id\|>\s*+               # Llama 3
      | <start_of_turn>(?P<role>\w++)[ \t]*+\n?                                  # Gemma
      | <\|(?P<role>user|assistant|system|tool)\|>\s*+                           # Zephyr, Phi
      | <\|START_OF_TURN_TOKEN\|><\|(?P<role>USER|CHATBOT|SYSTEM)_TOKEN\|>       # Command
      | (?:^|(?<=\s))(?P<role>USER|ASSISTANT):[ ]                                 # Vicuna
      | <[｜|](?P<role>User|Assistant)[｜|]>                                      # DeepSeek
      | (?P<inst>\[INST\])\s*+(?:<<SYS>>.*?<</SYS>>\s*+)?                        # Llama 2, Mistral
      | (?P<done>\[/INST\])\s*+""",
    regex.X | regex.S | regex.M,
)
_NAMED = regex.compile(
    r"""
    (?:^|(?<=\S)\s*+)\#{2,3}\s*+(?P<role>Human|User|Prompter|Instruction|Assistant|AI|Bot|GPT|Response|System|Input)
        \s*+[:：]?[ \t]*+(?:\n|(?<=[:：][ \t]{0,4}))
    """,
    regex.I | regex.M | regex.X,
)
END = regex.compile(
    r"""
      <\|(?:im_end|endoftext|eot_id|eom_id|end|return|end_of_text|END_OF_TURN_TOKEN|end_of_turn|eos|user_end
              |assistant_end|endofturn)\|>
    | </s>
    | <end_of_turn>
    | <eos>
    | \[EOS\]
    | <｜end▁of▁sentence｜>
    | \[/?INST\]
    | </?\|?end_of_turn\|?>
    """,
    regex.I | regex.X,
)
"""Tokens with which templates end a turn."""


def read_turns(text: str) -> list[tuple[str, str]]:
    """(role, text) of each turn of a text in a chat template; roles are "user", "assistant", "system" or "tool".

    Empty where `text` is in no template that is known. Of turns named in words, the first must be the user's, and both
    sides must speak.
    """
    for pattern in (_HEADER, _NAMED):
        heads = list(pattern.finditer(text))
        if not heads:
            continue
        turns: list[tuple[str, str]] = []
        for place, head in enumerate(heads):
            end = heads[place + 1].start() if place + 1 < len(heads) else len(text)
            groups = head.groupdict()
            name = groups.get("role") or ("user" if groups.get("inst") else "assistant")
            said = END.split(text[head.end() : end], maxsplit=1)[0].strip()
            role = _ROLES.get(name.lower(), "user")
            if name.lower() == "input" and turns and turns[-1][0] == "user":
                turns[-1] = ("user", f"{turns[-1][1]}\n{said}".strip())  # Alpaca's second field of a question
            else:
                turns.append((role, said))
        if {"user", "assistant"} <= {role for role, _ in turns}:
            return turns
    return []


def starts_with_turn(text: str) -> bool:
    """Whether a text begins with a turn, so that nothing stands before its first speaker."""
    return _HEADER.match(text.lstrip()) is not None or _NAMED.match(text.lstrip()) is not None
