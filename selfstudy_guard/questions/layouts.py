"""Pairs in replies that are text: tags, tables, separated values, dialogues, labelled lines, headings and lists.

Each reader takes a whole reply and gives its pairs, or none where the reply is not in its layout. Lines are read into
questions and answers in their order first, and paired after: an answer goes to the question of its number, a single
one to the question right before it, and as many answers as questions to each in turn. Where numbers do not settle it
and the counts differ, no answer is given to anybody: a lost pair can be asked for again, a wrong one cannot be seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import unescape

import regex

from selfstudy_guard.languages import every
from selfstudy_guard.questions.json_replies import FENCE, chosen, turn_pairs
from selfstudy_guard.questions.labels import PLAIN, Labels, _alternatives, labels_of, name_of, names, whole
from selfstudy_guard.questions.turns import read_turns

Pairs = list[tuple[str, str]]

QUESTION_END = regex.compile(r"[?？؟]+[\"'”’»)\]*_`]*")
_LATIN_QUESTION_END = regex.compile(r"[?？؟;]+[\"'”’»)\]*_`]*")
_GREEK = regex.compile(r"\p{Greek}")
_TAG = regex.compile(
    r"""[<\[](?P<name>[\p{L}\p{M}_\ -]{1,24}?)[\ _-]?(?P<number>\d{1,3})?
        (?:\s[^<>\n\]]{0,80}?(?:id|n|number|index)\s*=\s*["']?(?P<id>\d{1,3})[^<>\]]{0,80})?\s*[>\]]
        (?P<text>.*?)(?:[<\[]/(?P=name)[\ _-]?\d{0,3}\s*[>\]]|\Z)""",
    regex.I | regex.S | regex.X,
)
_CDATA = regex.compile(r"<!\[CDATA\[(.*?)\]\]>", regex.S)
_DSPY = regex.compile(r"^[ \t]*+\[\[\s*+\#\#\s*+(\w+?)(?:_?(\d{1,3}))?\s*+\#\#\s*+\]\][ \t]*+$", regex.M)
_RULE_ROW = regex.compile(r"^\s*+\|?(?:\s*+:?-++:?\s*+\|)*\s*+:?-++:?\s*+\|?\s*+$")
_HTML_ROW = regex.compile(r"<tr\b[^<>]{0,200}>(.*?)(?:</tr>|(?=<tr\b)|\Z)", regex.I | regex.S)
_HTML_CELL = regex.compile(r"<t[dh]\b[^<>]{0,200}>(.*?)(?:</t[dh]>|(?=<t[dh]\b)|\Z)", regex.I | regex.S)
_BREAK = regex.compile(r"<br\s*/?>", regex.I)
_BAR = regex.compile(r"(?<!\\)\|")
_MARK = regex.compile(
    r"""^[\s>]*+(?P<mark>\(?\d{1,3}[.):\]]|\(?[a-hA-H][.)](?=\s)  # a number, a letter,
      |[-*+•–—·](?=\s)|[\p{So}\ufe0f]{1,4}(?=\s))\s*+""",  # a list's mark, a picture
    regex.X,
)
_HEADING = regex.compile(r"^[\s>]*+(?P<mark>\#{1,6})\s*+")
_OPTION = regex.compile(
    r"^\s*+(?:[-*+]\s++)?(?:\*\*)?[(\[]?(?P<letter>[A-Ha-h])(?:[.)\]]|:)(?:\*\*)?\s++(?P<text>\S.*)$"
)
_SEPARATES = regex.compile(r"^[\s*_]*+(?:[-–—|→:=]|=>|->)++[\s*_]*+")
_RULE = regex.compile(r"^\s*+(?:[-*_=]\s?){3,}$")
_ASIDE = regex.compile(
    rf"^[\s>]*+(?:[-*+•]\s++)?+(?:\#{{1,6}}\s*+)?+(?:\*{{1,3}}|_{{1,2}})?+(?:{_alternatives(every('aside_labels'))})"
    r"\s*+\d{0,3}\s*+(?:\*{1,3}|_{1,2})?+\s*+(?:[:：]|$)",
    regex.I,
)
_CHATTER = regex.compile(
    rf"^[\s*_]*+(?:{_alternatives(every('closers'))}|{_alternatives(every('set_closers'))}|this question)",
    regex.I,
)
_BLOCKS = regex.compile(
    r"</?(?:p|div|dl|dt|dd|ul|ol|li|details|summary|h[1-6]|section|article|blockquote)\b[^<>]{0,200}>", regex.I
)
_LATEX_ITEM = regex.compile(r"^[ \t]*+\\item\b(?:\[[^\[\]\n]{0,40}\])?[ \t]*+", regex.M)
_LATEX_LABEL = regex.compile(r"\\text(?:bf|it)\{([^{}\n]{1,40}[:.])\s*+\}")
_INLINE = regex.compile(r"</?(?:strong|b|em|i|u|span)\b[^<>]{0,200}>", regex.I)
_OPEN_TAG = regex.compile(r"^[ \t]*+<(?P<name>[\p{L}\p{M}]{1,20})[ _-]?(?P<number>\d{1,3})?>[ \t]*+", regex.M)
_TITLE = regex.compile(
    r"""^\s*+\[\[\w{1,30}\]\]\s*+$ | ^[\s>\#*_\-]*+
        (?:(?:q\s?&\s?a|qa|question(?:[-\ ](?:and[-\ ])?|[-/\ ])answer)?\s*+pair|pair|item|example|set
          |q\s?[&/-]\s?a|qa|(?:flash\ ?)?card)
        \s*+\#?\s*+\d{0,3}\s*+[*_:.)\-]*+\s*$""",
    regex.I | regex.X | regex.M,
)
"""A line that only counts pairs."""


def text_pairs(text: str, *, labelled: bool = False) -> Pairs:
    """The pairs of a reply that is no JSON.

    Args:
        text: the reply without its reasoning.
        labelled: only layouts that say which part is the question and which the answer.
    """
    text = text.replace("\r\n", "\n")
    if "</" in text and "<tr" not in text.lower() and _BLOCKS.search(text):
        text = _INLINE.sub("", _BLOCKS.sub(_as_line, text)).strip()
    text = _LATEX_LABEL.sub(r"\1", _LATEX_ITEM.sub("- ", text))
    readers: tuple[Callable[[str], Pairs], ...] = (_turns, _tags, _tables, _separated, _labelled, _dialogue)
    for reader in readers:
        pairs = reader(text)
        if pairs:
            return pairs
    return [] if labelled else _unlabelled(text)


def _as_line(tag: regex.Match[str]) -> str:
    """A tag of a block as the line break that it is, with the mark of a list's item."""
    return "\n- " if tag[0].lower().startswith("<li") else "\n"


def _turns(text: str) -> Pairs:
    turns = read_turns(text)
    return [pair for pair in turn_pairs(turns) if pair[1]]


# Tags


def _tags(text: str) -> Pairs:
    return _paired(_tag_items(text)) if "</" in text or "[/" in text else []


def _tag_items(text: str, depth: int = 0) -> list[_Item]:
    """Questions and answers in tags, however deep other tags nest them."""
    asked, told = names()
    found: list[_Item] = []
    for match in _TAG.finditer(text):
        name = name_of(match["name"])
        number = match["number"] or match["id"]
        if name in asked or name in told:
            found.append(_Item(name in asked, int(number) if number else None, _unescaped(match["text"]).strip()))
        elif depth < 4 and ("</" in match["text"] or "[/" in match["text"]):
            found += _tag_items(match["text"], depth + 1)
    return found


def _unescaped(text: str) -> str:
    """The text of an element as a reader of XML sees it."""
    return unescape(_CDATA.sub(r"\1", text)) if "&" in text or "<![" in text else text


# Tables and separated values


def _tables(text: str) -> Pairs:
    lines = _BREAK.sub(" ", text).split("\n")
    pairs: Pairs = []
    for place in range(1, len(lines)):
        if "-" in lines[place] and "|" in lines[place - 1] and _RULE_ROW.match(lines[place]):
            rows = []
            for line in lines[place + 1 :]:
                if "|" not in line:
                    break
                rows.append(_cells(line))
            pairs += _rows([_cells(lines[place - 1]), *rows])
    if not pairs and "<tr" in text.lower():
        pairs = _rows([[_plain(cell) for cell in _HTML_CELL.findall(row)] for row in _HTML_ROW.findall(text)])
    return pairs


def _cells(line: str) -> list[str]:
    return [cell.replace("\\|", "|").strip() for cell in _BAR.split(line.strip().strip("|"))]


def _plain(cell: str) -> str:
    return regex.sub(r"<[^<>]{0,200}>", "", cell).strip()


def _rows(rows: Sequence[Sequence[str]]) -> Pairs:
    """The pairs of rows under a header that names both columns."""
    asked, told = names()
    if not rows:
        return []
    header = [name_of(cell) for cell in rows[0]]
    question = next((place for place, name in enumerate(header) if name in asked), None)
    answer = next((place for place, name in enumerate(header) if name in told and place != question), None)
    if question is None or answer is None:
        return []
    least = max(question, answer)
    return [
        (row[question].strip(), row[answer].strip()) for row in rows[1:] if len(row) > least and row[question].strip()
    ]


def _separated(text: str) -> Pairs:
    """CSV and its like, in a fence or as the whole reply: with a header, or in lines of a question and its answer."""
    for body in [*FENCE.findall(text)[:20], text]:
        lines = body.strip().split("\n")
        start = next((place for place, line in enumerate(lines[:5]) if _delimiter(line)), None)
        if start is not None:
            pairs = _rows(_read_csv(lines[start:], _delimiter(lines[start])))
            if pairs:
                return pairs
        pairs = _cut_in_two(lines)
        if pairs:
            return pairs
        quoted = [line for line in lines if line.startswith('"')]
        if quoted and len(quoted) * 2 >= len([line for line in lines if line.strip()]):
            rows = _read_csv(lines[lines.index(quoted[0]) :], ",")
            if rows and all(len(row) == 2 and QUESTION_END.search(row[0]) for row in rows):
                return [(row[0].strip(), row[1].strip()) for row in rows]
    return []


def _cut_in_two(lines: Sequence[str]) -> Pairs:
    """Lines that are all a question, a separator, and its answer."""
    said = [line for line in lines if line.strip()]
    if any(PLAIN.asked(line) for line in said[:3]):
        return []
    for separator in ("\t", " :: ", " | ", " → ", " => ", ";", "?,"):
        ends = separator.startswith("?")  # a comma cuts only right behind the mark of a question
        rows = [line.strip().strip("|").split(separator, 1 if ends or separator == ";" else -1) for line in said]
        if ends:
            rows = [[row[0] + "?", *row[1:]] for row in rows]
        if rows and all(len(row) == 2 and row[1].strip() and QUESTION_END.search(row[0].strip()[-3:]) for row in rows):
            return [(_MARK.sub("", row[0]).strip(), row[1].strip()) for row in rows]
    return []


def _delimiter(line: str) -> str:
    """What separates the cells of a header that names both columns; "" where the line is none."""
    asked, told = names()
    for delimiter in (",", ";", "\t"):
        cells = {name_of(cell.strip('" ')) for cell in line.split(delimiter)}
        if len(cells) > 1 and cells & asked and cells & told and len(line) < 200:
            return delimiter
    return ""


def _read_csv(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return [
            row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True) if row
        ]
    except csv.Error:
        return []


# Lines


@dataclass
class _Item:
    """A question or an answer, in the order of the reply."""

    asks: bool
    number: int | None
    text: str
    options: dict[str, str] = field(default_factory=dict)


def _paired(items: Sequence[_Item]) -> Pairs:
    """Questions with their answers: by number, else by their order (see the head of this module)."""
    pairs: Pairs = []
    place = 0
    while place < len(items):
        questions: list[_Item] = []
        answers: list[_Item] = []
        while place < len(items) and items[place].asks:
            questions.append(items[place])
            place += 1
        while place < len(items) and not items[place].asks:
            answers.append(items[place])
            place += 1
        pairs += _paired_run(questions, answers)
    return pairs


def _paired_run(questions: Sequence[_Item], answers: Sequence[_Item]) -> Pairs:
    told: dict[int, str] = {}
    numbers = [one.number if one.number is not None else at for at, one in enumerate(questions, 1)]
    if questions and len(answers) == 1:
        only = answers[0]
        at = len(questions) - 1
        if only.number is not None and only.number in numbers:
            at = numbers.index(only.number)
        told[at] = only.text
    elif len(questions) == 1 and answers:
        told[0] = answers[0].text
    elif answers and all(one.number is not None for one in answers):
        for one in answers:
            if one.number in numbers:
                told.setdefault(numbers.index(one.number), one.text)
    elif len(answers) == len(questions):
        told = {at: one.text for at, one in enumerate(answers)}
    pairs = []
    for at, one in enumerate(questions):
        answer = told.get(at, "")
        pairs.append((one.text, chosen(answer, one.options) if one.options else answer))
    return [pair for pair in pairs if pair[0].strip()]


def _labelled(text: str) -> Pairs:
    text = _DSPY.sub(_as_label, text)
    labels = labels_of(text)
    text = FENCE.sub(lambda fence: fence[1] if _asks(fence[1], labels) else fence[0], text)
    if "</" not in text:
        text = _OPEN_TAG.sub(_opened, text)
    lines = _split_lines(text, labels)
    if not any(labels.asked(line) for line in lines):
        return []
    return _paired(_read_lines(lines, labels))


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
    items: list[_Item] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    state: str = "before"  # or "question", "answer", "aside", "questions", "answers"
    fence: bool = False

    def close(self) -> None:
        """Put what was read of a question or answer into its item."""
        if self.items and self.parts:
            body = "\n".join(self.parts).strip()
            one = self.items[-1]
            mark = _MARK.match(body) if "\n" not in body else None
            if mark is not None and mark["mark"] in "-*+•–—·":
                body = body[mark.end() :]
            one.text = " ".join(body.split()) if one.asks else body
        self.parts = []

    def begin(self, asks: bool, number: int | None, text: str) -> None:
        self.close()
        self.items.append(_Item(asks, number, ""))
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
        elif _RULE.match(line) or _TITLE.match(line):
            if self.state == "answer":
                self.state = "after"
        elif self.items and _ASIDE.match(line) and not self._lists():
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
            mark = _MARK.match(line)
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
            if self.parts and not self.parts[-1].strip() and _CHATTER.match(line):
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


def _read_lines(lines: Sequence[str], labels: Labels) -> list[_Item]:
    reader = _Reader(labels)
    for line in lines:
        reader.read(_KEY.sub(r"\1Answers", line))
    reader.close()
    return [one for one in reader.items if one.text]


_SPEAKER = regex.compile(
    r"""^[\s>]*+(?:\*\*|__)?(?P<name>[\p{Lu}\p{Lo}][\p{L}\p{M}.'’\ ]{0,24}?)
        (?:\s?\#?\d{1,3})?(?:\*\*|__)?\s*+[:：](?:\*\*|__)?\s*+(?P<text>\S.*)$""",
    regex.M | regex.X,
)


def _dialogue(text: str) -> Pairs:
    """Two who speak in turn, of whom one asks."""
    turns = [(match["name"].strip(), match.start(), match.end()) for match in _SPEAKER.finditer(text)]
    speakers = list(dict.fromkeys(name for name, _, _ in turns))
    if len(speakers) != 2:
        return []
    said: list[tuple[str, str]] = []
    for place, (name, start, _) in enumerate(turns):
        end = turns[place + 1][1] if place + 1 < len(turns) else len(text)
        body = text[start:end]
        body = _SPEAKER.sub(r"\g<text>", body, count=1)
        said.append((name, _TITLE.split(body, maxsplit=1)[0].strip()))
    asks = [QUESTION_END.search(body[-6:]) is not None for name, body in said if name == speakers[0]]
    known = {name.lower() for name in every("user_labels")}
    if sum(asks) * 2 <= len(asks) and speakers[0].lower() not in known:
        return []
    roles = {speakers[0]: "user", speakers[1]: "assistant"}
    return [pair for pair in turn_pairs([(roles[name], body) for name, body in said]) if pair[1]]


# Lines without labels


def _unlabelled(text: str) -> Pairs:
    """Questions that stand out by their mark, each with the text behind it."""
    lines = FENCE.sub(lambda match: match[1], text).split("\n")
    style = None
    questions: list[tuple[str, list[str]]] = []
    key = False
    answers: list[_Item] = []
    for line in lines:
        if _KEY.match(line) or (not key and questions and _is_answers(line)):
            key = True
            continue
        if key:
            mark = _MARK.match(line)
            if mark is not None:
                digits = regex.sub(r"\D", "", mark["mark"])
                answers.append(_Item(False, int(digits) if digits else None, line[mark.end() :].strip()))
            elif answers and line.strip():
                answers[-1].text += f"\n{line}"
            continue
        found = _standing_out(line)
        if found is not None and (style is None or found[0] == style):
            style = found[0]
            questions.append((found[1], [found[2]] if found[2] else []))
        elif questions:
            questions[-1][1].append(line)
    if answers:
        return _paired([*(_Item(True, at, q) for at, (q, _) in enumerate(questions, 1)), *answers])
    pairs = [(question, _told(answer)) for question, answer in questions]
    return pairs


def _is_answers(line: str) -> bool:
    label = labels_of("").told(line)
    return label is not None and label.word in _PLURALS and not label.rest.strip()


def _told(lines: Sequence[str]) -> str:
    """The answer in the lines behind a question: without its label, quotation marks of blocks, and what comes after."""
    kept: list[str] = []
    labels = labels_of("")
    for line in lines:
        line = _QUOTED.sub("", line)
        if _CHATTER.match(line) or _TITLE.match(line) or _RULE.match(line):
            break
        said = [one for one in kept if one.strip()]
        if said and _ASIDE.match(line) and not said[-1].rstrip().endswith((":", "：")):
            break
        label = labels.told(line) if not said else None
        kept.append(label.rest if label is not None else line)
    said = [line for line in kept if line.strip()]
    if len(said) == 1:
        only = whole(said[0])
        mark = _MARK.match(only)
        return (only[mark.end() :] if mark else only).strip()
    return "\n".join(line.rstrip() for line in kept).strip()


_QUOTED = regex.compile(r"^\s*+(?:>\s?)++")
_ENCLOSED = regex.compile(r"^[(\[](?P<inside>.*)[)\]][.]?$", regex.S)


def _standing_out(line: str) -> tuple[str, str, str] | None:
    """(style, question, the rest of the line) of a line that is a question: by heading, number, emphasis, or bare."""
    heading = _HEADING.match(line)
    style = heading["mark"] if heading else ""
    rest = line[heading.end() :] if heading else line
    mark = _MARK.match(rest)
    if mark is not None:
        style += "1" if mark["mark"].strip("().:]").isdigit() else "-"
        rest = rest[mark.end() :]
    indent = len(line) - len(line.lstrip())
    bold = rest.lstrip().startswith(("**", "__"))
    if bold:
        style += "*"
        rest = rest.strip().lstrip("*_")
    ends = list((_LATIN_QUESTION_END if _GREEK.search(rest) else QUESTION_END).finditer(rest))
    if not ends or (indent > 3 and not style):
        return None
    behind = rest[ends[-1].end() :]
    question = rest[: ends[-1].end()].rstrip("*_ ") if bold else rest[: ends[-1].end()]
    behind = _SEPARATES.sub("", behind.lstrip("*_")).strip()
    if behind and not style:
        return None  # a sentence behind a question in a text
    enclosed = _ENCLOSED.match(behind)
    if enclosed is not None:
        label = labels_of("").told(enclosed["inside"])
        behind = label.rest if label is not None else ""
    return style, question, behind
