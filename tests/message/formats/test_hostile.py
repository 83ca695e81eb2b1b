"""Mail that means harm: each ends in a sentence for a person, in bounded time and memory, and the next one is read."""

from __future__ import annotations

import base64
import resource
import time
import zlib

import pytest

from inbox_worker.message import decode
from inbox_worker.message.formats.content import Content
from inbox_worker.message.isolation import process_for
from inbox_worker.model import Limits, Location, Message, RawMessage, Role
from tests.message.formats.making import paragraph, pdf, sheet, tnef, word, zipped

SECONDS = 5.0
HEAD = b"From: Ann Lee <ann@a.example>\nMIME-Version: 1.0\n"


def read(content: bytes, **limits: int) -> tuple[Message, float]:
    begun = time.monotonic()
    found = decode(RawMessage(content, None, Location("test")), Limits(**limits))
    return found, time.monotonic() - begun


def with_attachment(data: bytes, name: str) -> bytes:
    return (
        HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nWe come.\n--b\n'
        b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: attachment; filename="'
        + name.encode()
        + b'"\n\n'
        + base64.encodebytes(data)
        + b"--b--\n"
    )


def bomb(size: int) -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": b" " * size}, 9)


def many_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{entities}]>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": f"{head}<w>&l11;</w>"})


def outside_entity() -> bytes:
    head = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": f"{head}<w>&x;</w>"})


def deep_xml() -> bytes:
    return word("<w:sdt><w:sdtContent>" * 5_000 + paragraph("x") + "</w:sdtContent></w:sdt>" * 5_000)


def pdf_bomb() -> bytes:
    data = zlib.compress(b"0" * 300_000_000, 9)
    return pdf_with(b"<< /Length %d /Filter /FlateDecode >>" % len(data), data)


def pdf_with(dictionary: bytes, stream: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] >>",
        dictionary + b"\nstream\n" + stream + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for n, held in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, held)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n%strailer << /Root 1 0 R /Size 5 >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


def endless_pages() -> bytes:
    return pdf(["x"]).replace(b"/Count 1", b"/Count 99999999")


def cells_bomb() -> bytes:
    rows = "".join(f"<row r='{n}'>" + "<c t='n'><v>1</v></c>" * 200 + "</row>" for n in range(1, 9_000))
    made = sheet([["x"]])
    import io
    import zipfile

    held = zipfile.ZipFile(io.BytesIO(made))
    members = {n: held.read(n) for n in held.namelist()}
    name = "xl/worksheets/sheet1.xml"
    members[name] = (
        members[name].split(b"<sheetData>")[0] + b"<sheetData>" + rows.encode() + b"</sheetData></worksheet>"
    )
    return zipped(members)


@pytest.mark.parametrize(
    ("name", "make", "why"),
    [
        (
            "bomb.docx",
            lambda: bomb(200_000_000),
            "it unpacks to far more than a letter needs, as a decompression bomb does",
        ),
        ("bomb.zip", lambda: zipped({"a.txt": b"0" * 100_000_000}, 9), "it unpacks to far more"),
        ("laughs.docx", many_laughs, "it declares entities, which no office program writes"),
        ("entity.docx", outside_entity, "it declares entities, which no office program writes"),
        ("many.zip", lambda: zipped({f"{n}.txt": "x" for n in range(3_000)}), "it holds more than 2000 files"),
        ("cells.xlsx", cells_bomb, "it unpacks to far more than a letter needs"),
        ("deep.docx", deep_xml, "it is damaged"),
        ("winmail.dat", lambda: tnef("x" * 100)[:-40], "it is cut off"),
    ],
)
def test_a_bomb_is_told_in_bounded_time(name: str, make, why: str) -> None:  # type: ignore[no-untyped-def]
    found, took = read(with_attachment(make(), name))
    part = next(p for p in found.parts if p.role is Role.ATTACHMENT)
    assert part.text == ""
    assert part.problem is not None
    assert part.problem.startswith(why)
    assert took < SECONDS
    assert found.bodies[0].text.strip() == "We come."


@pytest.mark.parametrize(("name", "make"), [("bomb.pdf", pdf_bomb), ("pages.pdf", endless_pages)])
def test_a_pdf_that_unfolds_without_end_ends(name: str, make) -> None:  # type: ignore[no-untyped-def]
    found, took = read(with_attachment(make(), name), attachment_time=4)
    part = next(p for p in found.parts if p.role is Role.ATTACHMENT)
    assert part.problem or len(part.text) < 300_000
    assert took < SECONDS + 2


def test_ten_thousand_nested_parts_are_told() -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000))
    found, took = read(HEAD + nested + b"\nWe come.\n")
    assert any("40 levels" in problem for problem in found.problems)
    assert took < SECONDS


def test_fifty_thousand_attachments_are_told() -> None:
    one = b'--b\nContent-Disposition: attachment; filename="a.pdf"\n\n%PDF-1.4\n'
    found, took = read(HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + one * 50_000 + b"--b--\n")
    assert any("parts; the rest is not read" in problem for problem in found.problems)
    assert len(found.parts) <= Limits().parts + 1
    assert took < Limits().message_time + SECONDS


def test_a_message_of_a_hundred_megabytes_is_read_to_its_limit() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, took = read(HEAD + b"\nWe come.\n" + (b"x" * 76 + b"\n") * 1_300_000)
    assert found.parts[0].problem == "only the first 1000000 characters are read"
    assert took < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000  # kB, the message itself counted
    small, _ = read(HEAD + b"\nWe come.\n" + b"x\n" * 600_000, message_size=1)
    assert small.problems == ("the message is larger than 1 MB; the rest is not read",)


def test_endless_header_lines_are_told() -> None:
    for head in (b"X: y\n" * 300_000, b"X:" + b" y" * 3_000_000 + b"\n", b"X:\n" + b" y\n" * 1_000_000):
        found, took = read(head + HEAD + b"\nWe come.\n")
        assert took < SECONDS
        assert len(found.headers) <= 1_000


def test_what_takes_too_long_or_too_much_is_ended_and_the_next_is_read() -> None:
    process = process_for("documents", Limits(attachment_memory=400))
    slow = process.read(Content(cells_slow(), "application/octet-stream", None, "a.xlsx"), 0.3)
    assert slow.problem == "reading it takes longer than 0 seconds"
    assert process.read(Content(pdf(["We come."]), "application/pdf"), 20).text == "We come."


def cells_slow() -> bytes:
    return sheet([[n * 10 + m for m in range(10)] for n in range(20_000)])


def test_macros_and_links_are_carried_out_by_nobody() -> None:
    body = (
        paragraph("We come.") + "<w:p><w:hyperlink r:id='x' xmlns:r='r'><w:r><w:t>click</w:t></w:r></w:hyperlink></w:p>"
    )
    import io
    import zipfile

    held = zipfile.ZipFile(io.BytesIO(word(body)))
    made = zipped({n: held.read(n) for n in held.namelist()} | {"word/vbaProject.bin": b"Sub AutoOpen()"})
    found, _ = read(with_attachment(made, "macro.docm"))
    assert found.parts[1].text == "We come.\nclick"


def test_the_process_has_no_network_and_starts_nothing() -> None:
    given_up = process_for("documents", Limits()).start()
    assert "no file written" in given_up
    assert any("without network" in what for what in given_up)
