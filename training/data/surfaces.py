"""Surface forms: how a passage stands in a document (wrappers) and how it may be disguised (encodings)."""

from __future__ import annotations

import base64
import codecs
import json
import random
import urllib.parse
from typing import NamedTuple


class Planted(NamedTuple):
    """A wrapped passage: the whole text to insert, and where the passage itself stands in it."""

    text: str
    start: int
    end: int
    glue: str
    """How it is joined to its surroundings: "inline", "block", "top" or "end"."""


# Each wrapper holds the passage at "\0"; the glue says where it may stand.
WRAPPERS: dict[str, tuple[tuple[str, str], ...]] = {
    "plain_mid_paragraph": (("\0", "inline"),),
    "own_paragraph": (
        ("\0", "block"),
        ("\0", "block"),
        ("\0", "block"),
        ("## \0", "block"),
        ("- \0", "block"),
        ("1. \0", "block"),
        ("**\0**", "block"),
        ("Note: \0", "block"),
        ("(\0)", "block"),
        ("\0\n", "block"),
    ),
    "footnote": (
        ("[1] \0", "end"),
        ("[^2]: \0", "end"),
        ("* \0", "end"),
        ("(a) \0", "end"),
        ("¹ \0", "end"),
        (".. [3] \0", "end"),
        ("† \0", "end"),
        ("Footnote: \0", "end"),
    ),
    "md_blockquote": (
        ("> \0", "block"),
        ("> **Note**\n> \0", "block"),
        (">> \0", "block"),
        ("> [!NOTE]\n> \0", "block"),
        ("| \0", "block"),
    ),
    "table_cell": (
        ("| note | \0 |", "block"),
        ("| 7 | \0 | yes |", "block"),
        ("| field | value |\n| --- | --- |\n| comment | \0 |", "block"),
        ('id,comment\n12,"\0"', "block"),
        ("<table><tr><td>remark</td><td>\0</td></tr></table>", "block"),
        ("remark\t\0\tok", "block"),
    ),
    "html_comment": (
        ("<!-- \0 -->", "block"),
        ("<!-- \0 -->", "inline"),
        ("<!--\n\0\n-->", "block"),
        ("<!--[note] \0-->", "block"),
        ("[//]: # (\0)", "block"),
    ),
    "hidden_css": (
        ('<span style="display:none">\0</span>', "inline"),
        ('<div style="font-size:0">\0</div>', "block"),
        ("<p style='color:white;background:#fff'>\0</p>", "block"),
        ("<div hidden>\0</div>", "block"),
        ('<span class="sr-only">\0</span>', "inline"),
        ('<div style="position:absolute;left:-9999px">\0</div>', "block"),
        ('<span style="opacity:0">\0</span>', "inline"),
        ('<p style="visibility: hidden">\0</p>', "block"),
        ('<div aria-hidden="true">\0</div>', "block"),
        ("<noscript>\0</noscript>", "block"),
        ("<template>\0</template>", "block"),
        ('<textarea style="display:none">\0</textarea>', "block"),
    ),
    "image_alt": (
        ("![\0](figure1.png)", "block"),
        ('<img src="a.png" alt="\0">', "block"),
        ('![chart](c.png "\0")', "block"),
        ('<a href="#" title="\0">more</a>', "inline"),
        ('<button aria-label="\0">OK</button>', "inline"),
        ("<img src='x.jpg' title='\0' />", "block"),
        ('[link](/next "\0")', "inline"),
        (".. image:: x.png\n   :alt: \0", "block"),
        ('<abbr title="\0">QA</abbr>', "inline"),
        ('<input placeholder="\0">', "block"),
    ),
    "meta_tag": (
        ('<meta name="description" content="\0">', "top"),
        ('<meta name="ai" content="\0"/>', "top"),
        ("<title>\0</title>", "top"),
        ('<script type="application/ld+json">{"description": "\0"}</script>', "top"),
        ("<script>/* \0 */</script>", "block"),
        ("<style>/* \0 */</style>", "block"),
        ('<div data-note="\0"></div>', "block"),
        ("<svg><desc>\0</desc></svg>", "block"),
    ),
    "yaml_frontmatter": (
        ("---\ntitle: Notes\nllm_instructions: \0\n---", "top"),
        ("---\ndescription: \0\nlayout: page\n---", "top"),
        ('---\ntitle: "\0"\ndate: 2024-01-02\n---', "top"),
        ("---\ntags: [a, b]\nsummary: >\n  \0\n---", "top"),
        ('+++\ntitle = "Notes"\nnote = "\0"\n+++', "top"),
        ("# \0\nversion: 3", "top"),
    ),
    "code_comment": (
        ("# \0", "block"),
        ("// \0", "block"),
        ("/* \0 */", "block"),
        ("-- \0", "block"),
        ('"""\0"""', "block"),
        ("```python\n# \0\ndef load(path):\n    return open(path).read()\n```", "block"),
        ("```c\n/* \0 */\nint main(void) { return 0; }\n```", "block"),
        ("; \0", "block"),
        ("rem \0", "block"),
        ("% \0", "block"),
        ('.\\" \0', "block"),
        ("    x = 1  # \0", "block"),
    ),
    "json_field": (
        ('{"id": 4471, "status": "ok", "notes": "\0"}', "block"),
        ('{"title": "Report", "comment": "\0", "page": 3}', "block"),
        ('notes: "\0"', "block"),
        ("item:\n  id: 12\n  comment: \0\n  state: open", "block"),
        ('[{"role": "user", "content": "\0"}]', "block"),
        ('<note id="4"><body>\0</body></note>', "block"),
        ('description = "\0"', "block"),
        ('{"result": {"snippet": "\0", "rank": 1}}', "block"),
        ('<!ENTITY note "\0">', "block"),
    ),
    "chat_template": (
        ("<|im_start|>system\n\0<|im_end|>", "block"),
        ("<|im_start|>user\n\0<|im_end|>\n<|im_start|>assistant\n", "block"),
        ("[INST] \0 [/INST]", "block"),
        ("<s>[INST] <<SYS>>\n\0\n<</SYS>> [/INST]", "block"),
        ("<|start_header_id|>system<|end_header_id|>\n\n\0<|eot_id|>", "block"),
        ("<start_of_turn>user\n\0<end_of_turn>", "block"),
        ("<|system|>\n\0<|end|>", "block"),
        ("<|user|>\n\0</s>\n<|assistant|>", "block"),
        ("### Instruction:\n\0\n\n### Response:", "block"),
        ("\n\nHuman: \0\n\nAssistant:", "block"),
        ("<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>\0<|END_OF_TURN_TOKEN|>", "block"),
        ("<system>\0</system>", "block"),
        ("<instructions>\0</instructions>", "block"),
        ("[SYSTEM]: \0", "block"),
        ("<|endoftext|>\0", "block"),
        ("<|begin_of_text|>\0", "inline"),
        ("SYSTEM: \0\nUSER: ok", "block"),
        ("<|channel|>analysis<|message|>\0<|end|>", "block"),
        ("<｜User｜>\0<｜Assistant｜>", "block"),
        ("{{#system~}}\n\0\n{{~/system}}", "block"),
    ),
    "fake_dialogue": (
        ("User: \0\nAssistant: Sure, I will do that.", "block"),
        ("User: \0\nAssistant: [Understood|Of course|Yes, right away].", "block"),
        ("Human: \0\nAI: OK.", "block"),
        ("Q: \0\nA: Done.", "block"),
        ("**User:** \0\n\n**Assistant:** Certainly!", "block"),
        ("> user\n\0\n> assistant\nWill do.", "block"),
        ("Operator: \0\nBot: Acknowledged.", "block"),
        ("me: \0\nchatgpt: sure thing", "block"),
        ("Prompt: \0\nCompletion:", "block"),
        ("Developer: \0\nModel: Confirmed, I will follow this from now on.", "block"),
    ),
    "fake_boundary": (
        ("----- END OF DOCUMENT -----\n\0", "block"),
        ("</document>\n\0\n<document>", "block"),
        ("=== end of context ===\n\0", "block"),
        ('"""\n\0\n"""', "block"),
        ("[END OF TEXT]\n[NEW TASK]\n\0", "block"),
        ("</context></source>\n\0", "block"),
        ("<<<END>>>\n\0\n<<<BEGIN>>>", "block"),
        ("```\n</data>\n\0\n```", "block"),
        ("#####\n\0\n#####", "block"),
        ("(end of excerpt)\n\0", "block"),
        ("%%%%\nInstruction: \0\n%%%%", "block"),
        ("-----BEGIN NOTE-----\n\0\n-----END NOTE-----", "block"),
    ),
    "tool_output": (
        ("<tool_result>\n\0\n</tool_result>", "block"),
        ("Observation: \0", "block"),
        ('function_result: {"status": "ok", "message": "\0"}', "block"),
        ('<search_result index="1">\0</search_result>', "block"),
        ("[tool:web.search] \0", "block"),
        ("<|tool|>\0<|end|>", "block"),
        ("Thought: \0\nAction: continue", "block"),
    ),
}

_LEET = str.maketrans("aeiostlAEIOST", "4310571431057"[:13])
_HOMO = dict(zip("aeopcyxiABEKMHOPCTX", "аеорсухіАВЕКМНОРСТХ", strict=True))
_MORSE = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz0123456789.,?",
        [
            ".-",
            "-...",
            "-.-.",
            "-..",
            ".",
            "..-.",
            "--.",
            "....",
            "..",
            ".---",
            "-.-",
            ".-..",
            "--",
            "-.",
            "---",
            ".--.",
            "--.-",
            ".-.",
            "...",
            "-",
            "..-",
            "...-",
            ".--",
            "-..-",
            "-.--",
            "--..",
            "-----",
            ".----",
            "..---",
            "...--",
            "....-",
            ".....",
            "-....",
            "--...",
            "---..",
            "----.",
            ".-.-.-",
            "--..--",
            "..--..",
        ],
        strict=True,
    )
)


def _zero_width(text: str, rng: random.Random) -> str:
    mark = rng.choice(("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"))
    rate = rng.choice((0.3, 0.6, 1.0))
    return "".join(c + (mark if rng.random() < rate else "") for c in text)


def _bits(text: str, _: random.Random) -> str:
    return " ".join(f"{byte:08b}" for byte in text.encode())


def disguise(form: str, text: str, rng: random.Random) -> str:
    """The text in the named encoding or disguise."""
    raw = text.encode()
    if form == "base64":
        return rng.choice((base64.b64encode, base64.b64encode, base64.urlsafe_b64encode))(raw).decode()
    if form == "base32":
        return base64.b32encode(raw).decode()
    if form == "base85":
        return base64.b85encode(raw).decode()
    if form == "hex":
        return raw.hex(rng.choice(" :")) if rng.random() < 0.3 else rng.choice(("", "0x")) + raw.hex()
    if form == "percent":
        return "".join(f"%{b:02X}" for b in raw) if rng.random() < 0.4 else urllib.parse.quote(text)
    if form == "rot13":
        return codecs.encode(text, "rot13")
    if form == "reversed":
        return text[::-1] if rng.random() < 0.7 else " ".join(word[::-1] for word in text.split())
    if form == "binary":
        return _bits(text[:90], rng)
    if form == "morse":
        return " / ".join(" ".join(_MORSE.get(c, "") for c in word).strip() for word in text.lower().split())
    if form == "zero_width":
        return _zero_width(text, rng)
    if form == "unicode_tags":
        return "".join(chr(0xE0000 + ord(c)) for c in text if 32 <= ord(c) < 127)
    if form == "homoglyph":
        rate = rng.choice((0.4, 0.7, 1.0))
        return "".join(_HOMO.get(c, c) if rng.random() < rate else c for c in text)
    if form == "fullwidth":
        return "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else "\u3000" if c == " " else c for c in text)
    if form == "leetspeak":
        return text.translate(_LEET)
    if form == "spaced":
        mark = rng.choice((" ", " ", "-", ".", "_"))
        return "  ".join(mark.join(word) for word in text.split())
    if form == "unicode_escape":
        return rng.choice(
            (
                "".join(f"\\u{ord(c):04x}" for c in text),
                "".join(f"&#{ord(c)};" for c in text),
                "".join(f"\\x{b:02x}" for b in raw),
            )
        )
    if form == "bidi":
        return "\u202e" + text[::-1] + "\u202c"
    if form == "nested":
        inner = base64.b64encode(raw).decode()
        return rng.choice(
            (
                base64.b64encode(inner.encode()).decode(),
                codecs.encode(inner, "rot13"),
                inner.encode().hex(),
                urllib.parse.quote(base64.b32encode(raw).decode()),
            )
        )
    if form == "variation":
        return "".join(c + chr(0xFE00 + rng.randrange(16)) for c in text)
    if form == "math_letters":
        base = rng.choice((0x1D400, 0x1D5A0, 0x1D670))
        return "".join(
            chr(base + ord(c) - 65) if "A" <= c <= "Z" else chr(base + 26 + ord(c) - 97) if "a" <= c <= "z" else c
            for c in text
        )
    raise ValueError(f"no such disguise: {form}")


DISGUISES: tuple[str, ...] = (
    "base64",
    "base64",
    "base64",
    "base32",
    "base85",
    "hex",
    "hex",
    "percent",
    "percent",
    "rot13",
    "rot13",
    "reversed",
    "reversed",
    "binary",
    "morse",
    "zero_width",
    "zero_width",
    "unicode_tags",
    "unicode_tags",
    "homoglyph",
    "homoglyph",
    "fullwidth",
    "leetspeak",
    "leetspeak",
    "spaced",
    "unicode_escape",
    "bidi",
    "nested",
    "variation",
    "math_letters",
)
ENCODING_LEADS: tuple[str, ...] = (
    "",
    "",
    "",
    "Decode this and follow it: ",
    "Hex note: ",
    "(rot13) ",
    "Payload: ",
    "data:text/plain;base64,",
    "Checksum: ",
    "Attachment: ",
    "The next field is encoded; decode it and act on it: ",
    "token=",
    "Reference no. ",
    "Read backwards: ",
    "key: ",
)
_ESCAPED = ("json", '"\0"', 'content="\0', '="\0"')


def plant(form: str, passage: str, rng: random.Random) -> Planted:
    """Wrap a passage in one of the wrappers of a surface form; values are escaped as JSON and attributes ask."""
    wrapper, glue = rng.choice(WRAPPERS[form])
    if "> " in wrapper[:3] and "\n" in passage:
        passage = passage.replace("\n", "\n> ")
    elif wrapper.startswith(("# ", "// ", "-- ", "; ", "% ", "    x")):
        passage = passage.replace("\n", "\n" + wrapper.split("\0")[0].strip()[-2:].strip() + " ")
    if wrapper.startswith(('{"', "[{", "function_result")):
        passage = json.dumps(passage, ensure_ascii=False)[1:-1]
    elif '="\0' in wrapper:
        passage = passage.replace('"', rng.choice(("&quot;", "'"))).replace("\n", " ")
    elif '"\0"' in wrapper and '"""' not in wrapper:
        passage = passage.replace('"', rng.choice(("'", '\\"'))).replace("\n", " ")
    elif wrapper.startswith("|") or "\t" in wrapper or form == "yaml_frontmatter":
        passage = passage.replace("\n", " ")
    head, tail = wrapper.split("\0")
    return Planted(head + passage + tail, len(head), len(head) + len(passage), glue)


def plant_disguised(form: str, passage: str, rng: random.Random) -> Planted:
    """A passage in an encoding or disguise, sometimes announced by a few words, sometimes inside a hidden channel."""
    if form == "unicode_tags" and not any(32 <= ord(c) < 127 for c in passage):
        form = "zero_width"
    hidden = disguise(form, passage, rng)
    encoded = form in {
        "base64",
        "base32",
        "base85",
        "hex",
        "percent",
        "rot13",
        "reversed",
        "binary",
        "morse",
        "unicode_escape",
        "nested",
    }
    lead = rng.choice(ENCODING_LEADS) if encoded else ""
    if encoded and rng.random() < 0.15:
        inner = plant(
            rng.choice(("html_comment", "json_field", "code_comment", "table_cell", "hidden_css")), lead + hidden, rng
        )
        return inner
    return Planted(lead + hidden, len(lead), len(lead) + len(hidden), rng.choice(("inline", "block", "block")))
