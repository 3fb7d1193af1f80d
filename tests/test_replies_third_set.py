"""A third set of layouts and of what stands round answers, written before looking.

At first 10 of 68 layouts and 7 of 41 answers failed; of a fourth set (49 layouts), of which those below are left, 7.
"""

from __future__ import annotations

import pytest

from selfstudy_guard.questions import parse_answer, parse_pairs

PAIRS = [("How much oil does the pump hold?", "Nine litres."), ("Who fills it?", "The keeper.")]

LAYOUTS = {
    "h4bold": "#### **Question 1**\nHow much oil does the pump hold?\n\n#### **Answer 1**\nNine litres.\n\n#### **Question 2**\nWho fills it?\n\n#### **Answer 2**\nThe keeper.",  # noqa: E501
    "qa_pair_head": "**Pair 1**\n- Question: How much oil does the pump hold?\n- Answer: Nine litres.\n\n**Pair 2**\n- Question: Who fills it?\n- Answer: The keeper.",  # noqa: E501
    "qcolon_dash": "Q: How much oil does the pump hold? - A: Nine litres.\nQ: Who fills it? - A: The keeper.",
    "md_table_num": "| # | Question | Answer |\n|---|:---:|---|\n| 1 | How much oil does the pump hold? | Nine litres. |\n| 2 | Who fills it? | The keeper. |",  # noqa: E501
    "html_dl": "<dl><dt>How much oil does the pump hold?</dt><dd>Nine litres.</dd><dt>Who fills it?</dt><dd>The keeper.</dd></dl>",  # noqa: E501
    "html_list": "<ol><li><b>How much oil does the pump hold?</b> Nine litres.</li><li><b>Who fills it?</b> The keeper.</li></ol>",  # noqa: E501
    "json_nested": '{"qa_pairs": {"pairs": [{"q": "How much oil does the pump hold?", "a": "Nine litres."}, {"q": "Who fills it?", "a": "The keeper."}]}}',  # noqa: E501
    "json_list_of_lists": '[["How much oil does the pump hold?", "Nine litres."], ["Who fills it?", "The keeper."]]',
    "json_questions_answers": '{"questions": ["How much oil does the pump hold?", "Who fills it?"], "answers": ["Nine litres.", "The keeper."]}',  # noqa: E501
    "json_instr": '[{"instruction": "How much oil does the pump hold?", "input": "", "output": "Nine litres."}, {"instruction": "Who fills it?", "input": "", "output": "The keeper."}]',  # noqa: E501
    "json_prompt": '[{"prompt": "How much oil does the pump hold?", "completion": "Nine litres."}, {"prompt": "Who fills it?", "completion": "The keeper."}]',  # noqa: E501
    "json_query": '[{"query": "How much oil does the pump hold?", "response": "Nine litres."}, {"query": "Who fills it?", "response": "The keeper."}]',  # noqa: E501
    "json_human": '[{"from": "human", "value": "How much oil does the pump hold?"}, {"from": "gpt", "value": "Nine litres."}, {"from": "human", "value": "Who fills it?"}, {"from": "gpt", "value": "The keeper."}]',  # noqa: E501
    "json_nested_obj": '[{"question": {"text": "How much oil does the pump hold?"}, "answer": {"text": "Nine litres."}}, {"question": {"text": "Who fills it?"}, "answer": {"text": "The keeper."}}]',  # noqa: E501
    "json_fence_text": 'Sure! Here are the pairs:\n```json\n[\n {\n  "Question": "How much oil does the pump hold?",\n  "Answer": "Nine litres."\n },\n {\n  "Question": "Who fills it?",\n  "Answer": "The keeper."\n }\n]\n```\nLet me know if you need more!',  # noqa: E501
    "jsonl_fence": '```jsonl\n{"question": "How much oil does the pump hold?", "answer": "Nine litres."}\n{"question": "Who fills it?", "answer": "The keeper."}\n```',  # noqa: E501
    "py_tuples": "[('How much oil does the pump hold?', 'Nine litres.'), ('Who fills it?', 'The keeper.')]",
    "py_dicts": "[{'question': 'How much oil does the pump hold?', 'answer': 'Nine litres.'}, {'question': 'Who fills it?', 'answer': 'The keeper.'}]",  # noqa: E501
    "single_quote_json": "[{'question': 'How much oil does the pump hold?', 'answer': 'Nine litres.'}, {'question': 'Who fills it?', 'answer': 'The keeper.'}]",  # noqa: E501
    "trunc": '[{"question": "How much oil does the pump hold?", "answer": "Nine litres."}, {"question": "Who fills it?", "answer": "The keeper."}, {"question": "When did the mi',  # noqa: E501
    "xml_attr": '<qa id="1"><question>How much oil does the pump hold?</question><answer>Nine litres.</answer></qa><qa id="2"><question>Who fills it?</question><answer>The keeper.</answer></qa>',  # noqa: E501
    "xml_short": "<q>How much oil does the pump hold?</q><a>Nine litres.</a>\n<q>Who fills it?</q><a>The keeper.</a>",
    "csv_head": 'question,answer\n"How much oil does the pump hold?","Nine litres."\n"Who fills it?","The keeper."',
    "tsv": "question\tanswer\nHow much oil does the pump hold?\tNine litres.\nWho fills it?\tThe keeper.",
    "semicolon": 'Question;Answer\n"How much oil does the pump hold?";"Nine litres."\n"Who fills it?";"The keeper."',
    "arrow": "1. How much oil does the pump hold? → Nine litres.\n2. Who fills it? → The keeper.",
    "bullet_indent": "- How much oil does the pump hold?\n  - Nine litres.\n- Who fills it?\n  - The keeper.",
    "q1a1": "Q1. How much oil does the pump hold?\nA1. Nine litres.\nQ2. Who fills it?\nA2. The keeper.",
    "q1a1paren": "Q1) How much oil does the pump hold?\nA1) Nine litres.\nQ2) Who fills it?\nA2) The keeper.",
    "bracket": "[Question] How much oil does the pump hold?\n[Answer] Nine litres.\n\n[Question] Who fills it?\n[Answer] The keeper.",  # noqa: E501
    "bracket2": "[Q1]: How much oil does the pump hold?\n[A1]: Nine litres.\n[Q2]: Who fills it?\n[A2]: The keeper.",
    "sep": "How much oil does the pump hold?\nNine litres.\n---\nWho fills it?\nThe keeper.",
    "caps": "QUESTION: How much oil does the pump hold?\nANSWER: Nine litres.\nQUESTION: Who fills it?\nANSWER: The keeper.",  # noqa: E501
    "answers_after": "Questions:\n1. How much oil does the pump hold?\n2. Who fills it?\n\nAnswers:\n1. Nine litres.\n2. The keeper.",  # noqa: E501
    "hash_sep": "###Question: How much oil does the pump hold?\n###Answer: Nine litres.\n###Question: Who fills it?\n###Answer: The keeper.",  # noqa: E501
    "italics": "*Question:* How much oil does the pump hold?\n*Answer:* Nine litres.\n\n*Question:* Who fills it?\n*Answer:* The keeper.",  # noqa: E501
    "bold_colon_out": "**Question**: How much oil does the pump hold?\n**Answer**: Nine litres.\n\n**Question**: Who fills it?\n**Answer**: The keeper.",  # noqa: E501
    "num_bold_q": "1. **Question:** How much oil does the pump hold?\n   **Answer:** Nine litres.\n2. **Question:** Who fills it?\n   **Answer:** The keeper.",  # noqa: E501
    "num_bold": "1. **How much oil does the pump hold?**\n   Nine litres.\n\n2. **Who fills it?**\n   The keeper.",
    "yaml": "- question: How much oil does the pump hold?\n  answer: Nine litres.\n- question: Who fills it?\n  answer: The keeper.",  # noqa: E501
    "toml": '[[qa]]\nquestion = "How much oil does the pump hold?"\nanswer = "Nine litres."\n\n[[qa]]\nquestion = "Who fills it?"\nanswer = "The keeper."',  # noqa: E501
    "emoji": "❓ How much oil does the pump hold?\n✅ Nine litres.\n\n❓ Who fills it?\n✅ The keeper.",
    "user_assistant": "User: How much oil does the pump hold?\nAssistant: Nine litres.\nUser: Who fills it?\nAssistant: The keeper.",  # noqa: E501
    "fullwidth": "问题：How much oil does the pump hold?\n答案：Nine litres.\n问题：Who fills it?\n答案：The keeper.",
    "sv": "Fråga 1: How much oil does the pump hold?\nSvar 1: Nine litres.\nFråga 2: Who fills it?\nSvar 2: The keeper.",  # noqa: E501
    "ko": "질문 1: How much oil does the pump hold?\n답변 1: Nine litres.\n질문 2: Who fills it?\n답변 2: The keeper.",
    "ar": "السؤال: How much oil does the pump hold?\nالإجابة: Nine litres.\nالسؤال: Who fills it?\nالإجابة: The keeper.",  # noqa: E501
    "with_context": "Question: How much oil does the pump hold?\nContext: The pump holds nine litres of oil.\nAnswer: Nine litres.\n\nQuestion: Who fills it?\nContext: The keeper fills it.\nAnswer: The keeper.",  # noqa: E501
    "difficulty": '[{"question": "How much oil does the pump hold?", "answer": "Nine litres.", "difficulty": "easy", "type": "factual"}, {"question": "Who fills it?", "answer": "The keeper.", "difficulty": "easy", "type": "factual"}]',  # noqa: E501
    "type_tail": "Q: How much oil does the pump hold?\nA: Nine litres.\nDifficulty: easy\n\nQ: Who fills it?\nA: The keeper.\nDifficulty: easy",  # noqa: E501
    "think": "<think>Question: what? Answer: no</think>Q: How much oil does the pump hold?\nA: Nine litres.\nQ: Who fills it?\nA: The keeper.",  # noqa: E501
    "q_q_a": "**Q: How much oil does the pump hold?**\nA: Nine litres.\n\n**Q: Who fills it?**\nA: The keeper.",
    "blockquote": "> **Q:** How much oil does the pump hold?\n> **A:** Nine litres.\n\n> **Q:** Who fills it?\n> **A:** The keeper.",  # noqa: E501
    "latexitem": "\\item \\textbf{Q:} How much oil does the pump hold? \\textbf{A:} Nine litres.\n\\item \\textbf{Q:} Who fills it? \\textbf{A:} The keeper.",  # noqa: E501
    "anki": "How much oil does the pump hold?;Nine litres.\nWho fills it?;The keeper.",
    "pipe": "How much oil does the pump hold? | Nine litres.\nWho fills it? | The keeper.",
    "json_keys_num": '{"1": {"question": "How much oil does the pump hold?", "answer": "Nine litres."}, "2": {"question": "Who fills it?", "answer": "The keeper."}}',  # noqa: E501
    "json_q1": '{"Q1": "How much oil does the pump hold?", "A1": "Nine litres.", "Q2": "Who fills it?", "A2": "The keeper."}',  # noqa: E501
    "json_items": '{"items": [{"front": "How much oil does the pump hold?", "back": "Nine litres."}, {"front": "Who fills it?", "back": "The keeper."}]}',  # noqa: E501
    "json_question_only_map": '{"How much oil does the pump hold?": "Nine litres.", "Who fills it?": "The keeper."}',
    "dialog_names": "Student: How much oil does the pump hold?\nTeacher: Nine litres.\nStudent: Who fills it?\nTeacher: The keeper.",  # noqa: E501
    "flash": "Flashcard 1\nFront: How much oil does the pump hold?\nBack: Nine litres.\n\nFlashcard 2\nFront: Who fills it?\nBack: The keeper.",  # noqa: E501
    "q_newline": "Question 1\nHow much oil does the pump hold?\nAnswer\nNine litres.\n\nQuestion 2\nWho fills it?\nAnswer\nThe keeper.",  # noqa: E501
    "the_answer_is": "Question: How much oil does the pump hold?\nThe answer is: Nine litres.\n\nQuestion: Who fills it?\nThe answer is: The keeper.",  # noqa: E501
    "ans_short": "Ques: How much oil does the pump hold?\nAns: Nine litres.\nQues: Who fills it?\nAns: The keeper.",
    "tool": '{"name": "make_pairs", "arguments": {"pairs": [{"question": "How much oil does the pump hold?", "answer": "Nine litres."}, {"question": "Who fills it?", "answer": "The keeper."}]}}',  # noqa: E501
    "tool_str": '{"name": "make_pairs", "arguments": "{\\"pairs\\": [{\\"question\\": \\"How much oil does the pump hold?\\", \\"answer\\": \\"Nine litres.\\"}, {\\"question\\": \\"Who fills it?\\", \\"answer\\": \\"The keeper.\\"}]}"}',  # noqa: E501
    "tool_tag": '<tool_call>\n{"name": "make_pairs", "arguments": {"pairs": [{"question": "How much oil does the pump hold?", "answer": "Nine litres."}, {"question": "Who fills it?", "answer": "The keeper."}]}}\n</tool_call>',  # noqa: E501
}

ANSWERS = [
    "Nine litres.<|im_end|>\n<|im_start|>user",
    "<answer>Nine litres.</answer>",
    "Nine litres.<|eot_id|>",
    "Nine litres. [1]",
    "Nine litres【4†source】.",
    "Answer: Nine litres.\n\nI hope this helps!",
    "**Answer:** Nine litres.",
    "```\nNine litres.\n```",
    '"Nine litres."',
    '{"answer": "Nine litres.", "confidence": 0.9}',
    "<think>\nhmm\n</think>\n\nNine litres.",
    "hmm so nine\n</think>\nNine litres.",
    "<reasoning>look</reasoning><answer>Nine litres.</answer>",
    "<|channel|>analysis<|message|>look<|end|><|start|>assistant<|channel|>final<|message|>Nine litres.<|return|>",
    "analysisLook at text.assistantfinalNine litres.",
    "Final answer: Nine litres.",
    "The answer is: Nine litres.",
    "Sure! Nine litres.",
    "Nine litres.\n\nSource: passage 1",
    "Nine litres.\n\n(Note: this is based on the text.)",
    "Nine litres.\n\nWould you like to know more?",
    "A: Nine litres.\nQ: Who fills it?\nA: The keeper.",
    "[ANSWER] Nine litres. [/ANSWER]",
    "Nine litres.</s></s>",
    "<|assistant|>Nine litres.",
    "### Response:\nNine litres.",
    "Réponse : Nine litres.",
    "Thought: look\nFinal Answer: Nine litres.",
    "<scratchpad>abc</scratchpad>\nNine litres.",
    "<thinking>abc</thinking>\nNine litres.",
    "Let me think. <thought>abc</thought>Nine litres.",
    "答案：Nine litres.",
    "> Nine litres.",
    "- Nine litres.",
    "Nine litres.<end_of_turn>",
    "Nine litres.[/INST]",
    "Nine litres.<|endoftext|>Human: And",
]

LEFT_ALONE = ["1. FC Union won.", "- 5 degrees.", "> 5 kg.", "(Note 4) of the treaty.", "5; 6 and 7."]


@pytest.mark.parametrize("name", LAYOUTS)
def test_pairs_in_every_layout(name: str) -> None:
    assert parse_pairs(LAYOUTS[name]) == PAIRS


@pytest.mark.parametrize("reply", ANSWERS)
def test_what_stands_round_an_answer_goes(reply: str) -> None:
    assert parse_answer(reply) == "Nine litres."


@pytest.mark.parametrize("reply", LEFT_ALONE)
def test_what_looks_like_it_and_belongs_to_the_answer_stays(reply: str) -> None:
    assert parse_answer(reply) == reply


FOURTH = {
    '[{"question": "How many litres?", "answer": 9}, {"question": "Is it full?", "answer": true}]': [
        ("How many litres?", "9"),
        ("Is it full?", "Yes"),
    ],
    "Q: When is it filled?\nA: In May.\n\nThese questions cover the main points of the passage.": [
        ("When is it filled?", "In May.")
    ],
    "**Q1: When is it filled?**\nIn May.\n\nI hope these questions help!": [("When is it filled?", "In May.")],
    "Frage: Wann?\nAntwort: Im Mai.\n\nDiese Fragen decken den Text ab.": [("Wann?", "Im Mai.")],
    "<question>Is 3 &lt; 4?</question><answer><![CDATA[Yes, 3 < 4.]]></answer>": [("Is 3 < 4?", "Yes, 3 < 4.")],
    "Q/A 1\nQ: Who fills it?\nA: The keeper.\n\nQ/A 2\nQ: When?\nA: In May.": [
        ("Who fills it?", "The keeper."),
        ("When?", "In May."),
    ],
    "Who fills it?,The keeper, mostly.\nWhen is it filled?,In May.": [
        ("Who fills it?", "The keeper, mostly."),
        ("When is it filled?", "In May."),
    ],
    "Q: What needs it?\nA: Three things:\n- oil\n- water\n\nThese two come by boat.\n\nQ: When?\nA: In May.": [
        ("What needs it?", "Three things:\n- oil\n- water\n\nThese two come by boat."),
        ("When?", "In May."),
    ],
}


@pytest.mark.parametrize("reply", FOURTH)
def test_the_fourth_set(reply: str) -> None:
    assert parse_pairs(reply) == FOURTH[reply]
