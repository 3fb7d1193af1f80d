"""What the elements of HTML are: which begin a block, which end others, which kind of target they hold."""

from __future__ import annotations

from selfstudy_guard.records import TargetKind

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = frozenset(
    (  # a list of words reads better as one
        "html head body main article section div p ul ol li dl dt dd table caption thead tbody tfoot tr td th "
        "pre blockquote figure figcaption h1 h2 h3 h4 h5 h6 nav header footer aside form fieldset legend "
        "details summary address hr center dialog menu search select option button label video audio canvas "
        "math"
    ).split()
)
CELLS = frozenset(("td", "th"))
ENDS_BEFORE = {
    # an opening tag ends these open elements, as far up as the nearest of the second set
    "li": (("li",), ("ul", "ol", "menu")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "tr": (("tr", "td", "th"), ("table",)),
    "td": (("td", "th"), ("tr", "table")),
    "th": (("td", "th"), ("tr", "table")),
    "option": (("option",), ("select",)),
    "main": (("nav", "header", "aside", "footer"), ("body",)),
    "article": (("nav", "header", "footer"), ("body", "main", "aside")),
    "h1": (("nav",), ("body", "main", "article")),
}
PARAGRAPH_ENDS = BLOCKS - {"math", "button", "label", "video", "audio", "canvas"}
KINDS: dict[str, TargetKind] = {
    "li": "list_item",
    "dt": "definition",
    "dd": "definition",
    "figcaption": "caption",
    "caption": "caption",
    "pre": "code_block",
    "math": "formula",
}
