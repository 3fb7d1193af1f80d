"""A second set of replies, written before it was known which of them could be read (39 of 131 could not)."""

# ruff: noqa: E501  # one reply stays on one line
from __future__ import annotations

import json
import time

import pytest

from selfstudy_guard.questions import parse_answer, parse_pairs, parse_question

A, B = "Where is the archive kept?", "In the chapel."
C, D = "Who opened the school in 1902?", "Mara Lind."

LAYOUTS = {
    "q/a colon-space caps": f"QUESTION: {A}\nANSWER: {B}\n\nQUESTION: {C}\nANSWER: {D}",
    "QUESTION 1 dash": f"Question 1 - {A}\nAnswer - {B}\n\nQuestion 2 - {C}\nAnswer - {D}",
    "h4 with number and bold answer": f"#### 1) {A}\n**Answer:** {B}\n\n#### 2) {C}\n**Answer:** {D}",
    "emoji labels": f"❓ **Question:** {A}\n✅ **Answer:** {B}\n\n❓ **Question:** {C}\n✅ **Answer:** {D}",
    "details": f"<details>\n<summary>{A}</summary>\n\n{B}\n</details>\n\n<details>\n<summary>{C}</summary>\n\n{D}\n</details>",
    "dl": f"<dl><dt>{A}</dt><dd>{B}</dd><dt>{C}</dt><dd>{D}</dd></dl>",
    "html p": f"<p><strong>Question:</strong> {A}</p>\n<p><strong>Answer:</strong> {B}</p>\n<p><strong>Question:</strong> {C}</p>\n<p><strong>Answer:</strong> {D}</p>",
    "QA json tuple": json.dumps({"pairs": [[A, B], [C, D]]}),
    "json keys Q1/A1 nested": json.dumps({"result": {"Q1": A, "A1": B, "Q2": C, "A2": D}}),
    "json with metadata": json.dumps(
        {
            "questions": [
                {"question": A, "answer": B, "difficulty": "easy", "evidence": "x y"},
                {"question": C, "answer": D, "difficulty": "hard", "evidence": "z"},
            ]
        }
    ),
    "json text+comment after": json.dumps([{"question": A, "answer": B}, {"question": C, "answer": D}])
    + "\n\nLet me know if you need more.",
    "json with trailing comma+prose before": "Sure, here they are:\n"
    + f'{{"qa": [{{"question": "{A}", "answer": "{B}",}}, {{"question": "{C}", "answer": "{D}",}},]}}',
    "json unescaped quotes": f'[{{"question": "{A}", "answer": "{B}"}}, {{"question": "{C}", "answer": "{D}"}}',
    "json in python fence": "```python\npairs = "
    + json.dumps([{"question": A, "answer": B}, {"question": C, "answer": D}])
    + "\n```",
    "jsonl w/ numbering": f"1. {json.dumps({'question': A, 'answer': B})}\n2. {json.dumps({'question': C, 'answer': D})}",
    "QA tag inline attr": f'<qa id="1"><question>{A}</question><answer>{B}</answer></qa>\n<qa id="2"><question>{C}</question><answer>{D}</answer></qa>',
    "qa xml cap": f"<Question>{A}</Question><Answer>{B}</Answer><Question>{C}</Question><Answer>{D}</Answer>",
    "xml header": f'<?xml version="1.0"?>\n<pairs><pair><question>{A}</question><answer>{B}</answer></pair><pair><question>{C}</question><answer>{D}</answer></pair></pairs>',
    "unclosed tags": f"<question>{A}\n<answer>{B}\n<question>{C}\n<answer>{D}",
    "synth augmentoolkit": f"**QUESTION:**\n{A}\n\n**ANSWER:**\n{B}\n\n\n**QUESTION:**\n{C}\n\n**ANSWER:**\n{D}",
    "numbers w/ answer on next indented '>'": f"1. {A}\n   > {B}\n2. {C}\n   > {D}",
    "Q)": f"Q) {A}\nA) {B}\n\nQ) {C}\nA) {D}",
    "Q1) ": f"Q1) {A}\nA1) {B}\nQ2) {C}\nA2) {D}",
    "Q -": f"Q - {A}\nA - {B}\nQ - {C}\nA - {D}",
    "1a": f"1. Q: {A} | A: {B}\n2. Q: {C} | A: {D}",
    "pipe": f"{A} | {B}\n{C} | {D}",
    "double colon": f"{A} :: {B}\n{C} :: {D}",
    "tab": f"{A}\t{B}\n{C}\t{D}",
    "answers in parentheses": f"1. {A} (Answer: {B})\n2. {C} (Answer: {D})",
    "answers in brackets": f"1. {A} [Answer: {B}]\n2. {C} [Answer: {D}]",
    "Question/Answer bullets nested": f"* **Question 1**\n    * {A}\n* **Answer 1**\n    * {B}\n* **Question 2**\n    * {C}\n* **Answer 2**\n    * {D}",
    "h2 Question, plain Answer:": f"## Question 1: {A}\nAnswer: {B}\n\n## Question 2: {C}\nAnswer: {D}",
    "answers then heading": f"**Questions**\n\nQ1. {A}\nQ2. {C}\n\n**Answers**\n\nA1. {B}\nA2. {D}",
    "Qs section then 'Answer 1:'": f"Question 1: {A}\nQuestion 2: {C}\nAnswer 1: {B}\nAnswer 2: {D}",
    "table 3 cols": f"| No. | Question | Answer | Difficulty |\n|---|---|---|---|\n| 1 | {A} | {B} | easy |\n| 2 | {C} | {D} | hard |",
    "table w/ language": f"| Pregunta | Respuesta |\n| --- | --- |\n| {A} | {B} |\n| {C} | {D} |",
    "toml": f'[[pairs]]\nquestion = "{A}"\nanswer = "{B}"\n\n[[pairs]]\nquestion = "{C}"\nanswer = "{D}"',
    "yaml keys caps": f"- Question: >-\n    {A}\n  Answer: >-\n    {B}\n- Question: >-\n    {C}\n  Answer: >-\n    {D}",
    "instruct style": f"### Instruction:\n{A}\n\n### Response:\n{B}\n\n### Instruction:\n{C}\n\n### Response:\n{D}",
    "chat system": f"<|user|>\n{A}\n<|assistant|>\n{B}\n<|user|>\n{C}\n<|assistant|>\n{D}",
    "json messages with system": json.dumps(
        {
            "messages": [
                {"role": "system", "content": "x"},
                {"role": "user", "content": A},
                {"role": "assistant", "content": B},
                {"role": "user", "content": C},
                {"role": "assistant", "content": D},
            ]
        }
    ),
    "harmony in front": f"<|channel|>analysis<|message|>hm?<|end|><|start|>assistant<|channel|>final<|message|>Q: {A}\nA: {B}\nQ: {C}\nA: {D}<|return|>",
    "think in front": f"<think>Q: what? A: no</think>\n1. {A}\n{B}\n2. {C}\n{D}",
    "Korean numbered": f"질문 1: {A}\n답변 1: {B}\n\n질문 2: {C}\n답변 2: {D}",
    "Chinese brackets": f"【问题1】{A}\n【答案1】{B}\n【问题2】{C}\n【答案2】{D}",
    "Chinese 问：答：": f"问：{A}\n答：{B}\n\n问：{C}\n答：{D}",
    "Japanese Q1": f"Q1：{A}\nA1：{B}\nQ2：{C}\nA2：{D}",
    "French plural": f"Questions :\n1. {A}\n2. {C}\n\nRéponses :\n1. {B}\n2. {D}",
    "German short": f"F: {A}\nA: {B}\nF: {C}\nA: {D}",
    "Spanish P R": f"P: {A}\nR: {B}\nP: {C}\nR: {D}",
    "Polish P O": f"P: {A}\nO: {B}\nP: {C}\nO: {D}",
    "Turkish S C": f"S: {A}\nC: {B}\nS: {C}\nC: {D}",
    "Russian В О": f"В: {A}\nО: {B}\nВ: {C}\nО: {D}",
    "Arabic س ج": f"س: {A}\nج: {B}\nس: {C}\nج: {D}",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    assert [(question, answer.strip()) for question, answer in parse_pairs(LAYOUTS[name])] == [(A, B), (C, D)]


AROUND = {
    "sure colon": "Sure! The answer is: In the chapel.",
    "based on": "Based on the passage, in the chapel.",
    "final": "Final Answer: In the chapel.",
    "the final answer is": "The final answer is: In the chapel.",
    "boxed math": "$\\boxed{In the chapel.}$",
    "eot": "In the chapel.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks",
    "</answer> only": "In the chapel.</answer>",
    "<answer> only": "<answer>In the chapel.",
    "<response>": "<response>In the chapel.</response>",
    "<output>": "<output>In the chapel.</output>",
    "QUESTION dump": "In the chapel.\n\n**Question:** Who opened it?\n**Answer:** Mara.",
    "Q2": "In the chapel.\nQ2: Who?\nA2: Mara.",
    "User turn": "In the chapel.\n\nUser: Who?",
    "student": "In the chapel.\nStudent: thanks!",
    "### end": "In the chapel.\n\n### End of answer",
    "ctx dump": "In the chapel.\n\nContext: The archive...\nQuestion: Where?\nAnswer: there",
    "explanation": "In the chapel.\n\nExplanation: The text says that the archive is kept in the chapel.",
    "source": "In the chapel.\n\nSource: passage, sentence 2",
    "note": "In the chapel.\n\n(Note: the passage does not name the chapel.)",
    "let me": "In the chapel. Please let me know if you need more help.",
    "glad": "In the chapel.\n\nI'm glad to help with other questions!",
    "have a": "In the chapel. Have a great day!",
    "any q": "In the chapel.\n\nDo you have any other questions?",
    "cite sup": "In the chapel.<sup>1</sup>",
    "cite sup2": "In the chapel.¹",
    "cite ctx": "In the chapel. [Context 1]",
    "cite chunk": "In the chapel [chunk_3].",
    "cite src": "In the chapel. (Source: document 1)",
    "json conf": '{"answer": "In the chapel.", "reasoning": "it says so"}',
    "json caps": '{"Final Answer": "In the chapel."}',
    "json response content": '{"response": {"content": "In the chapel."}}',
    "json choices": '{"choices": [{"message": {"content": "In the chapel."}}]}',
    "json tool": '{"name": "answer", "arguments": {"answer": "In the chapel."}}',
    "json string": '"In the chapel."',
    "json fence no lang": '```\n{"answer": "In the chapel."}\n```',
    "json prefix": 'json\n{"answer": "In the chapel."}',
    "json cut": '{"answer": "In the chapel.',
    "md fence": "```text\nIn the chapel.\n```",
    "think unopened nl": "Let me see. It is the chapel.\n</think>\n\nIn the chapel.",
    "think upper": "<THINK>x</THINK>In the chapel.",
    "think spaces": "< think >x</ think >In the chapel.",
    "thought label md": "**Thought:** it's the chapel\n\n**Answer:** In the chapel.",
    "channel 2": "<|start|>assistant<|channel|>final<|message|>In the chapel.",
    "channel bare": "final\n\nIn the chapel.",
    "assistantfinal": "The passage tells it.assistantfinalIn the chapel.",
    "analysis colon": "analysis: the passage tells it\nfinal: In the chapel.",
    "assistant to": "<|assistant|>In the chapel.<|end|>",
    "gemma": "<start_of_turn>model\nIn the chapel.<end_of_turn>",
    "o1": "<reasoning>\nx\n</reasoning>\n<answer>\nIn the chapel.\n</answer>",
    "R1 inst": "<think>\n\n</think>\n\nIn the chapel.",
    "Antwort": "Die Antwort lautet: In the chapel.",
    "resp es": "La respuesta es: In the chapel.",
    "zh": "答案是：In the chapel.",
    "ja": "答えは：In the chapel.",
    "ru": "Ответ: In the chapel.\n\nНадеюсь, это поможет!",
}


@pytest.mark.parametrize("name", AROUND)
def test_what_stands_round_an_answer(name: str) -> None:
    assert parse_answer(AROUND[name]) == B


KEPT = [
    "The passage to India was first read in 1924.",
    "Question 4 was left open.",
    "He asked: who goes there?",
    "Contact the user: Mara.",
    "It is [sic] so.",
    "See section [2] of the code: a[2].",
    "He hopes this helps sailors.",
    "The answer is 42 because the two sides agree.",
    "Let me know was the song's title.",
    "Sure, the rope holds ninety kilograms.",
    "In this context, a knot is one mile an hour.",
    "The document was signed in 1902.",
    "User: admin",
    "Sources: three springs feed it.",
    "Explanation boards stand along the path.",
    "Add 2 (see note 3).",
    "E = mc^2",
    'The value is {"a": 1}.',
    "1. Open it.\n2. Close it.",
    "Yes. [End of tape]",
    "The tag <think> opens it.",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_belongs_to_an_answer_stays(text: str) -> None:
    assert parse_answer(text) == text


_PIECES = (
    "{'", '{"', "<q>", "<q>a</q>", "| a ", "User: a\n", "◁think▷", "[THINK]", "<|channel|>x<|message|>", "**", "A) x\n",
    "\\frac", "<tr>", "Answer: ", "【", "assistantfinal ", "### Human: ", "<|im_start|>user\n", "\n\n", "a\tb?\n",
    '"a","b"\n', "Let me know. ", "[1] ", "<details>", "Name: x?\n", "Q: x?\nA: y\nA: z\n", "[[ ## question ## ]]\n", "a\n\nb: ",
)  # fmt: skip


@pytest.mark.parametrize("piece", _PIECES)
def test_long_hostile_replies_take_linear_time(piece: str) -> None:
    def cost(n: int) -> float:
        begun = time.process_time()
        for read in (parse_question, parse_answer, parse_pairs):
            read(piece * n)
        return time.process_time() - begun

    assert min(cost(16_000 // len(piece)) for _ in range(2)) < 10 * cost(4_000 // len(piece)) + 0.3
