"""Code pages of short texts: German is no Baltic, Japanese no Korean."""

# ruff: noqa: E501  # a text stays on one line
from __future__ import annotations

from contextlib import suppress

import pytest

from selfstudy_guard.documents.readers.text import UnreadableError, decode

TEXTS = {
    "Das Wehr wurde 1911 gebaut, sagt der Müller über die Brücke. Größe und Höhe stehen im Buch.": "cp1252 cp850 mac_roman",
    "Es hat neun Tore aus Eiche, sagt der Müller über die Brücke.": "cp1252",
    "Le barrage fut construit en 1911 à côté de l’église. Il a été réparé dès le printemps.": "cp1252 mac_roman",
    "L'été, le niveau baisse de près de deux mètres.": "cp1252 iso8859-1 cp850",
    "La presa fue construida en 1911. ¿Cuántos años duró? Según los niños, el señor Núñez murió allí.": "cp1252 mac_roman",
    "La diga fu costruita nel 1911; perché è così alta non si sa più. La città la usò.": "cp1252",
    "Zaporę zbudowała gmina. Młynarz mówi, że wrót jest dziewięć; każdą wiosnę się je sprawdza.": "cp1250 iso8859-2",
    "Jez postavila obec roku 1911. Mlynář říká, že vrat je devět a každé jaro se zkoušejí.": "cp1250 iso8859-2",
    "A gátat 1911-ben építette a község. Kilenc kapuja van, és minden tavasszal ellenőrzik őket.": "cp1250 iso8859-2",
    "Baraj 1911 yılında köy tarafından yapıldı. Değirmenci dokuz kapısı olduğunu söylüyor.": "cp1254 iso8859-9",
    "Dammen byggdes 1911 av socknen. Mjölnaren säger att den har nio portar på båda sidor om ån.": "cp1252 cp850",
    "この堰は1911年に村が造った。樫の門が九つあり、毎年春に点検される。": "shift_jis euc_jp",
    "이 보는 1911년에 마을이 만들었다. 참나무 문이 아홉 개 있고 봄마다 점검한다.": "cp949",
    "這座水壩建於1911年，由教區建造。它有九扇橡木門，每年春天檢查一次。": "big5",
    "The firm 水坝公司 built the weir in 1911 and sold it to 教区 in 1953.": "gb18030",
    "הסכר נבנה בשנת 1911 על ידי הקהילה. יש לו תשעה שערים.": "cp1255",
    # the second set
    "Bitte die Tür schließen.": "cp1252 cp850",
    "Où se trouve la clé ? Elle est dans le tiroir du bureau, à gauche. Ça va.": "cp1252 mac_roman cp850",
    "Mañana habrá reunión. El niño comió piña. ¡Qué lástima!": "cp1252 cp850 mac_roman",
    "As lições começam às nove. O avô não virá amanhã.": "cp1252 cp850",
    "Proszę zamknąć drzwi. Łódź płynie już od świtu. Źle się czuję.": "cp1250 iso8859-2 cp852",
    "Prosím, zavřete dveře. Loď pluje už od úsvitu, říká převozník. Žluťoučký kůň.": "cp1250 iso8859-2 cp852",
    "Lütfen kapıyı kapatın. Gemi şafaktan beri yüzüyor. İyi geceler, çocuğum, ağlama.": "cp1254",
    "Prašom uždaryti duris. Laivas plaukia nuo aušros. Ačiū už viską, žmogau.": "cp1257",
    "It’s a “café” – she said – and costs £4 or €5.": "cp1252 mac_roman",
    "id;name\n1;Müller\n2;Jørgensen\n3;Peña\n4;Çelik\n": "cp1252",
    "Пожалуйста, закройте дверь.": "cp1251 cp866",
    "Параметр timeout задаёт время ожидания в ms; по умолчанию 30.": "cp1251 koi8-r",
    "引数 timeout は待ち時間を ms で指定する。": "shift_jis euc_jp",
    "参数 timeout 设置等待时间（ms），默认值为 30。": "gb18030",
}


@pytest.mark.parametrize(("text", "pages"), TEXTS.items(), ids=range(len(TEXTS)))
def test_short_texts_are_read_in_their_own_code_page(text: str, pages: str) -> None:
    for page in pages.split():
        assert decode(text.encode(page))[0] == text, page


@pytest.mark.parametrize("data", [b"\x80", b"\xff\xff", b"a\x81", b"\x8e", b"\xa1\xa1\xa1"])
def test_bytes_that_say_nothing_are_read_or_refused(data: bytes) -> None:
    with suppress(UnreadableError):
        assert decode(data)[0].strip()
