"""OpenDocument texts and spreadsheets (.odt, .ods; ISO/IEC 26300): paragraphs, lists and tables in order."""

from __future__ import annotations

from inbox_worker.message.formats.content import Content, Extracted, NotReadableError
from inbox_worker.message.formats.packed import Packed
from inbox_worker.message.formats.tables import table
from inbox_worker.message.formats.xml import Element, attribute, children, local, parse_xml

DEEPEST = 60
MOST_REPEATED = 20  # cells and rows that a spreadsheet says once and means often
UNSEEN = frozenset({"tracked-changes", "annotation", "note", "forms", "sequence-decls", "scripts"})


def read_open_document(content: Content) -> Extracted:
    """The text of a document or spreadsheet.

    Raises:
        NotReadableError: where it cannot be had.
    """
    packed = Packed(content.data)
    if b"encryption-data" in packed.read("META-INF/manifest.xml"):
        raise NotReadableError("it is encrypted; ask the sender for its words")
    data = packed.read("content.xml")
    if not data:
        raise NotReadableError("it is no OpenDocument file inside")
    root = parse_xml(data)
    hidden = _hidden_styles(root)
    body = next((e for e in root if local(e) == "body"), root)
    return Extracted("\n".join(_blocks(body, hidden, 0)).strip("\n"))


def _hidden_styles(root: Element) -> frozenset[str]:
    """Names of styles whose text or table nobody sees."""
    found = set()
    for styles in children(root, "automatic-styles"):
        for style in children(styles, "style"):
            for properties in style:
                if attribute(properties, "display") in ("none", "false"):
                    found.add(attribute(style, "name"))
    return frozenset(found)


def _blocks(element: Element, hidden: frozenset[str], depth: int) -> list[str]:
    found: list[str] = []
    if depth > DEEPEST:
        return found
    for child in element:
        name = local(child)
        if name in UNSEEN or attribute(child, "style-name") in hidden:
            continue
        if name in ("p", "h"):
            found.append(_inline(child, hidden, depth))
        elif name == "list-item":
            inside = _blocks(child, hidden, depth + 1)
            found += [f"- {inside[0]}", *inside[1:]] if inside else []
        elif name == "table":
            found += [table(_rows(child, hidden, depth)), ""]
        else:
            found += _blocks(child, hidden, depth + 1)
    return found


def _rows(element: Element, hidden: frozenset[str], depth: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for child in element:
        name = local(child)
        if name == "table-row" and attribute(child, "visibility") not in ("collapse", "filter"):
            cells: list[str] = []
            for cell in children(child, "table-cell", "covered-table-cell"):
                text = "\n".join(_blocks(cell, hidden, depth + 1))
                cells += [text] * (_times(cell, "number-columns-repeated") if text else 1)
            rows += [cells] * (_times(child, "number-rows-repeated") if any(cells) else 1)
        elif name in ("table-header-rows", "table-row-group", "table-rows") and depth < DEEPEST:
            rows += _rows(child, hidden, depth + 1)
    return rows


def _times(element: Element, name: str) -> int:
    said = attribute(element, name)
    return min(int(said), MOST_REPEATED) if said.isascii() and said.isdigit() and len(said) < 9 else 1


def _inline(element: Element, hidden: frozenset[str], depth: int) -> str:
    pieces = [element.text or ""]
    for child in element:
        name = local(child)
        if name == "tab":
            pieces.append("\t")
        elif name == "line-break":
            pieces.append("\n")
        elif name == "s":
            pieces.append(" " * min(_times(child, "c"), MOST_REPEATED))
        elif name not in UNSEEN and attribute(child, "style-name") not in hidden and depth < DEEPEST:
            pieces.append(_inline(child, hidden, depth + 1))
        pieces.append(child.tail or "")
    return "".join(pieces)
