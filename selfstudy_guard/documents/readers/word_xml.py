"""What is put right in the XML of a Word file before mammoth reads it: what mammoth would drop, or would not number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
LABEL = "\ue000"
"""Stands behind the number of a list item, so that the renderer tells it from text."""
_MOST_NUMBERS = 100_000


@dataclass(slots=True)
class Level:
    """One level of a numbering: where it starts, its format ("decimal", "lowerLetter" ...), its pattern ("%1.%2")."""

    start: int = 1
    format: str = "decimal"
    pattern: str = "%1."


@dataclass(slots=True)
class Numbering:
    """Numbers of list items and headings, counted as Word counts them.

    Attributes:
        lists: by numId: the list whose counters it shares, and its levels.
        styles: by style id: numId and level that come with the style.
    """

    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)

    def label(self, paragraph: Any) -> str:
        """The number in front of a paragraph ("2.1", "b)"); "" for bullets and for paragraphs without one."""
        properties = paragraph.find(_W + "pPr")
        if properties is None:
            return ""
        own = properties.find(_W + "numPr")
        style = _value(properties.find(_W + "pStyle"))
        number, depth = self.styles.get(style, ("", 0))
        if own is not None:
            number = _value(own.find(_W + "numId")) or number
            depth = _whole(_value(own.find(_W + "ilvl")), depth)
        if number not in self.lists:
            return ""
        shared, levels = self.lists[number]
        counters = self._counters.setdefault(shared, {})
        level = levels.get(depth, Level())
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [at for at in counters if at > depth]:
            del counters[deeper]
        if level.format in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            one = levels.get(at, Level())
            return _numeral(counters.get(at, one.start), one.format)

        return re.sub(r"%(\d)", shown, level.pattern).strip()


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(_W + "val") or "")


def _whole(text: str, default: int) -> int:
    return min(int(text), _MOST_NUMBERS) if text.isascii() and text.isdigit() and len(text) < 9 else default


def _numeral(number: int, kind: str) -> str:
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 5)
        return letter.upper() if kind == "upperLetter" else letter
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for size, sign in zip(
            (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
            ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
            strict=True,
        ):
            text += sign * (number // size)
            number %= size
        return text.upper() if kind == "upperRoman" else text
    return f"{number:02}" if kind == "decimalZero" else str(number)


def numbering_of(numbering: Any, styles: Any) -> Numbering:
    """Numberings of a file from the roots of numbering.xml and styles.xml; either may be None."""
    found = Numbering()
    abstract: dict[str, dict[int, Level]] = {}
    if numbering is not None:
        for one in numbering.iter(_W + "abstractNum"):
            abstract[str(one.get(_W + "abstractNumId"))] = _levels(one)
        for one in numbering.iter(_W + "num"):
            shared = _value(one.find(_W + "abstractNumId"))
            levels = dict(abstract.get(shared, {}))
            restarted = False
            for change in one.iter(_W + "lvlOverride"):
                depth = _whole(str(change.get(_W + "ilvl") or ""), 0)
                levels.update(_levels(change))
                start = _value(change.find(_W + "startOverride"))
                if start:
                    restarted = True
                    level = levels.get(depth, Level())
                    levels[depth] = Level(_whole(start, 1), level.format, level.pattern)
            number = str(one.get(_W + "numId"))
            found.lists[number] = (number if restarted else f"shared {shared}", levels)
    if styles is not None:
        for style in styles.iter(_W + "style"):
            own = style.find(f"{_W}pPr/{_W}numPr")
            if own is not None:
                number = _value(own.find(_W + "numId"))
                found.styles[str(style.get(_W + "styleId"))] = (number, _whole(_value(own.find(_W + "ilvl")), 0))
    return found


def _levels(parent: Any) -> dict[int, Level]:
    return {
        _whole(str(one.get(_W + "ilvl") or ""), 0): Level(
            _whole(_value(one.find(_W + "start")), 1),
            _value(one.find(_W + "numFmt")) or "decimal",
            _value(one.find(_W + "lvlText")),
        )
        for one in parent.findall(_W + "lvl")
    }


def prepare(root: Any, numbering: Numbering) -> dict[str, int]:
    """Change one part of a Word file (document, footnotes, endnotes) so that mammoth keeps all of it.

    Equations become text, text boxes become paragraphs behind theirs, content controls and ruby are unwrapped, numbers
    of list items are written out, drop caps join their paragraph; prompts of empty form fields go.

    Returns:
        How often each was found: "equations", "text boxes", "pictures".
    """
    found = {"equations": 0, "text boxes": 0, "pictures": 0}
    for control in list(root.iter(_W + "sdt")):
        content = control.find(_W + "sdtContent")
        empty = control.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None
        _replace(control, [] if content is None or empty else list(content))
    for wrapper in [*root.iter(_W + "smartTag", _W + "customXml", _W + "dir", _W + "bdo", _W + "moveTo")]:
        _replace(wrapper, [child for child in wrapper if not str(child.tag).endswith("Pr")])
    for ruby in list(root.iter(_W + "ruby")):
        run = ruby.getparent()
        base = ruby.find(_W + "rubyBase")
        texts = "" if base is None else "".join(t.text or "" for t in base.iter(_W + "t"))
        _replace(ruby, [_text(run, texts)])
    for math in [*root.iter(_M + "oMath")]:
        found["equations"] += 1
        run = math.makeelement(_W + "r")
        run.append(_text(run, linear(math)))
        _replace(math, [run])
    for display in [*root.iter(_M + "oMathPara")]:
        _replace(display, [child for child in display if child.tag == _W + "r"])
    _free_text_boxes(root, found)
    found["pictures"] = sum(1 for _ in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"))
    for paragraph in list(root.iter(_W + "p")):
        label = numbering.label(paragraph)
        if label and any(True for _ in paragraph.iter(_W + "t")):
            run = paragraph.makeelement(_W + "r")
            run.append(_text(run, label + LABEL))
            properties = paragraph.find(_W + "pPr")
            paragraph.insert(0 if properties is None else paragraph.index(properties) + 1, run)
    _join_drop_caps(root)
    return found


def _text(parent: Any, text: str) -> Any:
    element = parent.makeelement(_W + "t")
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element


def _replace(element: Any, children: list[Any]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    parent.remove(element)
    for offset, child in enumerate(children):
        child.tail = None
        parent.insert(at + offset, child)


def _free_text_boxes(root: Any, found: dict[str, int]) -> None:
    """Paragraphs of text boxes stand behind the paragraph that anchors them, once each."""
    for choice in list(root.iter(_MC + "AlternateContent")):
        # Both branches say the same; the first one that holds text is taken.
        branches = [branch for branch in choice if branch.find(f".//{_W}txbxContent") is not None]
        for branch in choice:
            if branches and branch is not branches[0]:
                choice.remove(branch)
    for box in list(root.iter(_W + "txbxContent"))[::-1]:  # inner ones first
        anchor = next((one for one in box.iterancestors(_W + "p")), None)
        if anchor is None or anchor.getparent() is None:
            continue
        found["text boxes"] += 1
        parent, at = anchor.getparent(), anchor.getparent().index(anchor) + 1
        children = list(box)
        box.getparent().remove(box)
        for offset, child in enumerate(children):
            parent.insert(at + offset, child)


def _join_drop_caps(root: Any) -> None:
    for frame in list(root.iter(_W + "framePr")):
        if frame.get(_W + "dropCap") not in ("drop", "margin"):
            continue
        paragraph = frame.getparent().getparent()
        after = paragraph.getnext()
        if after is None or after.tag != _W + "p":
            continue
        properties = after.find(_W + "pPr")
        at = 0 if properties is None else after.index(properties) + 1
        for run in [child for child in paragraph if child.tag != _W + "pPr"][::-1]:
            after.insert(at, run)
        paragraph.getparent().remove(paragraph)


# Equations in one line, as people type them: "(a+b)/c", "x^2", "\u221a(2g\u00b7h)".


def linear(math: Any) -> str:
    """One equation (m:oMath) in one line of Unicode."""
    return " ".join(_said(math, 0).split())


def _said(element: Any, depth: int) -> str:
    if depth > 50:
        return "".join(element.itertext())
    name = str(element.tag).rpartition("}")[2]
    if name == "t":
        return element.text or ""
    if name.endswith("Pr") or not isinstance(element.tag, str):
        return ""
    writer = _WRITERS.get(name)
    if writer is not None:
        return writer(lambda part: _part(element, part, depth), element)
    return "".join(_said(child, depth + 1) for child in element)


def _part(element: Any, name: str, depth: int) -> str:
    return "".join(_said(child, depth + 1) for child in element.findall(_M + name))


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _mark(element: Any, path: str, default: str) -> str:
    found = element.find(f"{_M}{path.replace('/', '/' + _M)}")
    return default if found is None else str(found.get(_M + "val") or "")


def _fraction(part: Callable[[str], str], _: Any) -> str:
    return f"{_grouped(part('num'))}/{_grouped(part('den'))}"


def _radical(part: Callable[[str], str], _: Any) -> str:
    degree = part("deg").strip()
    return (f"{degree}" if degree else "") + f"\u221a({part('e')})"


def _sum(part: Callable[[str], str], element: Any) -> str:
    sign = _mark(element, "naryPr/chr", "\u222b")
    low, high = part("sub"), part("sup")
    return sign + (f"_{_grouped(low)}" if low else "") + (f"^{_grouped(high)}" if high else "") + f" {part('e')}"


def _brackets(_: Callable[[str], str], element: Any) -> str:
    left, right = _mark(element, "dPr/begChr", "("), _mark(element, "dPr/endChr", ")")
    return left + ", ".join(_said(child, 1) for child in element.findall(_M + "e")) + right


def _rows(_: Callable[[str], str], element: Any) -> str:
    lines = (", ".join(_said(cell, 1) for cell in row.findall(_M + "e")) for row in element.findall(_M + "mr"))
    return "[" + "; ".join(lines) + "]"


_WRITERS: Mapping[str, Callable[[Callable[[str], str], Any], str]] = {
    "f": _fraction,
    "sSup": lambda part, _: f"{_grouped(part('e'))}^{_grouped(part('sup'))}",
    "sSub": lambda part, _: f"{part('e')}_{_grouped(part('sub'))}",
    "sSubSup": lambda part, _: f"{part('e')}_{_grouped(part('sub'))}^{_grouped(part('sup'))}",
    "rad": _radical,
    "nary": _sum,
    "d": _brackets,
    "m": _rows,
    "func": lambda part, _: f"{part('fName')} {part('e')}",
}
