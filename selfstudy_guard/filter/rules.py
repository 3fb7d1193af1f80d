"""The rule layer: phrases that address a model and hardly ever a reader, each with the intent that it shows."""

from __future__ import annotations

import re

RULES: tuple[tuple[str, str, str], ...] = (
    ("override", "ignore-previous",
     r"\b(?:ignore|disregard|forget|override|bypass|discard|neglect|"
     r"skip)\b[^.!?\n]{0,40}\b(?:previous|prior|above|earlier|preceding|"
     r"all|any|your|system|these|those|"
     r"original)\b[^.!?\n]{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|directions?|"
     r"commands?|orders?|context|constraints?|training|programming|polic(?:y|ies)|restrictions?|told)\b"),
    ("override", "new-instructions",
     r"\b(?:new|updated|revised|real|actual|"
     r"following)\s(?:system\s)?(?:instructions?|directives?|task|objective)s?\s?[:=]|"
     r"\badhere to the following instructions?\b|\bsystem (?:override|message|prompt)\s?:"),
    ("persona", "you-are-now",
     r"\b(?:from now on|starting now|henceforth)\b[^.!?\n]{0,40}\byou\b|"
     r"\byou are now\b|\b(?:pretend|act|behave|respond|roleplay) "
     r"(?:to be|as if you|like you are|as (?:a|an|the|my)) |\b(?:developer|DAN|god|jailbreak|unrestricted) mode\b"),
    ("meta-training", "generated-data",
     r"\b(?:when|while|if)\b[^.!?\n]{0,40}\b(?:generat|produc|creat|writ|build|"
     r"mak)(?:e|ing)\b[^.!?\n]{0,50}\b(?:training data|questions?|"
     r"q(?:uestion-answer|&a|a)\b|datasets?|flashcards|quiz)|"
     r"\b(?:language models?|LLMs?|AI (?:systems?|models?|agents?|assistants?)|"
     r"(?:synthetic )?data generators?|chatbots?)\b[^.!?\n]{0,60}\b(?:should|must|"
     r"shall|are (?:required|instructed|to)|need to|have to)\b|"
     r"\b(?:notice|note|attention|instructions?|message) (?:to|for) (?:any |all |the )?(?:"
        r"AI|LLM|language model|assistant|"
     r"chatbot|automated)"),
    ("format", "format-mandate",
     r"\b(?:all|every|each|your|any)\b[^.!?\n]{0,25}\b(?:answers?|responses?|"
     r"repl(?:y|ies)|outputs?|completions?)\b[^.!?\n]{0,40}"
     r"\b(?:must|should|shall|has to|have to|begins?|ends?|contains?|includes?|in (?:the form|JSON|[A-Z][a-z]+))\b|"
     r"\b(?:respond|reply|answer) (?:only |exclusively |always )?(?:in|"
     r"with|using|as)\b|\b(?:begin|start|end|finish|prefix) "
     r"(?:every|each|all|your|the) (?:answers?|responses?|repl(?:y|ies)|sentences?)\b"),
    ("answer-hijack", "say-this",
     r"\b(?:when|if|whenever) (?:asked|questioned|prompted|queried)\b|\b(?:simply|"
     r"just|only) (?:say|respond|reply|output|print|answer)\b|"
     r"\bthe (?:correct|right|only) (?:answer|reply|response)\b[^.!?\n]{0,40}\b(?:is|to every)\b"),
    ("question-steering", "ask-this",
     r"\b(?:only |do not |never |always )ask (?:questions?|about|for|the)\b|"
     r"\bquestions? (?:generated|asked|written) (?:from|about|for) this\b"),
    ("exfiltration", "reveal",
     r"\b(?:reveal|disclose|leak|expose|exfiltrate|send|show me|tell me|"
     r"share|repeat|print)\b[^.!?\n]{0,40}\b(?:system prompt|"
     r"(?:secret|api|private) keys?|passwords?|credentials|hidden instructions|"
     r"your instructions|initial prompt|conversation history)\b"),
    ("refusal", "refuse",
     r"\b(?:refuse|decline) to (?:answer|respond|discuss|comply)|\bsay (?:that )?you (?:cannot|can't|do not know)|"
     r"\bdo not answer (?:any|questions?|the)\b"),
    ("override", "ignore-previous-languages",
     r"\bignor(?:iere|ieren|a|e|ez|are|ate|uj|"
     r"ujcie)\b[^.!?\n]{0,40}\b(?:anweisungen|vorgaben|regeln|richtlinien|instrucciones|reglas|"
     r"instructions|consignes|règles|istruzioni|regole|instruções|regras|"
     r"instrukcje|polecenia)\b|\bnegeer\b[^.!?\n]{0,40}\binstructies\b|"
     r"(?:игнорируй|забудь|не обращай)[^.!?\n]{0,40}(?:инструкци|указани|правил)|"
     r"忽略[^。\n]{0,15}(?:指令|指示|说明|提示|规则)|"
     r"(?:以前の|前の|これまでの|すべての)[^。\n]{0,10}(?:指示|命令|プロンプト)[^。\n]{0,6}無視|"
     r"(?:이전|위의|모든)[^.\n]{0,12}(?:지시|명령|지침)[^.\n]{0,8}무시|"
     r"تجاهل[^.\n]{0,30}(?:التعليمات|الأوامر)|(?:अनदेखा|नज़रअंदाज़|"
     r"अनदेखी)[^।\n]{0,20}(?:कर|निर्देश)|निर्देशों[^।\n]{0,25}(?:अनदेखा|नज़रअंदाज़|अनदेखी)|"
     r"önceki[^.\n]{0,30}(?:talimat|yönerge)[^.\n]{0,20}(?:yok say|görmezden|unut)|"
     r"bỏ qua[^.\n]{0,30}(?:hướng dẫn|chỉ dẫn|lệnh)"),
)  # fmt: skip
"""(intent, name, pattern); bounded repeats only, so that a search takes linear time."""

DECISIVE = frozenset({"ignore-previous", "ignore-previous-languages"})
"""Rules that make a finding by themselves, unless the phrase is only mentioned."""

_ANY = tuple((intent, name, re.compile(pattern, re.I)) for intent, name, pattern in RULES)
_MENTION = re.compile(
    r"\b(?:attack(?:er|ers|s)?|inject(?:ion|ions|ed)|adversar(?:y|ies|ial)|"
    r"malicious|jailbreaks?|for example|e\.g\.|such as|"
    r"phrases? like|strings? like|prompts? like|payloads?|quot(?:e|es|ed)|researchers?|paper|study)\b",
    re.I,
)
_QUOTES = "\"'“”‘’«»`„「」"


def match_rule(text: str) -> tuple[str, str, bool] | None:
    """Intent and name of the first rule that `text` matches, and whether the phrase is quoted or talked about."""
    for intent, name, pattern in _ANY:
        match = pattern.search(text)
        if match:
            before = text[: match.start()]
            quoted = any(mark in before for mark in _QUOTES) and any(mark in text[match.end() :] for mark in _QUOTES)
            return intent, name, quoted or bool(_MENTION.search(before))
    return None
