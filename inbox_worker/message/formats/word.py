"""Word documents (.docx, ECMA-376): paragraphs and tables in order, with form fields and ticked boxes.

Our own walk over the XML: python-docx leaves out content controls, text boxes and tracked insertions, in which the
answers of a form stand.
"""

from __future__ import annotations

from inbox_worker.message.formats.content import Content, Extracted, NotReadableError
from inbox_worker.message.formats.packed import Packed
from inbox_worker.message.formats.tables import table
from inbox_worker.message.formats.xml import Element, attribute, children, local, parse_xml

MAIN = "word/document.xml"
SYMBOLS = {"F0FE": "[X]", "F0FD": "[X]", "F052": "[X]", "F0A8": "[ ]", "F06F": "[ ]", "F0A3": "[ ]"}  # Wingdings
UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "fallback", "Fallback"})
OFF = frozenset({"0", "false", "off"})
DEEPEST = 60  # elements inside each other


def read_word(content: Content) -> Extracted:
    """The text of a document.

    Raises:
        NotReadableError: where it cannot be had.
    """
    packed = Packed(content.data)
    main = packed.read(MAIN)
    if not main:
        raise NotReadableError("it is no Word document inside")
    pieces = [_document(packed.read(name)) for name in sorted(packed.names) if _is_header(name)]
    pieces.append(_document(main))
    problem = None
    text = "\n\n".join(dict.fromkeys(p for p in pieces if p.strip()))
    if not text.strip() and any(n.startswith("word/media/") for n in packed.names):
        problem = "its words are in a picture"
    return Extracted(text, problem)


def _is_header(name: str) -> bool:
    return name.startswith("word/header") and name.endswith(".xml")


def _document(data: bytes) -> str:
    root = parse_xml(data)
    body = next(children(root, "body"), root)
    return "\n".join(_blocks(body, 0)).strip("\n")


def _blocks(element: Element, depth: int) -> list[str]:
    """Paragraphs and tables inside an element, in order."""
    found: list[str] = []
    if depth > DEEPEST:
        return found
    for child in element:
        name = local(child)
        if name == "p":
            found.append(_paragraph(child, depth))
        elif name == "tbl":
            found.append(table(_rows(child, depth)))
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "body", "txbxContent"):
            box = _ticked(child) if name == "sdt" else None
            found += [box] if box else _blocks(child, depth + 1)
    return found


def _rows(element: Element, depth: int) -> list[list[str]]:
    rows = []
    for child in _through(element, "tr"):
        cells = ["\n".join(_blocks(cell, depth + 1)) for cell in _through(child, "tc")]
        rows.append(cells)
    return rows


def _through(element: Element, name: str) -> list[Element]:
    """Children of that name, also inside content controls around them."""
    found = []
    for child in element:
        if local(child) == name:
            found.append(child)
        elif local(child) in ("sdt", "sdtContent", "ins", "customXml"):
            found += _through(child, name)
    return found


def _paragraph(element: Element, depth: int) -> str:
    boxes: list[str] = []
    text = _inline(element, boxes, depth)
    style = next(children(element, "pPr"), None)
    listed = style is not None and next(children(style, "numPr"), None) is not None
    if listed and text.strip():
        text = f"- {text}"
    return "\n".join([*([text] if text or not boxes else []), *boxes])


def _inline(element: Element, boxes: list[str], depth: int) -> str:
    """The words of a paragraph, hidden and deleted ones left out; text boxes go to ``boxes``."""
    pieces: list[str] = []
    if depth > DEEPEST:
        return ""
    for child in element:
        name = local(child)
        if name in UNSEEN or (name == "r" and _hidden(child)):
            continue
        if name == "t":
            pieces.append(child.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "sym":
            pieces.append(SYMBOLS.get(attribute(child, "char").upper(), ""))
        elif name == "fldChar":
            pieces.append(_form_box(child))
        elif name == "txbxContent":
            boxes += _blocks(child, depth + 1)
        elif name == "sdt":
            pieces.append(_ticked(child) or _inline(child, boxes, depth + 1))
        elif name not in ("pPr", "rPr", "sdtPr"):
            pieces.append(_inline(child, boxes, depth + 1))
    return "".join(pieces)


def _hidden(run: Element) -> bool:
    """Whether a run is hidden text, struck out, or white on nothing."""
    style = next(children(run, "rPr"), None)
    if style is None:
        return False
    for mark in children(style, "vanish", "webHidden", "strike", "dstrike"):
        if attribute(mark, "val") not in OFF:
            return True
    white = any(attribute(c, "val").upper() == "FFFFFF" for c in children(style, "color"))
    tiny = any(attribute(c, "val") in ("1", "2") for c in children(style, "sz"))  # half points
    return tiny or (white and next(children(style, "shd", "highlight"), None) is None)


def _ticked(control: Element) -> str | None:
    """The box of a content control, where it is one."""
    for properties in children(control, "sdtPr"):
        for box in children(properties, "checkbox"):
            return "[X]" if any(attribute(c, "val") not in OFF for c in children(box, "checked")) else "[ ]"
        if next(children(properties, "showingPlcHdr"), None) is not None:
            return " "  # nobody filled it in: what stands there is the prompt
    return None


def _form_box(field: Element) -> str:
    """The box of an old form field (w:ffData), where it is one."""
    for data in children(field, "ffData"):
        for box in children(data, "checkBox"):
            marks = [attribute(c, "val") for c in children(box, "checked")]
            marks = marks or [attribute(c, "val") for c in children(box, "default")]
            return "[X]" if marks and marks[0] not in OFF else "[ ]"
    return ""
