"""Pairs in lines with labels: "Question 1: ... Answer: ...", with options, asides and fences between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from selfstudy_guard.questions.json_replies import FENCE
from selfstudy_guard.questions.labels import Labels, labels_of, name_of, names
from selfstudy_guard.questions.layouts.items import ASIDE, CHATTER, MARK, QUESTION_END, RULE, TITLE, Item, Pairs, paired

_DSPY = regex.compile(r"^[ \t]*+\[\[\s*+\#\#\s*+(\w+?)(?:_?(\d{1,3}))?\s*+\#\#\s*+\]\][ \t]*+$", regex.M)

_OPTION = regex.compile(
    r"^\s*+(?:[-*+]\s++)?(?:\*\*)?[(\[]?(?P<letter>[A-Ha-h])(?:[.)\]]|:)(?:\*\*)?\s++(?P<text>\S.*)$"
)

_OPEN_TAG = regex.compile(r"^[ \t]*+<(?P<name>[\p{L}\p{M}]{1,20})[ _-]?(?P<number>\d{1,3})?>[ \t]*+", regex.M)


def labelled_pairs(text: str) -> Pairs:
    """The pairs of lines with labels; none where no line is labelled as a question."""
    text = _DSPY.sub(_as_label, text)
    labels = labels_of(text)
    text = FENCE.sub(lambda fence: fence[1] if _asks(fence[1], labels) else fence[0], text)
    if "</" not in text:
        text = _OPEN_TAG.sub(_opened, text)
    lines = _split_lines(text, labels)
    if not any(labels.asked(line) for line in lines):
        return []
    return paired(_read_lines(lines, labels))


def _opened(match: regex.Match[str]) -> str:
    """A tag that nobody closes, as a label."""
    known = name_of(match["name"]) in names()[0] | names()[1]
    return f"{match['name']} {match['number'] or ''}".rstrip() + ": " if known else match[0]


def _asks(text: str, labels: Labels) -> bool:
    return any(labels.asked(line) for line in text.split("\n")[:50])


def _as_label(match: regex.Match[str]) -> str:
    name = match[1].replace("_", " ").strip()
    return "" if name == "completed" else f"{name.capitalize()} {match[2] or ''}".rstrip() + ":"


def _split_lines(text: str, labels: Labels) -> list[str]:
    """The lines of a reply without its fences' marks; a line with a question and its labelled answer as two."""
    lines: list[str] = []
    for line in text.split("\n"):
        asked = labels.asked(line)
        if asked is not None and len(line) < 5000:
            place = _answer_inside(line, labels)
            if place is not None:
                lines += [line[:place].rstrip(" |/–—-"), line[place:]]
                continue
        lines.append(line)
    return lines


_SPACES = regex.compile(r"(?<=[.?!？。؟:)\"'”*_])\s+(?:[|/–—-]\s+)?(?=\S)")


def _answer_inside(line: str, labels: Labels) -> int | None:
    for gap in list(_SPACES.finditer(line))[:60]:
        rest = line[gap.end() :]
        label = labels.told(rest)
        if label is not None and label.rest.strip():
            if len(label.word) == 1 and not QUESTION_END.search(line[: gap.start()][-4:]):
                continue
            return gap.end()
    return None


@dataclass
class _Reader:
    """Lines of a labelled reply, read one after another."""

    labels: Labels
    items: list[Item] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    state: str = "before"  # or "question", "answer", "aside", "questions", "answers"
    fence: bool = False

    def close(self) -> None:
        """Put what was read of a question or answer into its item."""
        if self.items and self.parts:
            body = "\n".join(self.parts).strip()
            one = self.items[-1]
            mark = MARK.match(body) if "\n" not in body else None
            if mark is not None and mark["mark"] in "-*+•–—·":
                body = body[mark.end() :]
            one.text = " ".join(body.split()) if one.asks else body
        self.parts = []

    def begin(self, asks: bool, number: int | None, text: str) -> None:
        self.close()
        self.items.append(Item(asks, number, ""))
        self.parts = [text] if text.strip() else []
        self.state = "question" if asks else "answer"

    def read(self, line: str) -> None:
        """Take one line."""
        if self.state == "answer" and line.lstrip().startswith(("```", "~~~")):
            self.fence = not self.fence
            self.parts.append(line)
            return
        if self.fence:
            self.parts.append(line)
            return
        asked = self.labels.asked(line)
        told = None if asked else self.labels.told(line)
        if asked is not None:
            self._question(asked.number, asked.rest, asked.word)
        elif told is not None and self.items:
            self._answer(told.number, told.rest, told.word)
        elif RULE.match(line) or TITLE.match(line):
            if self.state == "answer":
                self.state = "after"
        elif self.items and ASIDE.match(line) and not self._lists():
            self.close()
            self.state = "aside"
        else:
            self._more(line)

    def _lists(self) -> bool:
        """Whether the answer so far announces a list, whose items may look like labels."""
        said = next((part for part in reversed(self.parts) if part.strip()), "")
        return self.state == "answer" and said.rstrip().endswith((":", "："))

    def _question(self, number: int | None, rest: str, word: str) -> None:
        if not rest.strip() and word in _PLURALS:
            self.close()
            self.state = "questions"
            return
        self.begin(True, number, rest)

    def _answer(self, number: int | None, rest: str, word: str) -> None:
        open_ = 0
        for one in reversed(self.items):
            if not one.asks:
                break
            open_ += 1
        if not rest.strip() and (word in _PLURALS or open_ > 1):
            self.close()
            self.state = "answers"
            return
        self.begin(False, number, "" if rest.strip() in ("|", ">", "|-", ">-") else rest)

    def _more(self, line: str) -> None:
        if self.state in ("questions", "answers"):
            mark = MARK.match(line)
            if mark is not None:
                digits = regex.sub(r"\D", "", mark["mark"])
                state = self.state
                self.begin(state == "questions", int(digits) if digits else None, line[mark.end() :])
                self.state = state
            elif line.strip() and self.parts:
                self.parts.append(line)
            elif line.strip() and self.state == "questions" and QUESTION_END.search(line):
                self.begin(True, None, line)
                self.state = "questions"
        elif self.state == "question":
            option = _OPTION.match(line)
            if option is not None and self._is_option(option):
                self.items[-1].options[option["letter"].upper()] = option["text"].strip()
            elif self.items[-1].options:
                pass
            elif not line.strip():
                if self.parts and QUESTION_END.search(self.parts[-1]):
                    self.close()
                    self.state = "asked"
            elif self.parts and QUESTION_END.search(self.parts[-1].rstrip()[-6:]):
                self.begin(False, None, line)
            else:
                self.parts.append(line)
        elif self.state == "asked" and line.strip():
            self.begin(False, None, line)
        elif self.state == "answer":
            if self.parts and not self.parts[-1].strip() and CHATTER.match(line):
                self.state = "after"
            else:
                self.parts.append(line)

    def _is_option(self, option: regex.Match[str]) -> bool:
        """Whether the letter is the next one in the row."""
        return ord(option["letter"].upper()) - ord("A") == len(self.items[-1].options)


_PLURALS = frozenset(
    word.lower()
    for word in (
        "Questions Answers Solutions Queries Fragen Antworten Preguntas Respuestas Réponses Domande Risposte Perguntas "
        "Respostas Vragen Antwoorden Pytania Odpowiedzi Вопросы Ответы Sorular Cevaplar Yanıtlar الأسئلة أسئلة الإجابات"
    ).split()
) | {"answer key", "answer keys"}
_KEY = regex.compile(r"^([\s>#*_]*+)answer[ -]keys?\b", regex.I)


def _read_lines(lines: Sequence[str], labels: Labels) -> list[Item]:
    reader = _Reader(labels)
    for line in lines:
        reader.read(_KEY.sub(r"\1Answers", line))
    reader.close()
    return [one for one in reader.items if one.text]
