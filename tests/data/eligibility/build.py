"""Writes labelled pages: pages.jsonl (fifteen kinds), languages.jsonl and held_out.jsonl (sixteen languages).

Every span is labelled when it is written, so labels are exact. No rule was ever adjusted to held_out.jsonl.

    python tests/data/eligibility/build.py

A row: id, kind, media_type, text, content [[start, end] ...], artefacts [[start, end, reason] ...].
Content is one sentence (or row, item) that must be eligible; an artefact is a span none of whose visible characters
may be asked about. What is neither (headings, tags, terms) is not scored.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from languages import HELD_OUT, SEEN, Language
from prose import FOREIGN, TOPICS

HERE = Path(__file__).parent


class Page:
    """A page under construction."""

    def __init__(self, kind: str, number: int, media_type: str | None) -> None:
        self.kind, self.number, self.media_type = kind, number, media_type
        self.rng = random.Random(f"{kind}-{number}")
        self.text = ""
        self.content: list[tuple[int, int]] = []
        self.artefacts: list[tuple[int, int, str]] = []
        names = list(TOPICS)
        self.rng.shuffle(names)
        self._topics = iter(names)

    def raw(self, text: str) -> Page:
        self.text += text
        return self

    def say(self, text: str) -> Page:
        self.content.append((len(self.text), len(self.text) + len(text)))
        self.text += text
        return self

    def noise(self, text: str, reason: str) -> Page:
        self.artefacts.append((len(self.text), len(self.text) + len(text), reason))
        self.text += text
        return self

    def topic(self) -> tuple[str, list[str]]:
        name = next(self._topics)
        return name, list(TOPICS[name])

    def paragraph(self, sentences: list[str], before: str = "", after: str = "\n\n", joint: str = " ") -> Page:
        self.raw(before)
        for place, sentence in enumerate(sentences):
            if place:
                self.raw(joint)
            self.say(sentence)
        return self.raw(after)

    def pick(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def blob(self, size: int, alphabet: str) -> str:
        return "".join(self.rng.choice(alphabet) for _ in range(size))

    def row(self) -> dict[str, object]:
        return {
            "id": f"{self.kind}-{self.number}",
            "kind": self.kind,
            "media_type": self.media_type,
            "text": self.text,
            "content": self.content,
            "artefacts": self.artefacts,
        }


B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
HEX = "0123456789abcdef"
COOKIES = [
    "We use cookies to give you the best experience on our website.",
    "This site uses cookies for analytics and advertising. By continuing to browse you agree to our use of cookies.",
    "We and our 214 partners use cookies and similar technologies to store information on your device.",
    "We value your privacy. Choose which cookies you want to allow.",
]
CONSENT = ["Accept all cookies", "Reject non-essential cookies", "Manage cookies", "Cookie settings", "Cookie policy"]
MENUS = [
    ["Home", "News", "Sport", "Culture", "Weather", "Contact"],
    ["Start", "Products", "Services", "About us", "Careers", "Support"],
    ["Docs", "API", "Blog", "Community", "Pricing", "Log in"],
    ["Home", "Shop", "New arrivals", "Sale", "Cart (0)", "My account"],
]
FOOTERS = [
    "© 2024 Brennick Media Ltd. All rights reserved.",
    "Copyright 2019-2025 The Orsa Foundation",
    "Terms of Service | Privacy Policy | Imprint",
    "Powered by WordPress",
    "This page was last edited on 14 March 2023, at 08:41.",
]
CALLS = [
    "Subscribe to our newsletter and never miss an update!",
    "Share this article on Facebook",
    "Follow us on social media",
    "Read more",
    "Click here to download our free app",
    "Sign up for free updates in your inbox",
    "Leave a comment",
    "You may also like",
]
RELATED = [
    "Ten harbours you have to see before you turn forty",
    "Why everybody talks about oat flour this spring",
    "The best pumps for small gardens",
    "What the new timetable means for commuters",
    "Five mistakes that ruin your starter",
]
MIT = [
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
    'documentation files (the "Software"), to deal in the Software without restriction.',
    "The above copyright notice and this permission notice shall be included in all copies or substantial portions of "
    "the Software.",
    'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED.',
]


def links(page: Page, entries: list[str], reason: str, item: str = "li") -> Page:
    for entry in entries:
        page.raw(f'<{item}><a href="/{entry.split()[0].lower()}">').noise(entry, reason).raw(f"</a></{item}>\n")
    return page


def news(number: int) -> Page:
    page = Page("news_html", number, "text/html")
    tagged = number % 2 == 0
    name, lines = page.topic()
    page.raw(f"<!DOCTYPE html>\n<html><head><title>{name}</title>\n<style>.a{{color:#333}} .b{{margin:0}}</style>\n")
    page.raw("<script>").noise(
        "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}", "script"
    )
    page.raw("</script></head>\n<body>\n")
    page.raw("<nav><ul>\n" if tagged else '<div class="site-navigation"><ul>\n')
    links(page, page.rng.choice(MENUS), "navigation").raw("</ul></nav>\n" if tagged else "</ul></div>\n")
    page.raw('<div id="cookie-banner"><p>' if number % 3 else "<div><p>").noise(
        COOKIES[number % 4], "cookie notice"
    ).raw("</p>")
    for entry in CONSENT[:3]:
        page.raw("<button>").noise(entry, "cookie notice").raw("</button>")
    page.raw(f"</div>\n<article><h1>{name}</h1>\n<p class='byline'>").noise(
        "By Maren Holt | 12 May 2024 | 4 min read", "navigation"
    )
    page.raw("</p>\n")
    page.paragraph(lines[:4], "<p>", "</p>\n")
    page.raw("<p><b>").noise("Advertisement", "advertisement").raw("</b></p>\n")
    page.paragraph(lines[4:], "<p>", "</p>\n")
    page.raw("<p>").noise(CALLS[number % len(CALLS)], "navigation").raw("</p>\n</article>\n")
    page.raw('<aside class="related-posts"><h3>Related</h3><ul>\n')
    links(page, page.rng.sample(RELATED, 3), "related links").raw("</ul></aside>\n")
    page.raw("<footer>" if tagged else '<div class="page-footer">')
    for entry in page.rng.sample(FOOTERS, 3):
        page.raw("<p>").noise(entry, "footer").raw("</p>\n")
    return page.raw("</footer>\n" if tagged else "</div>\n").raw("</body></html>\n")


def manual(number: int) -> Page:
    page = Page("manual_html", number, "text/html")
    page.raw('<html><body><div class="sphinxsidebar"><h3>Table of Contents</h3><ul>\n')
    for entry in ("Overview", "Setting up", "Daily use", "Options"):
        page.raw(f'<li><a class="reference internal" href="#{entry.lower()}">').noise(entry, "table of contents").raw(
            "</a></li>\n"
        )
    page.raw('</ul></div>\n<div class="related"><a href="prev.html">').noise("previous", "navigation").raw(
        '</a> | <a href="i.html">'
    )
    page.noise("index", "navigation").raw("</a></div>\n<div class='body'>")
    for level in (1, 2):
        name, lines = page.topic()
        page.raw(f'<h{level}>{name}<a class="headerlink" href="#x">¶</a></h{level}>\n')
        page.paragraph(lines[:3], "<p>", "</p>\n")
        page.raw("<ul class='simple'>\n")
        for line in lines[3:5]:
            page.raw("<li><p>").say(line).raw("</p></li>\n")
        page.raw("</ul>\n<table><thead><tr><th>Part</th><th>Value</th></tr></thead><tbody>\n")
        for part, value in (
            ("Inlet valve", f"{12 * level} mm brass"),
            ("Relief valve", f"{number + level}.5 bar"),
            ("Coil", f"{20 * level + number} turns"),
        ):
            page.raw("<tr><td>").say(f"{part}</td><td>{value}").raw("</td></tr>\n")
        page.raw("</tbody></table>\n<dl><dt><code>max_rows</code></dt><dd><p>").say(lines[5]).raw("</p></dd></dl>\n")
    page.raw("<p>The service is started with this command:</p><pre>").say(
        f"ledgerd --port 80{10 + number} --data /srv/ledger --strict"
    )
    page.raw("</pre>\n</div>\n<div class='footer' role='contentinfo'>").noise(
        "© Copyright 2021, The Ledger Authors.", "footer"
    )
    return page.raw(" ").noise("Created using Sphinx 7.2.6.", "footer").raw("</div></body></html>\n")


def shop(number: int) -> Page:
    page = Page("shop_html", number, "text/html")
    page.raw("<html><body><div class='header'><ul class='menu'>\n")
    links(page, MENUS[3], "navigation").raw("</ul></div><div class='breadcrumb'>")
    page.noise("Home &gt; Garden &gt; Pumps &gt; P-12", "navigation").raw(
        "</div>\n<h1>Pump P-12</h1>\n<div class='description'>"
    )
    page.paragraph(TOPICS["Pump P-12"][: 4 + number % 4], "<p>", "</p>\n")
    page._topics = iter([name for name in TOPICS if name != "Pump P-12"][number:])
    page.raw("</div><p>").noise("Add to cart", "navigation").raw("</p><p>").noise(
        "Free shipping on orders over 50 euros", "navigation"
    )
    page.raw("</p>\n<div class='reviews'>")
    _, lines = page.topic()
    page.paragraph(lines[:3], "<p>", "</p>")
    page.raw("</div>\n<div><h3>Popular searches</h3>\n")
    for entry in (
        "garden pump cheap",
        "pump spare parts",
        "buy hose online",
        "water filter sale",
        "best pump 2024",
        "pond pump test",
    ):
        page.raw(f'<a href="/s?q={entry.replace(" ", "+")}">').noise(entry, "link farm").raw("</a> ")
    page.raw("</div>\n<form>").noise("Enter your e-mail address", "form").raw("<input><button>").noise(
        "Subscribe", "form"
    )
    page.raw("</button></form>\n<div id='footer'>").noise(FOOTERS[number % 2], "footer").raw("</div></body></html>")
    return page


def forum(number: int) -> Page:
    page = Page("forum_html", number, "text/html")
    page.raw("<html><body><p><a href='/'>").noise("Forum index", "navigation").raw("</a> &raquo; <a href='/g'>").noise(
        "Garden", "navigation"
    )
    page.raw("</a></p>\n")
    for user in range(3):
        _, lines = page.topic()
        page.raw("<div class='post'><p class='meta'>").noise(
            f"Posted by gardener{user} on 3 June 2022, 17:0{user}", "navigation"
        ).raw("</p>\n")
        page.paragraph(lines[:4], "<p>", "</p>\n")
        page.raw("<p>").noise(f"{user + 3} likes | Reply | Quote | Report", "navigation").raw("</p></div>\n")
    page.raw("<p>").noise("You must be logged in to reply to this topic.", "navigation").raw("</p><p>")
    return page.noise("Powered by phpBB", "footer").raw("</p></body></html>")


def broken(number: int) -> Page:
    page = Page("broken_html", number, "text/html" if number % 2 else None)
    name, lines = page.topic()
    page.raw(f"<div><h2>{name}<table border=1><tr><td>").noise("Home | News | Contact | Sitemap", "navigation").raw(
        "<tr><td>"
    )
    page.paragraph(lines[:2], "<p>", "<p>")
    page.raw("<td class='x' <tr ").noise('<img src="pixel.gif" width=1 height=1', "broken markup").raw(" >\n<p>")
    page.say(lines[2]).raw(" <b><i>").say(lines[3]).raw("</b></div></span></td>\n<p>").say(lines[4])
    page.raw("\n<!-- ").noise("TODO remove old banner before launch", "markup").raw(" -->\n<font color=red><p>").say(
        lines[5]
    )
    page.raw("\n<p>").noise('" style="float:left" onclick="return false" class="btn btn-primary">', "broken markup")
    _, more = page.topic()
    page.raw("\n<ul><li>").say(more[0]).raw("<li>").say(more[1]).raw("\n</ul><center>").noise(
        "Back to top", "navigation"
    ).raw("</center>")
    return page.raw("<small>").noise("© 2003 Webmaster. All rights reserved.", "footer").raw("</small>\n")


def wiki(number: int) -> Page:
    page = Page("wiki_text", number, "text/plain")
    name, lines = page.topic()
    page.noise(
        "{{Infobox place\n| name = "
        + name
        + "\n| population = 4,210\n| map = {{Location map|North|width=240}}\n| founded = 1742\n}}",
        "template residue",
    ).raw("\n")
    page.noise("[[File:View 12.jpg|thumb|right|250px|View from the north]]", "template residue").raw("\n\n")
    page.say(lines[0]).noise("<ref>{{cite book|last=Penhale|title=Old mills|year=1988}}</ref>", "template residue").raw(
        " "
    )
    page.say(lines[1]).noise("{{citation needed|date=May 2020}}", "template residue").raw(" ").say(lines[2]).raw("\n\n")
    page.raw("== History ==\n").paragraph(lines[3:6])
    page.noise(
        '{| class="wikitable"\n! Year !! Visitors\n|-\n| 1999 || 1,200\n|-\n| 2009 || 3,400\n|}', "template residue"
    ).raw("\n\n")
    _, more = page.topic()
    page.paragraph(more[:4])
    page.noise("{{reflist}}", "template residue").raw("\n").noise("[[Category:Mills]]", "template residue").raw("\n")
    return page.noise("[[Category:Buildings in the north]]", "template residue").raw("\n")


def readme(number: int) -> Page:
    page = Page("readme_md", number, "text/markdown")
    page.raw("---\n").noise("title: Ledger service\ntags: [ledger, storage]\nlayout: default", "metadata").raw(
        "\n---\n\n# Ledger service\n\n"
    )
    page.noise(
        "[![build](https://ci.example/b.svg)](https://ci.example) [![pypi](https://img.example/p.svg)](https://pkg.example)",
        "markup",
    )
    page.raw("\n\n")
    page.paragraph(TOPICS["Ledger service"][:3])
    page.raw("## Contents\n\n")
    for entry in ("Installation", "Usage", "License"):
        page.raw("- ").noise(f"[{entry}](#{entry.lower()})", "table of contents").raw("\n")
    page.raw("\n## Installation\n\n```sh\n").say(f"ledger install --channel stable --jobs {number + 2}").raw(
        "\n```\n\n"
    )
    page.raw("## Usage\n\n| Option | Meaning |\n| --- | --- |\n").say("| `max_batch` | entries flushed together |").raw(
        "\n"
    )
    page.say("| `strict` | refuse foreign currencies |").raw("\n\n")
    for line in TOPICS["Ledger service"][3:6]:
        page.raw("- ").say(line).raw("\n")
    _, lines = page.topic()
    page.raw("\n").paragraph(lines[:3])
    page.raw("<!-- ").noise("prettier-ignore-start: do not edit this block by hand", "markup").raw(" -->\n\n")
    page.noise(
        "{{< youtube id=x81hXQ >}}" if number % 2 else "{% include banner.html title='Hello' %}", "template residue"
    ).raw("\n\n## License\n\n")
    for line in MIT:
        page.noise(line, "licence").raw("\n\n")
    return page.noise("Copyright (c) 2022 The Ledger Authors", "footer").raw("\n")


def pdf(number: int) -> Page:
    page = Page("pdf_text", number, "text/plain")
    head = page.pick(
        "Orsa Water Board - Annual Report 2019",
        "P-12 Operating Manual, Revision C",
        "Proceedings of the Harbour Society",
    )
    page.raw("TABLE OF CONTENTS\n\n")
    for place, entry in enumerate(("Introduction", "The northern shore", "Measurements", "Maintenance", "Outlook")):
        dots = " " + "." * (40 - len(entry)) + " " if number % 2 else " . . . . . . . . . . . "
        page.noise(f"{place + 1} {entry}{dots}{place * 7 + 3}", "table of contents").raw("\n")
    page.raw("\f")
    for sheet in range(4):
        name, lines = page.topic()
        page.noise(head, "page header").raw("\n\n")
        page.raw(f"{sheet + 1} {name}\n\n")
        for at in (0, 3):
            page.paragraph(lines[at : at + 3], joint="\n")
        page.noise(f"Page {sheet + 3} of 24" if number % 3 else f"- {sheet + 3} -", "page header").raw("\n\f")
    return page


def ocr(number: int) -> Page:
    page = Page("ocr_text", number, "text/plain")
    for _ in range(3):
        _, lines = page.topic()
        page.paragraph(lines[:3])
        garbage = []
        for word in lines[3].split() + lines[4].split():
            letters = list(word)
            for _ in range(2):
                letters.insert(page.rng.randrange(len(letters) + 1), page.rng.choice("|~^\\1l}{*§¬=#;!"))
            garbage.append("".join(letters))
        page.noise(" ".join(garbage), "ocr noise").raw("\n\n")
    page.noise("~~ .,; ii |l1 __ ^^ -- ,. ' `` ~ |_| :;: ..,, l| 1I", "ocr noise").raw("\n\n")
    _, lines = page.topic()
    return page.paragraph(lines[:4])


def textbook(number: int) -> Page:
    page = Page("textbook", number, "text/plain" if number % 2 else "text/markdown")
    mark = "" if number % 2 else "## "
    for _ in range(2):
        name, lines = page.topic()
        page.raw(f"{mark}{name}\n\n").paragraph(lines[:3]).paragraph(lines[3:5])
        page.noise(
            page.pick("Why does the wheel stop at low water?", "What would happen without the gate?"), "question"
        ).raw("\n\n")
    page.raw(f"{mark}Exercises\n\n")
    for at, entry in enumerate(
        (
            "Explain in your own words how the gate works.",
            "Calculate how much water passes in one hour.",
            "Compare the two designs and say which one you prefer.",
            "How many cycles does the pack survive?",
        )
    ):
        page.raw(f"{at + 1}. ").noise(entry, "exercise").raw("\n")
    return page


def rst(number: int) -> Page:
    page = Page("manual_rst", number, "text/x-rst")
    page.noise(".. _ledger-intro:", "markup").raw("\n\n")
    for _ in range(2):
        name, lines = page.topic()
        page.raw(f"{name}\n{'=' * len(name)}\n\n").paragraph(lines[:2], joint="\n")
        page.raw(".. note::\n\n   ").say(lines[2]).raw("\n\n* ").say(lines[3]).raw("\n* ").say(lines[4]).raw("\n\n")
        page.raw("The server is configured in one file::\n\n    ").say(
            f"[server]\n    port = {8000 + number}\n    journal = /srv/journal"
        ).raw("\n\n")
    page.noise(".. toctree::\n   :maxdepth: 2\n\n   install\n   usage", "table of contents").raw("\n\n")
    page.noise(".. image:: figures/gate.png\n   :width: 300", "markup").raw("\n\n")
    _, lines = page.topic()
    page.paragraph(lines[:2], joint="\n")
    return page.noise(".. comment: rewrite this part before the release", "markup").raw("\n")


def source(number: int) -> Page:
    page = Page("source", number, "text/x-source")
    page.raw("# ").noise("Copyright 2020 The Ledger Authors", "footer").raw("\n# ").noise(
        "Licensed under the Apache License, Version 2.0.", "licence"
    )
    page.raw("\n# ").noise("SPDX-License-Identifier: Apache-2.0", "licence").raw("\n\n")
    _, lines = page.topic()
    page.raw("# ").say(lines[0]).raw("\n# ").say(lines[1]).raw("\n\n")
    page.say(
        f"def flush(entries, limit={number + 8}):\n    batch = entries[:limit]\n"
        "    journal.write(batch)\n    return len(batch)"
    ).raw("\n\n\n")
    page.raw("class Gate:\n    ").raw('"""').say(lines[2]).raw(
        '"""\n\n    def open(self, height):\n        self.height = height\n\n\n'
    )
    page.raw('LOGO = (\n    "').noise(page.blob(160, B64), "base64").raw('"\n)\n')
    return page


def minified(number: int) -> Page:
    page = Page("pasted_text", number, None)
    _, lines = page.topic()
    page.paragraph(lines[:3])
    page.noise(
        "!function(e,t){"
        + "".join(f"var {c}=e.{c}{n}||{{}};{c}.x=function(a,b){{return a+b*{n}}};" for n, c in enumerate("abcdefghijk"))
        + "}(window,document);",
        "minified code",
    ).raw("\n\n")
    page.paragraph(lines[3:6])
    page.noise("sha256:" + page.blob(64, HEX), "hash").raw("\n\n").noise(
        page.blob(40, HEX) + "  release.tar.gz", "hash"
    ).raw("\n\n")
    _, more = page.topic()
    page.paragraph(more[:3])
    page.noise("\n".join(page.blob(76, B64) for _ in range(5)), "base64").raw("\n\n")
    page.noise("Dear {{ customer.first_name }}, {{ order.total|currency }}", "template residue").raw("\n\n")
    page.paragraph(more[3:5])
    page.noise("Skip to content | Log in | Register | Search", "navigation").raw("\n\n").noise(
        COOKIES[number % 3], "cookie notice"
    )
    page.raw("\n\n").paragraph(more[5:6])
    page.noise("-----BEGIN PUBLIC KEY-----\n" + page.blob(64, B64) + "\n-----END PUBLIC KEY-----", "base64")
    return page.raw("\n")


def shortcodes(number: int) -> Page:
    page = Page("cms_export", number, "text/html" if number % 2 else "text/plain")
    _, lines = page.topic()
    wrap = ("<p>", "</p>\n") if number % 2 else ("", "\n\n")
    page.raw(wrap[0]).noise('[vc_row css=".vc_custom_1{margin:0}"][vc_column width="1/2"]', "template residue").raw(
        wrap[1]
    )
    page.paragraph(lines[:2], wrap[0], wrap[1])
    page.raw(wrap[0]).noise(
        "<?php echo get_the_title($post->ID); ?>" if not number % 2 else "{{#each items}}{{name}}{{/each}}",
        "template residue",
    )
    page.raw(wrap[1]).raw(wrap[0]).noise("%FIRST_NAME% %LAST_NAME%", "template residue").raw(wrap[1])
    page.paragraph(lines[2:4], wrap[0], wrap[1])
    page.raw(wrap[0]).noise("{% if user.is_member %}{% include 'offer.html' %}{% endif %}", "template residue").raw(
        wrap[1]
    )
    page.paragraph(lines[4:6], wrap[0], wrap[1])
    page.raw(wrap[0]).noise("${site.footer.text} ${site.year}", "template residue").raw(wrap[1])
    return page.raw(wrap[0]).noise("Unsubscribe", "footer").raw(wrap[1])


def foreign(number: int) -> Page:
    language = list(FOREIGN)[number % len(FOREIGN)]
    page = Page(f"foreign_{language}", number, "text/html" if number < len(FOREIGN) else "text/plain")
    menus = {
        "de": ["Startseite", "Produkte", "Über uns", "Kontakt", "Impressum", "Datenschutz"],
        "es": ["Inicio", "Productos", "Noticias", "Contacto", "Buscar"],
        "fr": ["Accueil", "Produits", "Recherche", "Contact", "Mentions légales"],
        "zh": ["首页", "新闻", "关于我们", "联系我们"],
        "ja": ["ホーム", "ニュース", "お問い合わせ", "会社概要"],
        "ar": ["الرئيسية", "الأخبار", "اتصل بنا", "من نحن"],
        "hi": ["मुखपृष्ठ", "समाचार", "संपर्क करें", "हमारे बारे में"],
    }[language]
    notice = {
        "de": "Wir verwenden Cookies, um unsere Website für Sie zu verbessern.",
        "es": "Utilizamos cookies propias y de terceros para mejorar nuestros servicios.",
        "fr": "Nous utilisons des cookies pour améliorer votre visite.",
        "zh": "本网站使用cookies以改善您的体验。",
        "ja": "当サイトはCookieを使用しています。",
    }.get(language)
    joint = "" if language in ("zh", "ja") else " "
    lines = FOREIGN[language]
    if page.media_type == "text/html":
        page.raw("<html><body><ul>\n")
        links(page, menus, "navigation").raw("</ul>\n")
        page.paragraph(lines[:3], "<p>", "</p>\n", joint)
        if notice:
            page.raw("<div><p>").noise(notice, "cookie notice").raw("</p></div>\n")
        page.paragraph(lines[3:], "<p>", "</p>\n", joint)
        return page.raw("<footer>").noise("© 2024 Orsa", "footer").raw("</footer></body></html>")
    page.paragraph(lines[:3], joint=joint)
    if notice:
        page.noise(notice, "cookie notice").raw("\n\n")
    if language in ("de", "es", "fr"):
        page.noise(" | ".join(menus), "navigation").raw("\n\n")
    return page.paragraph(lines[3:], joint=joint)


def in_language(language: str, lines: Language, *, linked: bool) -> Page:
    """Content between boilerplate: a page with links and no telling names, or plain paragraphs without any markup."""
    content, boilerplate = lines
    page = Page(f"{'page' if linked else 'plain'}_{language}", 0, "text/html" if linked else "text/plain")
    joint = "" if language in ("zh", "ja") else " "
    menu = next(place for place, (_, reason) in enumerate(boilerplate) if reason == "navigation")
    above, below = boilerplate[menu : menu + 1] + boilerplate[:2], boilerplate[2:menu] + boilerplate[menu + 1 :]

    def paragraph(text: str, reason: str) -> None:
        if not linked:
            page.noise(text, reason).raw("\n\n")
        elif reason == "navigation":
            page.raw("<div>")
            for entry in text.split(" | "):
                page.raw(f'<a href="/{len(page.text)}">').noise(entry.replace(">", "&gt;"), reason).raw("</a> ")
            page.raw("</div>\n")
        else:
            page.raw("<div><p>").noise(text, reason).raw("</p></div>\n")

    page.raw("<html><body>\n" if linked else "")
    for text, reason in above:
        paragraph(text, reason)
    for part in (content[:2], content[2:]):
        page.paragraph(part, "<p>" if linked else "", "</p>\n" if linked else "\n\n", joint)
    for text, reason in below:
        paragraph(text, reason)
    return page.raw("</body></html>\n" if linked else "")


KINDS = [news, manual, shop, forum, broken, wiki, readme, pdf, ocr, textbook, rst, source, minified, shortcodes]


def write(name: str, pages: list[Page]) -> None:
    with (HERE / name).open("w", encoding="utf-8") as out:
        for page in pages:
            for start, end in page.content:
                assert page.text[start:end].strip()
            out.write(json.dumps(page.row(), ensure_ascii=False) + "\n")


def main() -> None:
    pages = [kind(number) for kind in KINDS for number in range(5)]
    pages += [foreign(number) for number in range(2 * len(FOREIGN))]
    write("pages.jsonl", pages)
    for name, languages in (("languages.jsonl", SEEN), ("held_out.jsonl", HELD_OUT)):
        both = [(language, lines, linked) for language, lines in languages.items() for linked in (True, False)]
        write(name, [in_language(language, lines, linked=linked) for language, lines, linked in both])


if __name__ == "__main__":
    main()
