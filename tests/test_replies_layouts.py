"""Pairs in every layout that models use, in the sixteen languages: none lost, none paired wrongly."""

# ruff: noqa: E501  # one reply stays on one line
from __future__ import annotations

import json

import pytest

from selfstudy_guard.languages import words
from selfstudy_guard.questions import parse_answer, parse_pairs, parse_question

ONE, NINE = "What does the pump weigh?", "Nine kilograms."
TWO, YEAR = "When was the pump built?", "In 1999."
BOTH = [(ONE, NINE), (TWO, YEAR)]

LAYOUTS = {
    # headings
    "heading Q1": f"## Q1: {ONE}\n{NINE}\n\n## Q2: {TWO}\n{YEAR}",
    "heading, deeper answers": f"### Question 1\n{ONE}\n\n#### Answer 1\n{NINE}\n\n### Question 2\n{TWO}\n\n#### Answer 2\n{YEAR}",
    "heading is the question": f"### 1. {ONE}\n\n{NINE}\n\n### 2. {TWO}\n\n{YEAR}",
    "heading of a pair": f"## Pair 1\n**Question:** {ONE}\n**Answer:** {NINE}\n\n## Pair 2\n**Question:** {TWO}\n**Answer:** {YEAR}",
    "headings on one line": f"### Question: {ONE} ### Answer: {NINE}\n### Question: {TWO} ### Answer: {YEAR}",
    "heading with a title": f"# Questions and answers about the pump\n\n## {ONE}\n{NINE}\n\n## {TWO}\n{YEAR}",
    # bold lines
    "bold question": f"**{ONE}**\n{NINE}\n\n**{TWO}**\n{YEAR}",
    "bold question, blank line": f"**{ONE}**\n\n{NINE}\n\n**{TWO}**\n\n{YEAR}",
    "bold whole lines": f"**Question 1: {ONE}**\n**Answer 1: {NINE}**\n\n**Question 2: {TWO}**\n**Answer 2: {YEAR}**",
    "bold labels, line break": f"**Q:** {ONE}  \n**A:** {NINE}\n\n**Q:** {TWO}  \n**A:** {YEAR}",
    "bold number and question": f"1. **{ONE}**\n   {NINE}\n\n2. **{TWO}**\n   {YEAR}",
    "italic answers": f"**Q1. {ONE}**\n_{NINE}_\n\n**Q2. {TWO}**\n_{YEAR}_",
    "underlined labels": f"__Question:__ {ONE}\n__Answer:__ {NINE}\n\n__Question:__ {TWO}\n__Answer:__ {YEAR}",
    # numbered and listed
    "numbered, indented answers": f"1. {ONE}\n   {NINE}\n2. {TWO}\n   {YEAR}",
    "numbered, bullet answers": f"1. {ONE}\n   - {NINE}\n2. {TWO}\n   - {YEAR}",
    "numbered labels, bullet answers": f"1. **Question:** {ONE}\n   - **Answer:** {NINE}\n2. **Question:** {TWO}\n   - **Answer:** {YEAR}",
    "numbered, dash": f"1. {ONE} - {NINE}\n2. {TWO} - {YEAR}",
    "bullets with labels": f"- Question: {ONE}\n- Answer: {NINE}\n- Question: {TWO}\n- Answer: {YEAR}",
    "bullets, arrow": f"- {ONE} → {NINE}\n- {TWO} → {YEAR}",
    "one line": f"Question: {ONE} Answer: {NINE}\nQuestion: {TWO} Answer: {YEAR}",
    "one line, Q and A": f"Q: {ONE} A: {NINE}\nQ: {TWO} A: {YEAR}",
    "full stops": f"Q. {ONE}\nA. {NINE}\n\nQ. {TWO}\nA. {YEAR}",
    "numbers in brackets": f"(Q1) {ONE}\n(A1) {NINE}\n(Q2) {TWO}\n(A2) {YEAR}",
    "letters in brackets": f"[Q] {ONE}\n[A] {NINE}\n\n[Q] {TWO}\n[A] {YEAR}",
    "words in brackets": f"[Question 1]\n{ONE}\n[Answer 1]\n{NINE}\n\n[Question 2]\n{TWO}\n[Answer 2]\n{YEAR}",
    "labels on their own lines": f"Question 1\n{ONE}\nAnswer 1\n{NINE}\n\nQuestion 2\n{TWO}\nAnswer 2\n{YEAR}",
    "rules between": f"Question: {ONE}\nAnswer: {NINE}\n\n---\n\nQuestion: {TWO}\nAnswer: {YEAR}\n\n---",
    "QA pair titles": f"QA Pair 1:\nQuestion: {ONE}\nAnswer: {NINE}\n\nQA Pair 2:\nQuestion: {TWO}\nAnswer: {YEAR}",
    "number sign": f"Question #1: {ONE}\nAnswer #1: {NINE}\n\nQuestion #2: {TWO}\nAnswer #2: {YEAR}",
    "quoted": f'Q: "{ONE}"\nA: "{NINE}"\n\nQ: "{TWO}"\nA: "{YEAR}"',
    "a preamble and an end": f"Sure! Here are two question-answer pairs:\n\n1. Q: {ONE}\n   A: {NINE}\n2. Q: {TWO}\n   A: {YEAR}\n\nLet me know if you need more!",
    "block quotes": f"> **Q:** {ONE}\n> **A:** {NINE}\n\n> **Q:** {TWO}\n> **A:** {YEAR}",
    "indented all": f"    Q: {ONE}\n    A: {NINE}\n    Q: {TWO}\n    A: {YEAR}",
    "bare lines": f"{ONE}\n{NINE}\n\n{TWO}\n{YEAR}",
    "Windows lines": f"Q: {ONE}\r\nA: {NINE}\r\n\r\nQ: {TWO}\r\nA: {YEAR}\r\n",
    # more fields than two
    "with explanations": f"Question: {ONE}\nAnswer: {NINE}\nExplanation: The plate says so.\n\nQuestion: {TWO}\nAnswer: {YEAR}\nExplanation: So says the log.",
    "with difficulty": f"**Question:** {ONE}\n**Answer:** {NINE}\n**Difficulty:** Easy\n\n**Question:** {TWO}\n**Answer:** {YEAR}\n**Difficulty:** Hard",
    "with context before": f"Context: The plate of the pump.\nQuestion: {ONE}\nAnswer: {NINE}\n\nContext: Its log.\nQuestion: {TWO}\nAnswer: {YEAR}",
    "with reasoning between": f"Question: {ONE}\nReasoning: The plate gives it.\nAnswer: {NINE}\n\nQuestion: {TWO}\nReasoning: The log does.\nAnswer: {YEAR}",
    # tables
    "table": f"| Question | Answer |\n|---|---|\n| {ONE} | {NINE} |\n| {TWO} | {YEAR} |",
    "table with numbers": f"Here you go:\n\n| # | Question | Answer |\n|:-:|:--|:--|\n| 1 | {ONE} | {NINE} |\n| 2 | {TWO} | {YEAR} |\n",
    "table without outer bars": f"Question | Answer\n--- | ---\n{ONE} | {NINE}\n{TWO} | {YEAR}",
    "table, answers first": f"| Answer | Question |\n|---|---|\n| {NINE} | {ONE} |\n| {YEAR} | {TWO} |",
    "table with bold cells": f"| **Q** | **A** |\n|---|---|\n| **{ONE}** | {NINE} |\n| **{TWO}** | {YEAR} |",
    "HTML table": f"<table><tr><th>Question</th><th>Answer</th></tr><tr><td>{ONE}</td><td>{NINE}</td></tr><tr><td>{TWO}</td><td>{YEAR}</td></tr></table>",
    # CSV
    "CSV": f'question,answer\n"{ONE}","{NINE}"\n"{TWO}","{YEAR}"',
    "CSV in a fence": f'```csv\nquestion,answer\n"{ONE}","{NINE}"\n"{TWO}","{YEAR}"\n```',
    "CSV, semicolons": f"Question;Answer\n{ONE};{NINE}\n{TWO};{YEAR}",
    "CSV, no header": f'"{ONE}","{NINE}"\n"{TWO}","{YEAR}"',
    "tabs": f"question\tanswer\n{ONE}\t{NINE}\n{TWO}\t{YEAR}",
    "CSV with a number": f'id,question,answer\n1,"{ONE}","{NINE}"\n2,"{TWO}","{YEAR}"',
    # tags
    "numbered short tags": f"<q1>{ONE}</q1><a1>{NINE}</a1>\n<q2>{TWO}</q2><a2>{YEAR}</a2>",
    "tags with ids": f'<question id="1">{ONE}</question>\n<answer id="1">{NINE}</answer>\n<question id="2">{TWO}</question>\n<answer id="2">{YEAR}</answer>',
    "tags in pairs": f"<qa_pairs>\n<pair>\n<q>{ONE}</q>\n<a>{NINE}</a>\n</pair>\n<pair>\n<q>{TWO}</q>\n<a>{YEAR}</a>\n</pair>\n</qa_pairs>",
    "tags, numbered pairs": f"<qa1><question>{ONE}</question><answer>{NINE}</answer></qa1><qa2><question>{TWO}</question><answer>{YEAR}</answer></qa2>",
    "tags, numbers out of order": f"<question_1>{ONE}</question_1><question_2>{TWO}</question_2><answer_2>{YEAR}</answer_2><answer_1>{NINE}</answer_1>",
    "dspy": f"[[ ## question ## ]]\n{ONE}\n\n[[ ## answer ## ]]\n{NINE}\n\n[[ ## question ## ]]\n{TWO}\n\n[[ ## answer ## ]]\n{YEAR}\n\n[[ ## completed ## ]]",
    "dspy numbered": f"[[ ## question_1 ## ]]\n{ONE}\n\n[[ ## answer_1 ## ]]\n{NINE}\n\n[[ ## question_2 ## ]]\n{TWO}\n\n[[ ## answer_2 ## ]]\n{YEAR}\n\n[[ ## completed ## ]]",
    "YAML": f"- question: {ONE}\n  answer: {NINE}\n- question: {TWO}\n  answer: {YEAR}",
    "YAML quoted": f'```yaml\nqa_pairs:\n  - question: "{ONE}"\n    answer: "{NINE}"\n  - question: "{TWO}"\n    answer: "{YEAR}"\n```',
    # dialogue
    "user and assistant": f"User: {ONE}\nAssistant: {NINE}\nUser: {TWO}\nAssistant: {YEAR}",
    "human and AI": f"Human: {ONE}\n\nAI: {NINE}\n\nHuman: {TWO}\n\nAI: {YEAR}",
    "student and teacher": f"**Student:** {ONE}\n**Teacher:** {NINE}\n**Student:** {TWO}\n**Teacher:** {YEAR}",
    "interview": f"Interviewer: {ONE}\nExpert: {NINE}\n\nInterviewer: {TWO}\nExpert: {YEAR}",
    "chat template": f"<|im_start|>user\n{ONE}<|im_end|>\n<|im_start|>assistant\n{NINE}<|im_end|>\n<|im_start|>user\n{TWO}<|im_end|>\n<|im_start|>assistant\n{YEAR}<|im_end|>",
    # questions first, answers after
    "lists under headings": f"## Questions\n\n1. {ONE}\n2. {TWO}\n\n## Answers\n\n1. {NINE}\n2. {YEAR}",
    "lists under bold lines": f"**Questions:**\n1. {ONE}\n2. {TWO}\n\n**Answers:**\n1. {NINE}\n2. {YEAR}",
    "numbered labels apart": f"Q1: {ONE}\nQ2: {TWO}\n\nA1: {NINE}\nA2: {YEAR}",
    "answers in another order": f"Q1: {ONE}\nQ2: {TWO}\n\nA2: {YEAR}\nA1: {NINE}",
    "answer key": f"1. {ONE}\n2. {TWO}\n\nAnswer key:\n1. {NINE}\n2. {YEAR}",
    "lists without numbers": f"Questions:\n- {ONE}\n- {TWO}\n\nAnswers:\n- {NINE}\n- {YEAR}",
    # JSON
    "JSON lines in a fence": "```json\n" + "\n".join(json.dumps({"question": q, "answer": a}) for q, a in BOTH) + "\n```",
    "JSON lines after a preamble": "Here are the pairs:\n\n" + "\n\n".join(json.dumps({"question": q, "answer": a}) for q, a in BOTH),
    "fenced objects": "\n\n".join("```json\n" + json.dumps({"question": q, "answer": a}, indent=2) + "\n```" for q, a in BOTH),
    "objects with commas": ",\n".join(json.dumps({"question": q, "answer": a}, indent=2) for q, a in BOTH),
    "titled fences": "\n\n".join(f"**Pair {n}**\n```json\n" + json.dumps({"question": q, "answer": a}) + "\n```" for n, (q, a) in enumerate(BOTH, 1)),
    "short numbered keys": json.dumps({"q1": ONE, "a1": NINE, "q2": TWO, "a2": YEAR}),
    "spaced numbered keys": json.dumps({"Question 1": ONE, "Answer 1": NINE, "Question 2": TWO, "Answer 2": YEAR}),
    "numbered keys, questions first": json.dumps({"question1": ONE, "question2": TWO, "answer1": NINE, "answer2": YEAR}),
    "numbered objects": json.dumps({"1": {"question": ONE, "answer": NINE}, "2": {"question": TWO, "answer": YEAR}}),
    "pair objects": json.dumps({"pair_1": {"q": ONE, "a": NINE}, "pair_2": {"q": TWO, "a": YEAR}}),
    "question as key": json.dumps(dict(BOTH)),
    "question as key, in a list": json.dumps([{ONE: NINE}, {TWO: YEAR}]),
    "question as key, inside": json.dumps({"qa": dict(BOTH)}),
    "chat messages": json.dumps([{"role": r, "content": c} for q, a in BOTH for r, c in (("user", q), ("assistant", a))]),
    "chats": json.dumps([{"messages": [{"role": "user", "content": q}, {"role": "assistant", "content": a}]} for q, a in BOTH]),
    "conversations": json.dumps({"conversations": [{"from": r, "value": c} for q, a in BOTH for r, c in (("human", q), ("gpt", a))]}),
    "user and assistant keys": json.dumps([{"user": q, "assistant": a} for q, a in BOTH]),
    "instruction and output": json.dumps([{"instruction": q, "input": "", "output": a} for q, a in BOTH]),
    "other answer keys": json.dumps([{"query": ONE, "expected_answer": NINE}, {"question": TWO, "correct_answer": YEAR}]),
    "nested answers": json.dumps([{"question": {"text": q}, "answer": {"text": a}} for q, a in BOTH]),
    "lists beside each other": json.dumps({"questions": {"1": ONE, "2": TWO}, "answers": {"1": NINE, "2": YEAR}}),
    "lists of objects beside each other": json.dumps({"questions": [{"id": 1, "question": ONE}, {"id": 2, "question": TWO}], "answers": [{"id": 1, "answer": NINE}, {"id": 2, "answer": YEAR}]}),
    "single quotes": str([{"question": q, "answer": a} for q, a in BOTH]),
    "missing commas": f'[{{"question": "{ONE}" "answer": "{NINE}"}} {{"question": "{TWO}" "answer": "{YEAR}"}}]',
    "keys without quotes": f'[{{question: "{ONE}", answer: "{NINE}"}}, {{question: "{TWO}", answer: "{YEAR}"}}]',
    "cut off": f'[{{"question": "{ONE}", "answer": "{NINE}"}}, {{"question": "{TWO}", "answer": "{YEAR}"}}, {{"question": "Who bou',
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str) -> None:
    assert [(question, answer.strip()) for question, answer in parse_pairs(LAYOUTS[name])] == BOTH


LANGUAGES = {
    "en": ("Question", "Answer"), "de": ("Frage", "Antwort"), "es": ("Pregunta", "Respuesta"),
    "fr": ("Question", "Réponse"), "it": ("Domanda", "Risposta"), "pt": ("Pergunta", "Resposta"),
    "nl": ("Vraag", "Antwoord"), "pl": ("Pytanie", "Odpowiedź"), "ru": ("Вопрос", "Ответ"),
    "zh": ("问题", "答案"), "ja": ("質問", "回答"), "ko": ("질문", "답변"), "ar": ("السؤال", "الإجابة"),
    "hi": ("प्रश्न", "उत्तर"), "tr": ("Soru", "Cevap"), "vi": ("Câu hỏi", "Trả lời"),
}  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    "layout",
    [
        "{q}: {one}\n{a}: {nine}\n\n{q}: {two}\n{a}: {year}",
        "{q} 1: {one}\n{a} 1: {nine}\n\n{q} 2: {two}\n{a} 2: {year}",
        "**{q} :** {one}\n**{a} :** {nine}\n\n**{q} :** {two}\n**{a} :** {year}",
        "### {q} 1\n{one}\n\n### {a}\n{nine}\n\n### {q} 2\n{two}\n\n### {a}\n{year}",
        "1. **{q}：** {one}\n   **{a}：** {nine}\n2. **{q}：** {two}\n   **{a}：** {year}",
        '[{{"{q}": "{one}", "{a}": "{nine}"}}, {{"{q}": "{two}", "{a}": "{year}"}}]',
        "| {q} | {a} |\n|---|---|\n| {one} | {nine} |\n| {two} | {year} |",
        "<{q}>{one}</{q}><{a}>{nine}</{a}><{q}>{two}</{q}><{a}>{year}</{a}>",
    ],
)
def test_labels_of_every_language(code: str, layout: str) -> None:
    q, a = LANGUAGES[code]
    assert parse_pairs(layout.format(q=q, a=a, one=ONE, two=TWO, nine=NINE, year=YEAR)) == BOTH


@pytest.mark.parametrize("code", LANGUAGES)
def test_single_replies_in_every_language(code: str) -> None:
    q, a = LANGUAGES[code]
    assert parse_question(f"{q}: {ONE}") == (ONE,)
    assert parse_answer(f"**{a}:** {NINE}") == NINE
    assert parse_question(f"**{q} 1:** {ONE}\n**{a}:** {NINE}") == (ONE,)
    assert parse_answer(f"{q}: {ONE}\n{a}: {NINE}") == NINE


def test_every_language_has_every_section() -> None:
    codes = set(LANGUAGES)
    for section in ("question_labels", "answer_labels", "question_words", "refusals", "order_verbs"):
        assert set(words(section)) == codes
        assert all(words(section).values())


KEPT = {
    "a list in an answer": (
        f"Q: How is it opened?\nA: In steps:\n1. Turn it.\n2. Pull it.\n\nQ: {TWO}\nA: {YEAR}",
        [("How is it opened?", "In steps:\n1. Turn it.\n2. Pull it."), (TWO, YEAR)],
    ),
    "an answer of two paragraphs": (
        f"**Question:** {ONE}\n**Answer:** {NINE}\n\nWith oil it weighs ten.\n\n**Question:** {TWO}\n**Answer:** {YEAR}",
        [(ONE, f"{NINE}\n\nWith oil it weighs ten."), (TWO, YEAR)],
    ),
    "a question in an answer": (
        f"Q: What does the sign ask?\nA: It asks: Have you shut the valve?\nQ: {TWO}\nA: {YEAR}",
        [("What does the sign ask?", "It asks: Have you shut the valve?"), (TWO, YEAR)],
    ),
    "questions without answers": (f"1. {ONE}\n2. {TWO}", [(ONE, ""), (TWO, "")]),
    "one answer missing": (f"Q: {ONE}\nQ: {TWO}\nA: {YEAR}", [(ONE, ""), (TWO, YEAR)]),
    "fewer answers than questions": (
        f"Questions:\n1. {ONE}\n2. {TWO}\n3. Who built it?\n\nAnswers:\n1. {NINE}\n3. Ada.",
        [(ONE, NINE), (TWO, ""), ("Who built it?", "Ada.")],
    ),
    "a task that is no question": (
        "Instruction: Describe the pump.\nResponse: It is red.\n\nInstruction: Name its maker.\nResponse: Orrin.",
        [("Describe the pump.", "It is red."), ("Name its maker.", "Orrin.")],
    ),
    "code in an answer": (
        f"Q: How is it started?\nA: Run this:\n```\npump --start\n```\n\nQ: {TWO}\nA: {YEAR}",
        [("How is it started?", "Run this:\n```\npump --start\n```"), (TWO, YEAR)],
    ),
    "a list of answers": ('[{"question": "Which oils fit?", "answer": ["A5", "B7"]}]', [("Which oils fit?", "A5, B7")]),
    "a number as answer": ('[{"question": "How many?", "answer": 0}]', [("How many?", "0")]),
    "options of a choice": (
        f"Q1. {ONE}\nA) Two kilograms.\nB) {NINE}\nC) Ten.\nAnswer: B",
        [(ONE, NINE)],
    ),
    "options as JSON": (
        json.dumps([{"question": ONE, "options": {"A": "Two.", "B": NINE}, "answer": "B"}]),
        [(ONE, NINE)],
    ),
    "a colon in the question": (
        f"Q: Which is heavier: the pump or the motor?\nA: The motor.\nQ: {TWO}\nA: {YEAR}",
        [("Which is heavier: the pump or the motor?", "The motor."), (TWO, YEAR)],
    ),
    "text that is no pair": ("The pump weighs nine kilograms. It was built in 1999.", []),
    "a refusal": ("I'm sorry, but I can't help with that.", []),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_nothing_is_lost_or_mixed(name: str) -> None:
    reply, expected = KEPT[name]
    assert parse_pairs(reply) == expected
