"""Each format as text: files of the programs people use, and broken ones."""

from __future__ import annotations

import pytest

from inbox_worker.message.attachments import extract, true_type
from inbox_worker.message.formats.content import Content, Extracted
from tests.message.formats.making import outlook, paragraph, pdf, pdf_table, sheet, signed, tnef, word, zipped

GENERIC = "application/octet-stream"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def read(data: bytes, name: str) -> Extracted:
    return extract(Content(data, GENERIC, None, name))


def test_word_gives_paragraphs_and_tables_in_order() -> None:
    import io

    import docx

    document = docx.Document()
    document.add_paragraph("Dear all,")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("Name", "Function", "Ann Lee", "Chair"), strict=True
    ):
        cell.text = text
    document.add_paragraph("Kind regards")
    held = io.BytesIO()
    document.save(held)
    assert read(held.getvalue(), "letter.docx") == Extracted(
        "Dear all,\nName | Function\nAnn Lee | Chair\nKind regards"
    )


def test_word_gives_boxes_controls_and_insertions_but_nothing_hidden_or_deleted() -> None:
    box = "<w:sdt><w:sdtPr><w14:checkbox xmlns:w14='x'><w14:checked w14:val='{}'/></w14:checkbox></w:sdtPr></w:sdt>"
    body = (
        f"<w:p><w:r><w:t xml:space='preserve'>Yes </w:t></w:r>{box.format(1)}</w:p>"
        f"<w:p><w:r><w:t xml:space='preserve'>No </w:t></w:r>{box.format(0)}</w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
        + paragraph("hidden", "<w:rPr><w:vanish/></w:rPr>")
        + paragraph("white", "<w:rPr><w:color w:val='FFFFFF'/></w:rPr>")
        + paragraph("struck out", "<w:rPr><w:strike/></w:rPr>")
        + paragraph("kept", "<w:rPr><w:strike w:val='0'/></w:rPr>")
    )
    assert read(word(body), "form.docx").text == "Yes [X]\nNo [ ]\nin a control\ninserted\n\n\n\nkept"


def test_excel_gives_shown_rows_and_whole_numbers() -> None:
    rows = [["Name", "Days"], ["Ann Lee", 2.0], [None, None], ["Total", 1]]
    assert read(sheet(rows), "list.xlsx") == Extracted("Name | Days\nAnn Lee | 2\nTotal | 1")


def test_excel_leaves_out_what_is_hidden() -> None:
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for n in range(3):
        book.active.append([f"row {n}", "secret"])
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("other").append(["not seen"])
    book["other"].sheet_state = "hidden"
    held = io.BytesIO()
    book.save(held)
    assert read(held.getvalue(), "list.xlsx").text == "row 0\nrow 2"


def test_excel_leaves_out_what_is_struck_out() -> None:
    import io

    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.active.append(["Ann Lee", "yes"])
    book.active.append(["Max Falk", "not any more"])
    book.active["A2"].font = Font(strike=True)
    held = io.BytesIO()
    book.save(held)
    assert read(held.getvalue(), "list.xlsx").text == "Ann Lee | yes\n | not any more"


def test_lines_of_a_cell_are_told_apart() -> None:
    assert read(sheet([["Delegates", "Ann Lee\nMax Falk"]]), "list.xlsx").text == "Delegates | Ann Lee; Max Falk"


def test_rows_of_a_table_in_a_pdf_stay_rows() -> None:
    columns = [("Name", "Ann Lee", "Max Falk"), ("Post", "Chair", "Clerk"), ("Coming", "yes", "no")]
    lines = [line.split() for line in read(pdf_table(columns), "list.pdf").text.splitlines() if line.strip()]
    assert lines == [["Name", "Post", "Coming"], ["Ann", "Lee", "Chair", "yes"], ["Max", "Falk", "Clerk", "no"]]


def test_pdf_gives_text_and_what_its_form_holds() -> None:
    made = pdf(["We will attend."], {"Number of delegates": "2", "Interpretation": "[X]", "Wheelchair": "[ ]"})
    assert read(made, "reply.pdf").text == (
        "We will attend.\n\nNumber of delegates: 2\nInterpretation: [X]\nWheelchair: [ ]"
    )


def test_a_pdf_that_anybody_may_open_is_read_and_a_locked_one_is_not() -> None:
    assert read(pdf(["We come."], password=""), "a.pdf").text == "We come."
    locked = read(pdf(["We come."], password="x"), "a.pdf")
    assert locked == Extracted(problem="it is locked by a password; ask the sender for its words")


def test_rtf_gives_its_words_and_no_hidden_ones() -> None:
    made = rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Times;}}\f0 \'cc\'fb come.{\v hidden}\par two}"
    assert read(made, "a.rtf").text.split() == ["Мы", "come.", "two"]


def test_open_document_gives_paragraphs_lists_and_tables() -> None:
    content = (
        f"<office:document-content xmlns:office='{ODF}:office:1.0' xmlns:text='{ODF}:text:1.0' "
        f"xmlns:table='{ODF}:table:1.0'><office:body><office:text><text:p>Dear<text:tab/>all</text:p>"
        "<text:list><text:list-item><text:p>Ann Lee</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
        "</office:text></office:body></office:document-content>"
    )
    made = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})
    assert read(made, "a.odt").text == "Dear\tall\n- Ann Lee\na | b"


def test_vcard_says_who_it_is() -> None:
    card = (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann\r\nFN:Ann Lee\r\nORG:Demo;Office\r\nTITLE:Cha\r\n ir\r\nEND:VCARD\r\n"
    )
    assert read(card, "a.vcf").text == "Name: Ann Lee\nOrganisation: Demo, Office\nTitle: Chair"


def test_winmail_gives_its_words_and_its_files() -> None:
    found = read(tnef("We come.", {"list.txt": b"Ann Lee, Bo Chen"}), "winmail.dat")
    assert [(i.text, i.filename, i.body) for i in found.inner] == [
        ("We come.", None, True),
        ("Ann Lee, Bo Chen", "list.txt", False),
    ]


def test_a_meeting_answer_in_winmail_is_told() -> None:
    found = read(tnef(kind=b"IPM.Schedule.Meeting.Resp.Pos"), "winmail.dat")
    assert found.problem == "it is a meeting answer in Outlook's own format; see in Outlook what it says"


def test_outlook_gives_header_words_and_files() -> None:
    made = outlook("Re: Conference", "Ann Lee", "ann@a.example", "We come.", {"note.txt": b"with two"})
    found = read(made, "reply.msg")
    assert [(i.media_type, i.text, i.filename) for i in found.inner] == [
        ("message/rfc822", "From: Ann Lee <ann@a.example>\nSubject: Re: Conference\n", None),
        ("text/plain", "We come.", None),
        ("application/octet-stream", "with two", "note.txt"),
    ]


def test_an_archive_gives_its_files_and_opens_none_inside_them() -> None:
    found = read(zipped({"a.txt": "We come.", "b.zip": zipped({"c.txt": "deep"})}), "all.zip")
    assert [(i.filename, i.text, i.problem) for i in found.inner] == [
        ("a.txt", "We come.", None),
        ("b.zip", "", "it is packed once more inside an attachment, and was not opened"),
    ]


def test_a_signed_file_is_read_without_its_signature() -> None:
    assert read(signed(pdf(["We come."])), "letter.pdf.p7m").text == "We come."


@pytest.mark.parametrize(
    ("name", "magic"),
    [("a.docx", b"PK\x03\x04"), ("a.xlsx", b"PK\x03\x04"), ("a.odt", b"PK\x03\x04"), ("a.pdf", b"%PDF-1.4\n"),
     ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("winmail.dat", b"\x78\x9f\x3e\x22"), ("a.zip", b"PK\x03\x04")],
)  # fmt: skip
def test_what_is_damaged_is_told_and_never_raises(name: str, magic: bytes) -> None:
    for tail in (b"", b"\0" * 600, bytes(range(256)) * 20):
        assert read(magic + tail, name).text == ""
    assert read(magic + b"\x01" * 700, name).problem


@pytest.mark.parametrize(
    ("make", "declared", "wanted"),
    [
        (lambda: pdf(["x"]), "application/msword", "application/pdf"),
        (
            lambda: word(""),
            "application/zip",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (lambda: b"{\\rtf1 x}", "application/msword", "application/rtf"),
        (lambda: b"plain", "text/plain", "text/plain"),
    ],
)
def test_bytes_are_believed_before_names(make, declared, wanted) -> None:  # type: ignore[no-untyped-def]
    assert true_type(Content(make(), declared, None, "x.doc")) == wanted
