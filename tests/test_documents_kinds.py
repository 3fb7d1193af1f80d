"""Documents as people have them: what each reader keeps, and what may be asked about, kind by kind."""

# ruff: noqa: E501  # markup of a page stays on one line
from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path

import pytest

from selfstudy_guard import Guard, TargetSampler, generate
from selfstudy_guard.documents import Skipped, mask_artefacts, own_pairs, read_documents, segment
from selfstudy_guard.documents.sentences import sentence_spans
from selfstudy_guard.generation import plan
from selfstudy_guard.records import Document, Segmentation
from selfstudy_guard.testing import ExtractiveReader
from tests.support.office import cell, docx, paragraph, run, table


def read(path: Path, **options: object) -> tuple[list[Document], list[Skipped]]:
    skipped: list[Skipped] = []
    return list(read_documents(path, on_skip=skipped.append, **options)), skipped  # type: ignore[arg-type]


def text_of(path: Path) -> str:
    documents, skipped = read(path)
    assert len(documents) == 1, skipped
    return documents[0].text


def pieces(path: Path) -> tuple[Document, Segmentation]:
    documents, skipped = read(path)
    assert documents, skipped
    return documents[0], segment(documents[0])


def eligible(path: Path) -> list[str]:
    return [" ".join(target.text.split()) for target in pieces(path)[1].targets if target.eligible]


def shown(path: Path) -> str:
    document, found = pieces(path)
    return " ".join(mask_artefacts(document.text, found.artefacts).split())


def saved(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# K1: Word


def test_a_text_box_stands_once_behind_its_paragraph(tmp_path: Path) -> None:
    inner = f"<w:txbxContent>{paragraph(run('Danger: 400 volts behind this door.'))}</w:txbxContent>"
    box = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp>"
        f"<wps:txbx>{inner}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{inner}</v:textbox></v:shape></w:pict></mc:Fallback>"
        f"</mc:AlternateContent></w:r>"
    )
    text = text_of(
        docx(tmp_path / "x.docx", paragraph(run("The plant room is locked."), box) + paragraph(run("Ask the porter.")))
    )
    assert text == "The plant room is locked.\n\nDanger: 400 volts behind this door.\n\nAsk the porter."


def test_footnotes_are_kept_apart_from_their_sentence(tmp_path: Path) -> None:
    notes = f'<w:footnote w:id="7">{paragraph(run("Measured in March at low tide."))}</w:footnote>'
    body = paragraph(run("The basin is 4.2 m deep"), '<w:r><w:footnoteReference w:id="7"/></w:r>', run("."))
    path = docx(tmp_path / "x.docx", body, {"footnotes": notes})
    assert "Measured in March at low tide." in text_of(path)
    assert "The basin is 4.2 m deep." in shown(path).replace(" .", ".")


NUMBERS = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="%1.%2)"/></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>'
)


def numbered(text: str, level: int = 0) -> str:
    return paragraph(run(text), properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>')


def test_numbers_of_lists_are_those_that_word_shows(tmp_path: Path) -> None:
    body = (
        numbered("Close the valve.")
        + numbered("Drain the pump.")
        + numbered("Use the red hose.", 1)
        + numbered("Open it again.")
    )
    text = text_of(docx(tmp_path / "x.docx", body, {"numbering": NUMBERS}))
    assert "3. Close the valve." in text
    assert "4. Drain the pump." in text
    assert "4.a) Use the red hose." in text
    assert "5. Open it again." in text


def test_moved_text_stands_where_it_went(tmp_path: Path) -> None:
    body = paragraph(run("First. "), f'<w:moveFrom w:id="1">{run("The lock is brass. ")}</w:moveFrom>') + paragraph(
        run("Second. "), f'<w:moveTo w:id="2">{run("The lock is brass.")}</w:moveTo>'
    )
    assert text_of(docx(tmp_path / "x.docx", body)) == "First.\n\nSecond. The lock is brass."


def test_a_block_of_a_form_is_read_and_its_prompt_is_not(tmp_path: Path) -> None:
    empty = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        + run("Click here to enter text.")
        + "</w:sdtContent></w:sdt>"
    )
    block = "<w:sdt><w:sdtContent>" + paragraph(run("The inspector found no leak.")) + "</w:sdtContent></w:sdt>"
    body = block + paragraph(run("Remarks: "), empty)
    assert text_of(docx(tmp_path / "x.docx", body)) == "The inspector found no leak.\n\nRemarks:"


def test_fractions_and_powers_read_as_people_type_them(tmp_path: Path) -> None:
    def t(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = f"<m:sSup><m:e>{t('v')}</m:e><m:sup>{t('2')}</m:sup></m:sSup>"
    math = f"<m:oMath>{t('h=')}<m:f><m:num>{power}</m:num><m:den>{t('2g')}</m:den></m:f></m:oMath>"
    body = paragraph(run("The head is "), math, run(" in metres."))
    assert text_of(docx(tmp_path / "x.docx", body)) == "The head is h=(v^2)/2g in metres."


def test_a_header_in_two_rows_is_one(tmp_path: Path) -> None:
    def c(text: str, properties: str = "") -> str:
        return cell(paragraph(run(text)), properties=properties)

    body = table(
        [c("Pump", '<w:vMerge w:val="restart"/>'), c("Summer", '<w:gridSpan w:val="2"/>')],
        [c("", "<w:vMerge/>"), c("Flow"), c("Power")],
        [c("P1"), c("55 l/s"), c("15 kW")],
    )
    text = text_of(docx(tmp_path / "x.docx", body))
    assert text.split("\n")[0] == "| Pump | Summer Flow | Summer Power |"
    assert "| P1 | 55 l/s | 15 kW |" in text


def test_a_drop_cap_belongs_to_its_word(tmp_path: Path) -> None:
    cap = paragraph(run("T"), properties='<w:framePr w:dropCap="drop" w:lines="3"/>')
    assert (
        text_of(docx(tmp_path / "x.docx", cap + paragraph(run("he mill was built in 1742."))))
        == "The mill was built in 1742."
    )


# K8: rows


def test_a_version_is_no_document(tmp_path: Path) -> None:
    rows = {"name": "pump-driver", "version": "2.4.1", "scripts": {"build": "make all"}}
    documents, skipped = read(saved(tmp_path / "package.json", json.dumps(rows)))
    assert not documents
    assert "name" in skipped[0].reason


def test_sections_of_an_article_are_joined(tmp_path: Path) -> None:
    article = {
        "headline": "Harbour bridge",
        "sections": [
            {"heading": "History", "body": ["The bridge was opened in 1911.", "It was widened in 1954."]},
            {"heading": "Traffic", "body": ["It carries 9,000 cars a day."]},
        ],
    }
    documents, skipped = read(saved(tmp_path / "x.json", json.dumps(article)))
    assert [all(part in documents[0].text for part in ("1911", "1954", "9,000 cars"))] == [True], skipped


def test_several_fields_are_joined(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.csv", "id,title,body\n7,Oil change,The pump holds nine litres.\n")
    documents, _ = read(path, text_field=["title", "body"])
    assert documents[0].text == "Oil change\n\nThe pump holds nine litres."
    assert documents[0].metadata["id"] == "7"


def test_json_lines_under_the_name_of_json(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.json", '{"text": "The first row has words."}\n{"text": "The second one too."}\n')
    assert [document.text for document in read(path)[0]] == ["The first row has words.", "The second one too."]


def test_a_list_of_paragraphs_in_a_column(tmp_path: Path) -> None:
    row = {"id": "a1", "paragraphs": ["The lamp burns oil.", "It was lit in 1871."]}
    documents, skipped = read(saved(tmp_path / "x.jsonl", json.dumps(row) + "\n"))
    assert documents, skipped
    assert documents[0].text == "The lamp burns oil.\n\nIt was lit in 1871."


def test_an_id_is_never_the_text(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.csv", "uuid,weight\n5f2a-99,12\n7c1b-03,15\n")
    documents, skipped = read(path)
    assert not documents
    assert skipped


def test_where_two_fields_fit_it_is_asked(tmp_path: Path) -> None:
    words = "The harbour was dredged in the spring of 1954 and again ten years later."
    row = {"summary": words, "remarks": words.replace("harbour", "channel"), "n": 1}
    documents, skipped = read(saved(tmp_path / "x.jsonl", json.dumps(row) + "\n"))
    assert not documents
    assert "--text-field" in skipped[0].reason


# K9: words


@pytest.mark.parametrize(
    ("name", "markup", "words"),
    [
        ("x.html", "<p>Das Donau&shy;dampf&shy;schiff fuhr 1829 nach Budapest.</p>", "Donaudampfschiff fuhr"),
        ("x.html", "<p>The CO<sub>2</sub> level rose to 12 m<sup>3</sup>.</p>", "CO2 level rose to 12 m3."),
        ("x.html", "<p><span class='dropcap'>T</span>he mill was built in 1742 by monks.</p>", "The mill was built"),
        ("x.html", "<p>The Un<b>believ</b>able Mill was <i>re</i>built in 1742.</p>", "Unbelievable Mill was rebuilt"),
        ("x.html", "<p>Open https://mill.example/<wbr>visits to book a tour of it.</p>", "mill.example/visits"),
        ("x.html", "<p>The mill&#173;pond holds nine million litres of water.</p>", "millpond holds"),
        (
            "x.md",
            "The H<sub>2</sub>SO<sub>4</sub> tank holds **nine**teen litres of acid.",
            "H2SO4 tank holds nineteen",
        ),
        (
            "x.txt",
            "The surveyors measured the pumping sta-\ntion in 1931 and the well-\nknown weir in 1940.\n\n"
            "The well-known weir stood.",
            "pumping station in 1931 and the well-known weir",
        ),
        ("x.html", "<p>Nine litres<br>of oil<br/>go into the pump each year.</p>", "litres of oil go"),
    ],
)
def test_words_are_whole_for_the_model(tmp_path: Path, name: str, markup: str, words: str) -> None:
    assert words in shown(saved(tmp_path / name, markup))


# K10: text in lines


def test_whatsapp_messages_are_units(tmp_path: Path) -> None:
    chat = (
        "[12.03.24, 10:14:33] Ines: The boiler runs at 62 degrees now\n"
        "[12.03.24, 10:15:02] Omar: Is that safe?\n"
        "[12.03.24, 10:16:40] Ines: Yes, the limit is 80 degrees.\nIt is written on the plate.\n"
        "[12.03.24, 10:17:12] Omar: Thanks\n"
    )
    found = pieces(saved(tmp_path / "chat.txt", chat))[1]
    told = {" ".join(target.text.split()): target for target in found.targets}
    assert told["The boiler runs at 62 degrees now"].eligible
    assert "Ines" in told["The boiler runs at 62 degrees now"].lead
    assert not told["Is that safe?"].eligible
    assert not any("Ines" in text and "Omar" in text for text in told)


def test_irc_and_dashed_chats(tmp_path: Path) -> None:
    chat = (
        "3/7/24, 9:05 AM - Ada: The gate code changed to 4410 on Monday.\n"
        "3/7/24, 9:06 AM - Ben: Who has the old key?\n"
        "3/7/24, 9:09 AM - Ada: The porter keeps it in the blue box.\n"
    )
    found = pieces(saved(tmp_path / "chat.txt", chat))[1]
    assert [target.text for target in found.targets if target.eligible] == [
        "The gate code changed to 4410 on Monday.",
        "The porter keeps it in the blue box.",
    ]


def test_webvtt_is_running_text(tmp_path: Path) -> None:
    cues = (
        "WEBVTT\n\nNOTE made by hand\n\nintro\n00:01.000 --> 00:04.000 align:start\n<v Ada>The mill was built\n\n"
        "00:04.000 --> 00:06.500\nin 1742 by monks from Trier.\n\n00:07.000 --> 00:09.000\n[music]\n"
    )
    path = saved(tmp_path / "talk.vtt", cues)
    assert eligible(path) == ["Ada: The mill was built in 1742 by monks from Trier."]
    assert read(path)[0][0].metadata["cues"][0]["start_ms"] == 1000


def test_mail_keeps_its_own_words(tmp_path: Path) -> None:
    mail = (
        "From: Ada <ada@mill.example>\nTo: ben@mill.example\nSubject: =?utf-8?q?Pump_=C3=96l?=\n"
        "Date: Mon, 4 Mar 2024 10:00:00 +0100\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\nThe pump now holds nine litres of =C3=96l.\n\n"
        "On Sun, 3 Mar 2024, Ben wrote:\n> How much oil does it hold?\n> Regards\n\n-- \nAda\nMill Ltd, 4 Weir Lane\n"
    )
    path = saved(tmp_path / "x.eml", mail)
    assert eligible(path) == ["The pump now holds nine litres of Öl."]
    document = read(path)[0][0]
    assert document.metadata["from"] == "Ada <ada@mill.example>"
    assert "Weir Lane" not in document.text
    assert "Pump Öl" in document.text


def test_a_mailbox_is_a_document_a_message(tmp_path: Path) -> None:
    box = "".join(
        f"From ada@mill.example Mon Mar  4 10:0{n}:00 2024\nFrom: Ada\nSubject: Note {n}\n\nPump {n} holds {n + 4} litres of oil.\n\n"
        for n in range(3)
    )
    documents, _ = read(saved(tmp_path / "x.mbox", box))
    assert [document.id for document in documents] == ["x.mbox:1", "x.mbox:2", "x.mbox:3"]
    assert "Pump 2 holds 6 litres of oil." in documents[2].text


def test_notebooks_of_old_and_new_versions(tmp_path: Path) -> None:
    new = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [
            {"id": "a", "cell_type": "markdown", "metadata": {}, "source": ["# Flow\n", "The weir passes 55 litres a second."]},
            {"id": "b", "cell_type": "code", "metadata": {}, "execution_count": 1, "source": "print(2 * r[1])",
             "outputs": [{"output_type": "stream", "name": "stdout", "text": ["110 litres\n"]}]},
        ],
    }  # fmt: skip
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [{"metadata": {}, "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["The old weir passes 40 litres a second."]}]}],
    }  # fmt: skip
    path = saved(tmp_path / "new.ipynb", json.dumps(new))
    targets = [target for target in pieces(path)[1].targets if target.eligible]
    assert [target.kind for target in targets][:2] == ["sentence", "code_block"]
    assert [target.reason for target in pieces(path)[1].targets if "110" in target.text] == ["output"]
    assert "110 litres" in shown(path)  # context, not a target
    assert "r[1]" in shown(path)
    assert "cell_type" not in text_of(path)
    assert eligible(saved(tmp_path / "old.ipynb", json.dumps(old))) == ["The old weir passes 40 litres a second."]


# K11: wiki


def test_a_lead_with_references_and_conversions(tmp_path: Path) -> None:
    page = (
        "{{Infobox mill|name=Holt}}\n'''Holt Mill''' is a [[watermill]] built in 1742<ref name=\"a\">{{cite web|url=https://x.example|title=Holt}}</ref> "
        'on the [[River Ald|Ald]], {{convert|12|km|mi}} north of Trier.{{citation needed|date=May 2020}} It closed in 1931.<ref name="a"/>\n\n'
        "== History ==\n* The weir is {{convert|3.5|m|ft}} high.\n* {{lang|de|Mühle}} means mill in German.\n\n[[Category:Mills]]\n"
    )
    path = saved(tmp_path / "page.txt", page)
    seen = shown(path)
    assert "Holt Mill is a watermill built in 1742 on the Ald, 12 km north of Trier." in " ".join(seen.split()).replace(
        " ,", ","
    ).replace(" .", ".")
    assert "3.5 m high" in seen
    assert "Mühle means mill" in seen
    assert "cite" not in seen
    assert "Infobox" not in seen
    assert sum("1742" in text for text in eligible(path)) == 1


def test_wiki_dumps_are_articles(tmp_path: Path) -> None:
    dump = (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo><sitename>W</sitename></siteinfo>'
        "<page><title>Holt Mill</title><ns>0</ns><revision><text>'''Holt Mill''' was built in 1742 by monks.</text></revision></page>"
        "<page><title>Mill of Holt</title><ns>0</ns><redirect title='Holt Mill'/><revision><text>#REDIRECT [[Holt Mill]]</text></revision></page>"
        "<page><title>Talk:Holt Mill</title><ns>1</ns><revision><text>Is this right?</text></revision></page></mediawiki>"
    )
    documents, skipped = read(saved(tmp_path / "w.xml", dump))
    assert [document.metadata["title"] for document in documents] == ["Holt Mill"]
    assert "2 redirects" in str(skipped[0])


def test_a_lead_with_a_footnote_template(tmp_path: Path) -> None:
    page = (
        "'''Ald Bridge''' is a bridge of stone that was opened in 1911.{{sfn|Holt|1999|p=4}}\n"
        "* It has nine arches.\n* It was widened in 1954.{{efn|The {{lang|fr|pont}} was closed.}}\n"
    )
    assert [text for text in eligible(saved(tmp_path / "p.txt", page)) if "1911" in text or "1954" in text] != []
    assert any("1911" in text for text in eligible(tmp_path / "p.txt"))


# K12: tables of pages


def test_a_list_in_a_cell_stays_with_its_row(tmp_path: Path) -> None:
    page = (
        "<table><tr><th>Room</th><th>Holds</th></tr><tr><td>Engine hall</td><td><ul><li>the 1911 steam engine</li>"
        "<li>two boilers of 1920</li></ul></td></tr><tr><td>Loft</td><td><p>nine sacks</p><p>one hoist</p></td></tr></table>"
    )
    found = pieces(saved(tmp_path / "x.html", page))[1]
    rows = [target for target in found.targets if target.eligible]
    assert "Engine hall" in rows[0].text
    assert "two boilers" in rows[0].text
    assert rows[0].lead == "Room | Holds"
    assert len(rows) == 2


def test_labels_of_merged_cells_go_down(tmp_path: Path) -> None:
    page = (
        "<table><tr><th>Pump</th><th>Month</th><th>Flow</th></tr><tr><td rowspan=3>North pump</td><td>May</td><td>55 litres a second</td></tr>"
        "<tr><td>June</td><td>40 litres a second</td></tr><tr><td>July</td><td>38 litres a second</td></tr>"
        "<tr><td>South pump</td><td>May</td><td>60 litres a second</td></tr></table>"
    )
    found = pieces(saved(tmp_path / "x.html", page))[1]
    row = next(target for target in found.targets if "June" in target.text)
    assert "North pump" in f"{row.lead} {row.text}"
    last = next(target for target in found.targets if "South" in target.text)
    assert "North pump" not in f"{last.lead} {last.text}"


def test_a_table_of_layout_is_still_read_in_parts(tmp_path: Path) -> None:
    page = (
        "<table><tr><td><ul><li><a href='/a'>Home</a></li><li><a href='/b'>News</a></li></ul></td><td><h2>History</h2>"
        "<p>The mill was built in 1742 by monks from Trier.</p><ul><li>It was widened in 1954 for the new wheel.</li></ul></td></tr></table>"
    )
    told = eligible(saved(tmp_path / "x.html", page))
    assert told == ["The mill was built in 1742 by monks from Trier.", "It was widened in 1954 for the new wheel."]


# K14: sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2023年産量は40トンだった。2024年は52トンに増えた。3月には新しい水車が動いた。", 3),
        ("该厂建于1742年。1931年关闭。2001年重新开放，成为博物馆。", 3),
        ("La portata è indicata in Fig. 3 e vale ca. 40 litri. La pompa fu costruita nel 1931 a Torino.", 2),
        ("Die Werte stehen in Tab. 4 und Abb. 7 auf S. 12. Die Pumpe fasst ca. 9 Liter Öl.", 2),
        ("Le débit figure au tabl. 4 et à la fig. 2 du vol. 3. La pompe fut construite en 1931.", 2),
        ("See Eq. 3 and Sec. 4 of Ref. 12 for the loss. Pump No. 7 holds approx. 9 litres of oil.", 2),
        ("Los datos están en la tabla núm. 4 y en la pág. 12. La bomba contiene aprox. 9 litros.", 2),
        ("Данные приведены в табл. 4 и на рис. 7 в т. 3 отчёта. Насос вмещает ок. 9 литров масла.", 2),
        ("The mill ran from Oct. 1931 to Feb. 1942 without a stop. It used max. 40 kW and min. 12 kW.", 2),
        ("Os dados estão na pág. 12 e na fig. 4 do vol. 2. A bomba n.º 7 contém aprox. 9 litros de óleo.", 2),
    ],
)  # fmt: skip
def test_numbers_do_not_hide_or_make_bounds(tmp_path: Path, text: str, count: int) -> None:
    found = pieces(saved(tmp_path / "x.txt", text))[1]
    assert len(found.targets) == count, [target.text for target in found.targets]


# K15: exercises


@pytest.mark.parametrize(
    "task",
    [
        "1. Describe the path of the water through the mill. [4 marks]\n2. The wheel is driven by ______ .\n",
        "- Which of these is a metal? (2 points)\n- a) oak\n- b) brass\n- c) slate\n",
        "**Aufgabe 3** Berechne die Fallhöhe des Wassers in der Mühle. (6 Punkte)\n\nDas Rad hat _____ Schaufeln.\n",
        "Q4. State two uses of brass. (2 marks)\n\nTrue or false: the wheel is made of oak.\n",
        "3) Calcule el caudal de la bomba en litros por segundo. (3 puntos)\n\n4) Complete: la rueda tiene ........ palas.\n",
    ],
)
def test_tasks_are_no_facts(tmp_path: Path, task: str) -> None:
    assert eligible(saved(tmp_path / "exam.md", "# Test on mills\n\n" + task)) == []


def test_options_of_an_exam_are_no_facts(tmp_path: Path) -> None:
    sheet = (
        "Physics exam, class 9\n\n1. What does a barometer measure?\n   A) the speed of the wind\n   B) the pressure of the air\n"
        "   C) the height of the tide\n   D) the weight of the water\n\n2. Water boils at sea level at\n   a) 90 degrees Celsius\n"
        "   b) 100 degrees Celsius\n   c) 110 degrees Celsius\n"
    )
    assert eligible(saved(tmp_path / "exam.txt", sheet)) == []


def test_a_steps_list_is_no_exam(tmp_path: Path) -> None:
    steps = "To change the oil:\n\n1. Close the red valve by hand.\n2. Drain nine litres of oil into a can.\n3. Open the red valve again.\n"
    assert len(eligible(saved(tmp_path / "x.md", steps))) == 3


def test_answers_of_a_faq_stay_eligible(tmp_path: Path) -> None:
    faq = "## How much oil does the pump hold?\n\nThe pump holds nine litres of oil.\n\n**Who changes it?**\n\nThe keeper changes it every spring.\n"
    assert eligible(saved(tmp_path / "faq.md", faq)) == [
        "The pump holds nine litres of oil.",
        "The keeper changes it every spring.",
    ]


# K16: encodings


GERMAN = "Die Mühle fördert täglich vierzig Säcke Mehl für die Bäcker der Gemeinde. "


@pytest.mark.parametrize("spoilt", [b"caf\xe9 ", b"\xff\xfe ", b"\x80 \x92 "])
def test_a_bad_byte_stays_alone(tmp_path: Path, spoilt: bytes) -> None:
    data = (GERMAN * 20).encode() + spoilt + (GERMAN * 20).encode()
    documents, skipped = read(saved(tmp_path / "x.txt", data))
    assert documents, skipped
    assert documents[0].text.count("Mühle fördert täglich") == 40
    assert documents[0].metadata.get("encoding") is None or "utf-8" in documents[0].metadata["encoding"]


def test_a_bad_byte_in_russian(tmp_path: Path) -> None:
    sentence = "Насос вмещает девять литров масла, и его меняют каждый год. "
    documents, skipped = read(saved(tmp_path / "x.txt", (sentence * 30).encode() + b"\x98 " + (sentence * 30).encode()))
    assert documents, skipped
    assert documents[0].text.count("девять литров") == 60


def test_a_cut_character_at_the_end(tmp_path: Path) -> None:
    documents, skipped = read(saved(tmp_path / "x.md", (GERMAN * 5).encode() + "ü".encode()[:1]))
    assert documents, skipped
    assert documents[0].text.count("fördert") == 5


def test_a_bad_byte_in_one_row(tmp_path: Path) -> None:
    rows = [json.dumps({"text": GERMAN.strip() + str(n)}, ensure_ascii=False).encode() for n in range(5)]
    rows[2] = rows[2].replace(b"Mehl", b"M\xe9hl")
    documents, _ = read(saved(tmp_path / "x.jsonl", b"\n".join(rows)))
    assert sum("Mühle fördert" in document.text for document in documents) >= 4


# F3: advertisements


@pytest.mark.parametrize(
    "block",
    [
        '<div class="ad-slot" id="div-gpt-ad-77">Save 20 % on boots this week at Harbour Shoes in town.</div>',
        '<div class="ad-container"><p>Try our rain coats for free for thirty days at home.</p></div>',
        "<div id='div-gpt-ad-1-0'><p>Our boats are cheaper than those of all other yards.</p></div>",
        '<section class="advertisement-wrapper"><p>Our boats are cheaper than all other boats here.</p></section>',
        "<p>ADVERTISEMENT - Save 20% on rain jackets at the harbour shop with code RAIN.</p>",
        "<p>Advertisement: The harbour shop sells rain jackets for nine crowns today.</p>",
        '<div class="sponsored-content-block"><p>The harbour shop sells jackets for nine crowns.</p></div>',
        '<div data-ad-slot="123" class="adunit"><p>The harbour shop sells jackets for nine crowns.</p></div>',
        '<aside class="google-auto-placed"><p>The harbour shop sells jackets for nine crowns.</p></aside>',
        "<p>Anzeige - Regenjacken kosten heute im Hafenladen nur neun Kronen das Stück.</p>",
    ],
)
def test_advertisements_are_artefacts(tmp_path: Path, block: str) -> None:
    page = f"<html><body><p>The mill was built in 1742 by monks from Trier.</p>{block}<p>The wheel was widened in 1954 for the mill.</p></body></html>"
    assert len(eligible(saved(tmp_path / "x.html", page))) == 2


def test_an_article_about_advertisements_is_content(tmp_path: Path) -> None:
    page = "<p>Advertisement in newspapers began in Venice in 1704 with a notice for an estate.</p><div class='adapter'><p>The adapter takes nine volts from the mains.</p></div>"
    assert len(eligible(saved(tmp_path / "x.html", page))) == 2


def test_pairs_of_a_faq_are_found_and_can_be_skipped(tmp_path: Path) -> None:
    faq = (
        "# Mill\n\nThe mill was built in 1742 by monks from Trier.\n\n## How much oil does the pump hold?\n\nThe pump holds nine litres of oil.\n\n"
        "## Who changes it?\n\nThe keeper changes it every spring. He uses the red can.\n\n## History\n\nIt closed in 1931 after the flood.\n"
    )
    document = read(saved(tmp_path / "faq.md", faq))[0][0]
    pairs = own_pairs(segment(document))
    assert [(pair.question.text, [one.text for one in pair.answer]) for pair in pairs] == [
        ("How much oil does the pump hold?", ["The pump holds nine litres of oil."]),
        ("Who changes it?", ["The keeper changes it every spring.", "He uses the red can."]),
    ]
    left = segment(document, skip_own_pairs=True)
    assert [target.text for target in left.eligible] == [
        "The mill was built in 1742 by monks from Trier.",
        "It closed in 1931 after the flood.",
    ]
    assert {target.reason for target in left.targets if not target.eligible} == {"heading", "own pair"}
    assert (
        own_pairs(
            segment(Document(id="x.md", text="# Mill\n\n## Why a mill?\n\nIt was built in 1742 by monks from Trier.\n"))
        )
        == ()
    )


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("fr", ["La pompe contient env. 9 litres d'huile.", "M. Dupont l'a remplie en 1950."]),
        ("fr", ["La roue est large de 3 m.", "La pompe contient 9 litres."]),
        ("nl", ["Dhr. Jansen kwam in 1950.", "Mevr. Jansen bleef thuis."]),
        ("it", ["Il sig. Rossi costruì il mulino.", "La dott. Bianchi lo misurò."]),
        ("pl", ["Młyn zbudował dr. Nowak.", "Ks. Lis go poświęcił."]),
        ("ru", ["Мельница сгорела в 1742 году.", "Это записал проф. Иванов."]),
        ("tr", ["Değirmeni Prof. Demir ölçtü.", "Dr. Kaya onardı."]),
        ("de", ["Das Rad baute Hr. Müller.", "Prof. Lang hat es 1954 vermessen."]),
        ("es", ["El molino es del Sr. López.", "La Sra. Gómez lo midió."]),
    ],
)
def test_titles_before_names_end_no_sentence(language: str, sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text, language)] == sentences


def test_every_entry_point_can_skip_the_pairs_of_a_faq(tmp_path: Path) -> None:
    faq = (
        "# Mill\n\nThe mill was built in 1742 by monks from Trier.\n\n## How much oil does the pump hold?\n\n"
        "The pump holds nine litres of oil.\n\n## Who changes it?\n\nThe keeper changes it every spring.\n\n"
        "## History\n\nIt closed in 1931 after the flood.\n"
    )
    path = saved(tmp_path / "faq.md", faq)
    kept = {"The mill was built in 1742 by monks from Trier.", "It closed in 1931 after the flood."}
    for skipping in (True, False):
        planned = plan([path], skip_own_pairs=skipping)
        assert planned.eligible == (2 if skipping else 4)
        run = generate([path], model=ExtractiveReader(), skip_own_pairs=skipping)
        assert run.balance.planned == (2 if skipping else 4)
        if skipping:
            assert {record.target.text for record in run.iter_records()} <= kept
        run.close()
        with Guard([path], skip_own_pairs=skipping) as guard:
            assert ({guarded.target.text for guarded in guard.targets()} == kept) is skipping
        sampler = TargetSampler([path], skip_own_pairs=skipping)
        assert ({target.text for target in sampler.plan(4)} == kept) is skipping


def test_a_voice_that_goes_on_over_cues_says_one_sentence(tmp_path: Path) -> None:
    cues = (
        "WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:03.000 align:start\n<v Anna>The mill was built\n\n"
        "00:03.000 --> 00:05.000\n<v Anna>in 1742 by monks from Trier.</v>\n\n"
        "00:05.000 --> 00:07.000\n<v Ben>It closed in 1931 after the flood.</v>\n"
    )
    assert eligible(saved(tmp_path / "x.vtt", cues)) == [
        "Anna: The mill was built in 1742 by monks from Trier.",
        "Ben: It closed in 1931 after the flood.",
    ]


def test_a_log_is_no_chat(tmp_path: Path) -> None:
    log = "".join(f"2024-03-12 10:14:3{n} INFO server: started on port {80 + n} after nine seconds\n" for n in range(4))
    assert eligible(saved(tmp_path / "x.txt", log)) == []


def test_a_cut_dump_is_skipped(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.xml.bz2", bz2.compress(b"<mediawiki>" * 500)[:-20])
    documents, skipped = read(path)
    assert documents == []
    assert "broken" in skipped[0].reason


# a fourth set, written before it was run


@pytest.mark.parametrize(
    ("sheet", "tasks"),
    [
        ("# Safety quiz\n\nWhat do you do first?\n\n- [ ] Leave through the kitchen door.\n- [x] Press the red button beside the door.\n\nThe red button stops the belt within two seconds.", ["kitchen", "beside the door"]),
        ("Worksheet\n\nThe red button stops the belt within two seconds.\n\nMatch each term with its definition.\n\nFill in the missing words: iron, copper.\n\nUnderline the verbs in the sentences below.", ["Match", "Fill in", "Underline"]),
        ("Which is right?\n\n\u2610 The belt is driven by hand alone.\n\u2612 The belt is driven by a motor.\n\nThe red button stops the belt within two seconds.", ["by hand", "by a motor"]),
    ],
)  # fmt: skip
def test_boxes_and_bare_tasks_are_exercises(tmp_path: Path, sheet: str, tasks: list[str]) -> None:
    found = eligible(saved(tmp_path / "sheet.md", sheet))
    assert any("two seconds" in text for text in found)
    assert not any(task in text for task in tasks for text in found)


def test_a_list_of_things_to_do_and_a_procedure_are_no_exams(tmp_path: Path) -> None:
    todo = "# Opening\n\n- [ ] The front door is unlocked by nine.\n- [ ] The till is counted by two people."
    steps = "# Pump test\n\n1. Select mode three on the panel.\n2. Write down the pressure after a minute."
    assert len(eligible(saved(tmp_path / "todo.md", todo))) == 2
    assert len(eligible(saved(tmp_path / "steps.md", steps))) == 2


@pytest.mark.parametrize(
    "head",
    ["{}, [30.11.26 09:0{}]", "[9:0{1} AM] {0}", "{} \u2014 30/11/2026 9:0{} AM", "30/11/2026 09:0{1} - {0}:"],
)
def test_names_and_times_above_a_message_belong_to_it(tmp_path: Path, head: str) -> None:
    said = ["The boiler was set to 62 degrees this morning.", "The spare valve is in cupboard seven."] * 2
    said[2:] = ["The night shift opened the drain at four.", "The drain was shut again by noon."]
    lines = [f"{head.format(('Maria', 'Tom')[n % 2], n)}\n{text}\n" for n, text in enumerate(said)]
    assert eligible(saved(tmp_path / "chat.txt", "\n".join(lines))) == said


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["The pump lifts 9 l.", "The valve closes at 4 bar."]),
        ("en", ["The bed is 5 m.", "A gate holds it."]),
        ("de", ["Es wiegt 5 t.", "Zwei M\u00e4nner heben es."]),
        ("en", ["See vol. 3 p. 9 for it.", "J. R. Holm built it."]),
    ],
)
def test_a_unit_ends_a_sentence(language: str, parts: list[str]) -> None:
    text = " ".join(parts)
    assert [text[start:end] for start, end in sentence_spans(text, language)] == parts


def test_fields_of_a_sheet_are_facts_one_by_one(tmp_path: Path) -> None:
    sheet = "Pump P1\n\nName: P1\nWidth: 30 cm\nKnown for: its nine pistons,\n  which were cast in Holm\n\nIt was built in 1911 by the parish."
    documents, _ = read(saved(tmp_path / "sheet.txt", sheet))
    rows = [target for target in segment(documents[0]).targets if target.kind == "table_row"]
    assert [(row.text, row.lead) for row in rows if row.eligible] == [
        ("Name: P1", ""),
        ("Width: 30 cm", "Name: P1"),
        ("Known for: its nine pistons,\n  which were cast in Holm", "Name: P1"),
    ]


def test_heads_of_files_of_software_are_metadata(tmp_path: Path) -> None:
    head = "Metadata-Version: 2.4\nName: weir\nVersion: 0.4.1\nSummary: gates of oak\nClassifier: A :: B\n\nThe weir package opens gates."
    assert eligible(saved(tmp_path / "METADATA", head)) == ["The weir package opens gates."]


def test_packed_texts_are_read_as_what_is_in_them(tmp_path: Path) -> None:
    page = (
        ".TH WEIR 1\n.SH NAME\nweir \\- open gates\n.SH DESCRIPTION\nThe gates are opened from the north side first.\n"
    )
    (tmp_path / "weir.1.gz").write_bytes(gzip.compress(page.encode()))
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x"}\n'))
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(page.encode())[:40])
    documents, skipped = read(tmp_path)
    assert [(document.id, document.media_type) for document in documents] == [("weir.1.gz", "text/troff")]
    assert {one.source: one.reason for one in skipped} == {
        "rows.jsonl.gz": ".jsonl.gz files are not read as documents; unpack it first",
        "cut.txt.gz": "broken gzip file",
    }


def test_a_chapter_of_a_thesis_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "kelp.tex"
    path.write_text(
        r"""\documentclass{book}
\newcommand{\kelp}{\emph{Laminaria}}
\begin{document}
\chapter{Growth}
Blades of \kelp{} grow fastest in winter~\cite{a}. In our tanks they reached \SI{1.2}{\cm} a day, as \kelp does at sea.
\begin{tabular}{lr}
Tank & End (g) \\ \hline
1 & 260 \\
\end{tabular}
\begin{figure}[h]
\includegraphics[width=\textwidth]{tank.pdf}
\caption[Tank]{A tank with its lamp, seen from the north.}\label{f}
\end{figure}
See \href{https://example.test/x}{the list of tanks} for their sizes.\footnote{Tank 3 leaked in May.}
\end{document}
""",
        "utf-8",
    )
    text = " ".join(text_of(path).replace("*", "").split())
    assert "Blades of Laminaria grow fastest in winter." in text
    assert "reached 1.2 cm a day, as Laminaria does at sea." in text
    assert "A tank with its lamp, seen from the north." in text
    assert "[Tank]" not in text
    assert "example.test" not in text
    assert [target.kind for target in pieces(path)[1].targets if "260" in target.text] == ["table_row"]
    assert "See the list of tanks for their sizes. (Tank 3 leaked in May.)" in text


def test_the_fields_that_nothing_is_asked_about_are_named(tmp_path):
    """A price list gives its descriptions; that prices are left out is told, and how to take them in."""
    from selfstudy_guard.documents import read_documents

    path = tmp_path / "shop.csv"
    path.write_text("sku,name,note,price\nA1,Valve,It closes when the water reaches the upper mark.,4.20\n", "utf-8")
    read = []
    list(read_documents([path], on_read=read.append))
    (note,) = read[0].notes
    assert note == (
        "text taken from the field 'note', not from 'sku', 'name', 'price': text_field (--text-field) joins several"
    )
    (joined,) = read_documents([path], text_field=["name", "note", "price"])
    assert joined.text == "Valve\n\nIt closes when the water reaches the upper mark.\n\nprice: 4.20"
