"""Files as office programs make them, and as people make them who mean harm."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SECTOR = 512
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF


def zipped(members: Mapping[str, bytes | str], level: int = 6) -> bytes:
    """A ZIP file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return held.getvalue()


def word(body: str) -> bytes:
    """A Word document with this content of its body."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<?xml version='1.0'?><w:document {W}><w:body>{body}</w:body></w:document>",
        }
    )


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:r>{properties}<w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def sheet(rows: Sequence[Sequence[object]]) -> bytes:
    """An Excel workbook, by openpyxl."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def pdf(lines: Sequence[str], fields: Mapping[str, str] | None = None, password: str | None = None) -> bytes:
    """A PDF of one page with lines of text and form fields, by reportlab and pypdf."""
    from reportlab.pdfgen.canvas import Canvas

    held = io.BytesIO()
    canvas = Canvas(held)
    for n, line in enumerate(lines):
        canvas.drawString(72, 780 - 16 * n, line)
    for n, (name, value) in enumerate((fields or {}).items()):
        if value in ("[X]", "[ ]"):
            canvas.acroForm.checkbox(name=name, checked=value == "[X]", x=72, y=400 - 30 * n)
        else:
            canvas.acroForm.textfield(name=name, value=value, x=72, y=400 - 30 * n)
    canvas.save()
    if password is None:
        return held.getvalue()
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(held.getvalue()))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


def pdf_table(columns: Sequence[Sequence[str]]) -> bytes:
    """A PDF of one page with a table, which is drawn column by column."""
    from reportlab.pdfgen.canvas import Canvas

    held = io.BytesIO()
    canvas = Canvas(held)
    for at, column in enumerate(columns):
        for n, cell in enumerate(column):
            canvas.drawString(72 + 150 * at, 780 - 16 * n, cell)
    canvas.save()
    return held.getvalue()


def tnef(body: str = "", files: Mapping[str, bytes] | None = None, kind: bytes = b"IPM.Note") -> bytes:
    """A winmail.dat (MS-OXTNEF)."""

    def record(level: int, name: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    out = struct.pack("<IH", 0x223E9F78, 1) + record(1, 0x00078008, kind + b"\0")
    out += record(1, 0x00069007, struct.pack("<II", 1252, 0))
    if body:
        text = (body + "\0").encode("utf-16-le")
        padded = text + b"\0" * (-len(text) % 4)
        out += record(1, 0x00069003, struct.pack("<IHHII", 1, 0x1F, 0x1000, 1, len(text)) + padded)
    for name, data in (files or {}).items():
        out += record(2, 0x00069002, b"\0" * 14)
        out += record(2, 0x00018010, name.encode("cp1252") + b"\0") + record(2, 0x0006800F, data)
    return out


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (MS-CFB) with streams in storages, "storage/stream"; all streams in whole sectors."""
    entries: list[tuple[str, int, bytes]] = [("Root Entry", 5, b"")]
    children: dict[int, list[int]] = {0: []}
    storages: dict[str, int] = {}
    for path, data in streams.items():
        storage, _, name = path.rpartition("/")
        parent = 0
        if storage:
            if storage not in storages:
                storages[storage] = len(entries)
                children[0].append(len(entries))
                children[len(entries)] = []
                entries.append((storage, 1, b""))
            parent = storages[storage]
        children[parent].append(len(entries))
        entries.append((name, 2, data.ljust(4096, b"\0") if len(data) < 4096 else data))
    chains: list[int] = []
    body, starts = b"", {}
    for index, (_, kind, data) in enumerate(entries):
        if kind == 2:
            starts[index] = len(chains)
            count = -(-len(data) // SECTOR)
            chains += [len(chains) + 1 + i for i in range(count - 1)] + [END]
            body += data.ljust(count * SECTOR, b"\0")
    directory_start = len(chains)
    directory = b""
    following = {
        child: (kids[i + 1] if i + 1 < len(kids) else FREE)
        for kids in children.values()
        for i, child in enumerate(kids)
    }
    for index, (name, kind, data) in enumerate(entries):
        written = (name + "\0").encode("utf-16-le")
        first = children[index][0] if children.get(index) else FREE
        directory += written.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(written), kind, 1, FREE, following.get(index, FREE), first
        )
        directory += b"\0" * 36 + struct.pack("<IQ", starts.get(index, END if kind == 5 else 0), len(data))
    count = -(-len(directory) // SECTOR)
    chains += [directory_start + 1 + i for i in range(count - 1)] + [END]
    directory = directory.ljust(count * SECTOR, b"\0")
    fat_start = len(chains)
    fat_count = -(-(len(chains) + 1) // 127)
    chains += [0xFFFFFFFD] * fat_count
    fat = b"".join(struct.pack("<I", c) for c in chains).ljust(fat_count * SECTOR, b"\xff")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, fat_count, directory_start, 0, 4096, END, 0, END, 0)
    header += b"".join(struct.pack("<I", fat_start + i) for i in range(fat_count)).ljust(436, b"\xff")
    return header + body + directory + fat


def outlook(subject: str, sender: str, address: str, body: str, files: Mapping[str, bytes] | None = None) -> bytes:
    """An Outlook message (.msg)."""
    wide = {"0037": subject, "0C1A": sender, "5D01": address, "1000": body}
    streams = {f"__substg1.0_{n}001F": v.encode("utf-16-le") for n, v in wide.items()}
    streams["__properties_version1.0"] = b"\0" * 32
    for n, (name, data) in enumerate((files or {}).items()):
        streams[f"__attach_version1.0_#{n:08X}/__substg1.0_3707001F"] = name.encode("utf-16-le")
        streams[f"__attach_version1.0_#{n:08X}/__substg1.0_37010102"] = data
    return compound(streams)


def signed(data: bytes) -> bytes:
    """Data inside a CMS signature, by cryptography."""
    from datetime import datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import pkcs7
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nobody")])
    now = datetime(2016, 1, 1)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=400)).sign(
        key, hashes.SHA256()
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def scan(lines: Sequence[str], kind: str = "PNG") -> bytes:
    """A letter as a picture of A4 at 150 dpi."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("L", (1240, 1754), 255)
    font = ImageFont.load_default(size=30)
    for n, line in enumerate(lines):
        ImageDraw.Draw(page).text((120, 160 + 50 * n), line, font=font, fill=20)
    held = io.BytesIO()
    page.save(held, kind)
    return held.getvalue()
