"""What stands round a reply and is no part of it: reasoning, tokens of templates, small talk, marks; and LaTeX in JSON."""

# ruff: noqa: E501  # one reply stays on one line
from __future__ import annotations

import json

import pytest

from selfstudy_guard.questions import check_answer, parse_answer, parse_pairs, parse_question

ASKED, NINE = "What does the pump weigh?", "Nine kilograms."

WRAPPED = {
    "seed": "<seed:think>The plate says nine.</seed:think>{}",
    "seed with budget": "<seed:think>Nine.<seed:cot_budget_reflect>I used 12 tokens.</seed:cot_budget_reflect></seed:think>\n{}",
    "Kimi, opened by the template": "The plate says nine.◁/think▷{}",
    "Mistral, opened by the template": "The plate says nine.[/THINK]\n\n{}",
    "Mistral in lower case": "[think]nine[/think]{}",
    "thinking": "<thinking>The plate says nine.\n\nSo nine.</thinking>\n\n{}",
    "with a namespace": "<antThinking>Nine.</antThinking>{}",
    "a thought": "<thought>Nine.</thought>{}",
    "scratchpad": "<scratchpad>\nThe plate.\n</scratchpad>\n{}",
    "reflection": "<reflection>nine?</reflection>{}",
    "inner monologue": "<inner_monologue>nine?</inner_monologue>\n{}",
    "reasoning with an attribute": '<reasoning effort="high">nine</reasoning>{}',
    "escaped": "&lt;think&gt;nine&lt;/think&gt;{}",
    "Command": "<|START_THINKING|>The plate.<|END_THINKING|><|START_RESPONSE|>{}<|END_RESPONSE|>",
    "open thoughts": "<|begin_of_thought|>The plate.<|end_of_thought|>\n<|begin_of_solution|>{}<|end_of_solution|>",
    "medical Gemma": "<unused94>thought\nThe plate says nine.<unused95>{}",
    "gpt-oss whole": "<|start|>assistant<|channel|>analysis<|message|>We need nine.<|end|><|start|>assistant<|channel|>final<|message|>{}",
    "gpt-oss without the last token": "<|channel|>analysis<|message|>We need nine.<|end|><|start|>assistant<|channel|>final<|message|>{}",
    "gpt-oss, JSON asked": '<|channel|>analysis<|message|>JSON.<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{{"answer": "{}"}}<|return|>',
    "gpt-oss, commentary between": "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>",
    "gpt-oss without tokens": "analysisThe plate says nine. So answer nine.assistantfinal{}",
    "gpt-oss without tokens, spaced": "analysis The plate says nine.\nassistant final {}",
    "gpt-oss from the start": "assistantanalysisWe look it up.assistantfinal{}",
    "Gemma channels": "<|channel>thought\nThe plate says nine.<channel|>{}",
    "GLM box": "<think>nine</think><|begin_of_box|>{}<|end_of_box|>",
    "Granite": "Here is my thought process:\nThe plate says nine.\n\nHere is my response:\n{}",
    "a folded block": "<details><summary>Thinking</summary>\nThe plate says nine.\n</details>\n\n{}",
    "two blocks": "<think>one</think><think>two</think>{}",
    "a block behind": "{}\n<think>Was that right?</think>",
    "labelled": "Reasoning: The plate says nine.\nAnswer: {}",
    "labelled in bold": "**Reasoning:** The plate says nine.\n\n**Final answer:** {}",
    "ReAct": "Thought: I should look at the plate.\nFinal Answer: {}",
    "step by step": "Let's look at the plate. It says nine.\n\n**Final Answer:** {}",
    "dspy": "[[ ## reasoning ## ]]\nThe plate says nine.\n\n[[ ## answer ## ]]\n{}\n\n[[ ## completed ## ]]",
    "JSON": '{{"reasoning": "The plate says nine.", "answer": "{}"}}',
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_reasoning_is_never_an_answer(name: str) -> None:
    assert parse_answer(WRAPPED[name].format(NINE)) == NINE


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in WRAPPED
        if "label" not in name and name not in ("ReAct", "dspy", "JSON", "step by step", "gpt-oss, JSON asked")
    ],
)
def test_reasoning_is_never_a_question(name: str) -> None:
    assert parse_question(WRAPPED[name].format(ASKED)) == (ASKED,)


@pytest.mark.parametrize(
    "reply",
    [
        "<think>Nine, I suppose",
        "◁think▷Nine, I suppose",
        "[THINK]Nine, I suppose",
        "<seed:think>Nine, I suppose",
        "<|channel|>analysis<|message|>Nine, I suppose",
        "<|channel|>analysis<|message|>Nine, I suppose<|end|>",
        "analysisThe user asks for the weight. Nine, I suppose",
        "<|START_THINKING|>Nine, I suppose",
        "<|channel>thought\nNine, I suppose",
        "Here is my thought process:\nNine, I suppose",
    ],
)
def test_reasoning_alone_is_nothing(reply: str) -> None:
    assert parse_answer(reply) == ""
    assert parse_question(reply) == ()
    assert parse_pairs(reply) == []


@pytest.mark.parametrize(
    "text",
    [
        "The analysis found nine kilograms.",
        "Analysis of the oil takes nine days.",
        "It is [think] in the dialect.",
        "Final assembly takes nine days.",
        "The assistant final exam is in May.",
        "Reasoning by analogy is weak.",
        "Thought experiments are cheap.",
    ],
)
def test_words_that_only_look_like_reasoning_stay(text: str) -> None:
    assert parse_answer(text) == text


ROUND = {
    "end of turn": "{}<|im_end|>",
    "end of text": "{}<|endoftext|>",
    "Llama": "{}<|eot_id|>",
    "Llama header": "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
    "Gemma": "{}<end_of_turn>\n<eos>",
    "Mistral": "{}</s>[INST] And the motor? [/INST]",
    "Phi": "{}<|end|>\n<|user|>\nThanks",
    "DeepSeek": "{}<｜end▁of▁sentence｜>",
    "Command": "{}<|END_OF_TURN_TOKEN|>",
    "template and turn": "<|im_start|>assistant\n{}<|im_end|>\n<|im_start|>user\nThanks!",
    "a second question": "{}\n\nQ: Who built it?\nA: Ada.",
    "a numbered question": "{}\n\nQuestion 2: Who built it?\nAnswer 2: Ada.",
    "a question under a heading": "{}\n\n### Question\nWho built it?",
    "a German question": "{}\n\nFrage: Wer hat sie gebaut?\nAntwort: Ada.",
    "a human": "{}\n\nHuman: Who built it?\n\nAssistant: Ada.",
    "a user": "{}\nUser: Who built it?\nAI: Ada.",
    "an instruction": "{}\n\n### Instruction:\nWho built it?\n\n### Response:\nAda.",
    "a prompt again": "{}\n\nPassage: The motor runs.\nQuestion: When?",
    "offered help": "{} Let me know if you need anything else!",
    "offered help below": "{}\n\nLet me know if you have any other questions.",
    "hope": "{}\n\nI hope this helps!",
    "hope, short": "{} Hope this helps!",
    "feel free": "{}\n\nFeel free to ask if you have more questions about the pump.",
    "anything else": "{}\n\nIs there anything else you'd like to know?",
    "would you like": "{}\n\nWould you like me to explain how it is weighed?",
    "German help": "{}\n\nLass mich wissen, wenn du noch Fragen hast!",
    "French help": "{}\n\nN'hésitez pas si vous avez d'autres questions !",
    "sure": "Sure! {}",
    "certainly": "Certainly, here is the answer:\n\n{}",
    "great question": "Great question! {}",
    "the answer is": "The answer is: {}",
    "a key": '{{"result": "{}"}}',
    "a capital key": '{{"Answer": "{}"}}',
    "a key in a key": '{{"response": {{"text": "{}"}}}}',
    "a German key": '{{"antwort": "{}"}}',
    "key and confidence": '{{"answer": "{}", "confidence": 0.9}}',
    "key and source": '{{"final_answer": "{}", "source": "the plate"}}',
    "a key without braces": 'answer: "{}"',
    "a list": '["{}"]',
    "tags": "<answer>{}</answer>",
    "tags with a number": "<answer_1>{}</answer_1>",
    "final tags": "<final_answer>{}</final_answer>",
    "boxed": "\\boxed{{{}}}",
    "OpenAI citation": "{}【4:0†plate.md】",
    "a number behind": "{}[1]",
    "numbers behind": "{} [1][3]",
    "a document": "{} [doc1]",
    "a source": "{} (Source: the passage)",
    "a footnote": "{}[^2]",
    "Cohere": "<co: 0>{}</co: 0>",
    "a rule": "{}\n\n---",
    "hash signs": "{}\n\n###",
    "an assistant": "assistant\n\n{}",
    "AI": "AI: {}",
    "two labels": "**Answer:** Answer: {}",
}  # fmt: skip


@pytest.mark.parametrize("name", ROUND)
def test_what_stands_round_an_answer_goes(name: str) -> None:
    assert parse_answer(ROUND[name].format(NINE)) == NINE


def test_a_citation_before_the_full_stop() -> None:
    assert parse_answer("It weighs nine kilograms [1].") == "It weighs nine kilograms."
    assert parse_answer("It weighs nine [2] and was built in 1999 [3].") == "It weighs nine and was built in 1999."


@pytest.mark.parametrize(
    "text",
    [
        "The list is [1, 2].",
        "Use `a[1]` for the second.",
        "It is read with items[0].",
        "It returns [1].",
        "The end token is <|im_end|>.",
        "Each line ends with </s>",
        "The form asks for:\nName: the keeper\nPrompt: the greeting",
        "The options are:\nA: nine\nB: ten",
        "It says: let me know if it rains.",
        "The user: a person who logs in.",
        "The two roles are:\n- User: asks\n- Assistant: answers",
        'Use {"mode": "fast"} in the file.',
        '{"mode": "fast"}',
        "Question everything.",
        "They hope this helps the herring.",
        "Sure-footed goats live there.",
        "The source is (Source: Holm 1990).",
        "---\ntitle: Pump\n---",
    ],
)
def test_what_belongs_to_an_answer_stays(text: str) -> None:
    assert parse_answer(text) == text


NAMING = [
    "According to the passage, the pump weighs nine kilograms.",
    "According to the text, the pump weighs nine kilograms.",
    "Based on the provided context, the pump weighs nine kilograms.",
    "Based on the information provided in the document, the pump weighs nine kilograms.",
    "As stated in the passage, the pump weighs nine kilograms.",
    "The passage states that the pump weighs nine kilograms.",
    "The text says the pump weighs nine kilograms.",
    "The pump weighs nine kilograms, according to the passage.",
    "The pump weighs nine kilograms, as mentioned in the text.",
    "In the given excerpt, the pump weighs nine kilograms.",
    "From the context, the pump weighs nine kilograms.",
    "Laut dem Text wiegt die Pumpe neun Kilogramm.",
    "Según el texto, la bomba pesa nueve kilogramos.",
    "D'après le passage, la pompe pèse neuf kilogrammes.",
    "Secondo il testo, la pompa pesa nove chili.",
    "De acordo com o texto, a bomba pesa nove quilos.",
    "Volgens de tekst weegt de pomp negen kilo.",
    "Zgodnie z tekstem pompa waży dziewięć kilogramów.",
    "Согласно тексту, насос весит девять килограммов.",
    "Metne göre pompa dokuz kilogramdır.",
    "Theo đoạn văn, máy bơm nặng chín kilôgam.",
    "根据文章，水泵重九公斤。",
    "本文によると、ポンプの重さは九キロです。",
    "본문에 따르면 펌프의 무게는 9킬로그램이다.",
    "وفقًا للنص، تزن المضخة تسعة كيلوغرامات.",
    "पाठ के अनुसार, पंप का वजन नौ किलोग्राम है।",
]


@pytest.mark.parametrize("reply", NAMING)
def test_an_answer_that_names_the_passage_loses_it_or_is_asked_again(reply: str) -> None:
    evidence = "The pump weighs nine kilograms. Die Pumpe wiegt neun Kilogramm. 水泵重九公斤。"
    verdict = check_answer(reply, ASKED, evidence)
    said = parse_answer(reply).lower()
    gone = not any(word in said for word in ("passage", "text", "context", "document", "excerpt"))
    if verdict.accepted:
        assert reply.isascii()
        assert gone
        assert "nine kilograms" in said
    else:
        assert verdict.reason == "needs-passage"


@pytest.mark.parametrize(
    ("answer", "evidence"),
    [
        ("The passage takes nine days.", "The passage from Orrin to Skerry takes nine days."),
        ("The document must be signed by two keepers.", "The document must be signed by two keepers."),
        ("According to the harbour master, nine.", "According to the harbour master, nine boats came."),
        ("It is based on the text of 1611.", "The new edition is based on the text of 1611."),
    ],
)
def test_a_passage_that_the_document_speaks_of_is_no_lead_in(answer: str, evidence: str) -> None:
    assert parse_answer(answer) == answer
    assert check_answer(answer, "How long, or who, or what?", evidence).accepted


LATEX = {
    r"$\frac{9}{2}\theta + \beta$": r"$\frac{9}{2}\theta + \beta$",
    r"$\nu = \rho \times \tau$": r"$\nu = \rho \times \tau$",
    r"$\nabla f \neq 0$": r"$\nabla f \neq 0$",
    r"\(a \ne b\) and \[c \to d\]": r"\(a \ne b\) and \[c \to d\]",
    r"$\alpha \leq \sqrt{2}$": r"$\alpha \leq \sqrt{2}$",
    r"$\underline{x} \bar{y} \text{ if } \forall z$": r"$\underline{x} \bar{y} \text{ if } \forall z$",
    r"$\\frac{1}{2} \\theta$": r"$\frac{1}{2} \theta$",
    r"One line.\nNext line.": "One line.\nNext line.",
    r"A\tB": "A\tB",
    r"Il pleut\ne pas": "Il pleut\ne pas",
    r"Say \"nine\" \u00e9": 'Say "nine" é',
    r"$\begin{matrix} a \\\\ b \end{matrix}$": r"$\begin{matrix} a \\ b \end{matrix}$",
}


@pytest.mark.parametrize("written", LATEX)
def test_latex_in_json_survives(written: str) -> None:
    wanted = LATEX[written]
    assert parse_pairs(f'[{{"question": "{ASKED}", "answer": "{written}"}}]') == [(ASKED, wanted)]
    assert parse_answer(f'```json\n{{"answer": "{written}"}}\n```') == wanted
    assert parse_question(f'{{"question": "What is {written} here?"}}') == (
        f"What is {' '.join(wanted.split())} here?",
    )


def test_latex_in_json_that_needs_repair() -> None:
    reply = r"[{'question': 'What is the loss?', 'answer': '$\frac{9}{2}$'},]"
    assert parse_pairs(reply) == [("What is the loss?", r"$\frac{9}{2}$")]
    assert parse_answer(json.dumps({"answer": r"$\frac{9}{2}$"})) == r"$\frac{9}{2}$"
