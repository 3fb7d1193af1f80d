"""Hook of the manual: links to files of the repository become text, since a reader of the site has no checkout."""

import re

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)]+)\)")
_OWN = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}


def on_page_markdown(markdown, page, config, files):
    """Called by mkdocs for the text of every page."""

    def change(match):
        words, path = match.groups()
        own = _OWN.get(path.partition("#")[0])
        return f"[{words}]({own})" if own else f"{words} (`{path.partition('#')[0]}` in the repository)"

    return _OUTSIDE.sub(change, markdown)
