"""Bytes to the text a mail program would show."""

import base64
import quopri

import pytest

from inbox_worker.model import Message
from tests.message.mail import read

RUSSIAN = "Мы приедем втроём, спасибо за приглашение."
ARABIC = "يسعدنا إبلاغكم بأن الجمعية ستشارك في المؤتمر"
CHINESE = "我们将派三人参加会议，谢谢您的邀请。"
JAPANESE = "三名で参加いたします。よろしくお願いします。"
FRENCH = "Nous serons deux, à côté de l’hôtel : 25 €."


def body(data: bytes, charset: str | None, encoding: str = "8bit") -> Message:
    named = f"; charset={charset}" if charset is not None else ""
    head = f"From: a@b.example\nContent-Type: text/plain{named}\nContent-Transfer-Encoding: {encoding}\n\n"
    return read(head.encode() + data)


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8", "iso-8859-1"),
        (FRENCH, "utf-8", "us-ascii"),
        (FRENCH, "utf-8", None),
        (FRENCH, "utf-8", "x-unknown"),
        (FRENCH, "cp1252", "windows-1252"),
        (FRENCH, "cp1252", "iso-8859-1"),
        (FRENCH, "cp1252", "utf-8"),
        (FRENCH, "cp1252", None),
        (FRENCH, "cp1252", "x-unknown"),
        (FRENCH, "utf-7", "utf-7"),
        (FRENCH, "utf-16", "utf-16"),
        (FRENCH, "utf-16-le", "utf-16"),
        (FRENCH, "utf-16-be", "utf-16"),
        (FRENCH, "utf-16-le", None),
        ("Yes, two of us.", "utf-16-be", None),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "koi8-r", None),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "cp1251", "us-ascii"),
        (RUSSIAN, "cp1251", None),
        (RUSSIAN, "cp1251", "utf-8"),
        (RUSSIAN, "utf-8", "windows-1251"),
        (ARABIC, "cp1256", "windows-1256"),
        (ARABIC, "cp1256", None),
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE + "镕", "gbk", "gb2312"),
        (CHINESE, "gb18030", None),
        (CHINESE, "utf-8", "gb2312"),
        ("我們將派三人參加會議", "big5", "big5"),
        ("我們將派三人參加會議，謝謝您的邀請。", "big5", None),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"),
        (JAPANESE, "iso-2022-jp", None),
        (JAPANESE, "shift_jis", "shift_jis"),
        (JAPANESE, "euc-jp", None),
        ("안녕하세요 세 명이 참석합니다", "euc-kr", "ks_c_5601-1987"),
        ("Łódź, będziemy we trójkę", "iso-8859-2", "iso-8859-2"),
    ],
)
def test_charsets(text: str, written: str, declared: str | None) -> None:
    assert body(text.encode(written), declared).parts[0].text == text


def test_bytes_that_fit_no_charset_are_told() -> None:
    part = body("Nous serons à l’hôtel d’été, près du marché".encode() + b"\xff\xfe", "utf-8").parts[0]
    assert part.text.startswith("Nous serons à l’hôtel")
    assert part.problem == "2 characters are not valid utf-8 and are shown as \ufffd"


def test_only_line_ends_and_nuls_change() -> None:
    assert (
        body(b"  a\x00 \t b\x0c\r\n\r\n\xc2\xa0> c \r d\n", "utf-8").parts[0].text == "  a \t b\x0c\n\n\xa0> c \n d\n"
    )


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        ("base64", base64.encodebytes(b"We will come."), "We will come."),
        ("base64", b"V2Ugd2lsbCBjb21l", "We will come"),
        ("base64", b"V2Ugd2lsbCBjb21lLg", "We will come."),
        ("base64", b"V2Ugd2lsbA==\nIGNvbWUu", "We will come."),
        ("base64", b"V2Ug!!d2lsbA\xff==", "We will"),
        ("base64", b"We will come, plainly.", "We will come, plainly."),
        ("base64", b"V2Ugd2lsbCBjb21lLg==\n-- \nA list footer\n", "We will come.\n-- \nA list footer\n"),
        ("quoted-printable", quopri.encodestring("Où ?".encode()), "Où ?"),
        ("quoted-printable", b"a=zz b=C3=A9 c=\nd", "a=zz bé cd"),
        ("QUOTED-PRINTABLE ", b"=41", "A"),
        ("x-strange", b"as it stands", "as it stands"),
    ],
)
def test_transfer_encodings(encoding: str, data: bytes, text: str) -> None:
    assert body(data, "utf-8", encoding).parts[0].text == text


def test_digits_turned_round_for_the_eye_are_told() -> None:
    problem = body("we are \u202e21\u202c people".encode(), "utf-8").parts[0].problem
    assert problem == "characters that turn the writing direction make it read otherwise than it is stored"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"Re: Conference", "Re: Conference"),
        (b"=?utf-8?q?R=C3=A9ponse?=", "Réponse"),
        (b"=?utf-8?b?UsOpcG9uc2U=?= =?utf-8?q?_ok?=", "Réponse ok"),
        (b"=?utf-8?b?UsM=?= =?utf-8?b?qXBvbnNl?=", "Réponse"),
        (b"=?iso-8859-1?Q?R=E9 ponse?= x", "Ré ponse x"),
        (b"=?utf-8?q?Who=3F_We?_all?=", "Who? We? all"),
        (b"R\xc3\xa9ponse", "Réponse"),
        (b"R\xe9ponse", "Réponse"),
        (b"=?gb2312?B?ztLDxw==?=", "我们"),
        (b"=?x-unknown?q?R=C3=A9?=", "Ré"),
        (b"=?utf-8*en?q?R=C3=A9?=", "Ré"),
        (b"=?utf-8?q?open", "=?utf-8?q?open"),
        (b"a\n b\n\tc", "a b c"),
        (b'"=?utf-8?q?quoted?="', '"quoted"'),
        (b"=?utf-8?q?a=0D=0AX-Evil:_b?=", "a X-Evil: b"),
    ],
)
def test_subjects(raw: bytes, shown: str) -> None:
    assert read(b"Subject: " + raw + b"\n\nbody").subject == shown


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        ("Ana López <Ana@NGO.example>", "Ana López", "Ana@ngo.example"),
        ('"López, Ana" <ana@ngo.example>', "López, Ana", "ana@ngo.example"),
        ('"ABENDROTH Lorenz (EEAS)" <l@eeas.example>', "ABENDROTH Lorenz (EEAS)", "l@eeas.example"),
        ("ana@ngo.example (Ana López)", "Ana López", "ana@ngo.example"),
        ("ana@ngo.example", "", "ana@ngo.example"),
        ("<ana@ngo.example>", "", "ana@ngo.example"),
        ("Ana <ana@ngo.example>, Bob <bob@ngo.example>", "Ana", "ana@ngo.example"),
        ("NGOs: Ana <ana@ngo.example>, b@c.example;", "Ana", "ana@ngo.example"),
        ("Ana (" * 3000 + " <ana@ngo.example>", "Ana", ""),
        ("Ana ((office)) <ana@ngo.example>", "Ana", "ana@ngo.example"),
        ("=?utf-8?q?L=C3=B3pez=2C_Ana?= <ana@ngo.example>", "López, Ana", "ana@ngo.example"),
        ("Ana at NGO", "Ana at NGO", ""),
        ("", "", ""),
        ("ana@a.example <bob@b.example>", "ana@a.example", "bob@b.example"),
    ],
)
def test_senders(raw: str, name: str, address: str) -> None:
    found = read(f"From: {raw}\n\nbody").from_
    assert (found.name, found.address) == (name, address)
