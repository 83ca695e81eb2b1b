"""XML inside documents: without entities, without network, of bounded depth and size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from inbox_worker.message.formats.content import NotReadableError

Element: TypeAlias = Any  # lxml has no types

MAX_ELEMENTS = 400_000


def parse_xml(data: bytes) -> Element:
    """The root element.

    Raises:
        NotReadableError: where it is damaged, or declares a document type, which no office program writes.
    """
    if b"<!DOCTYPE" in data[:100_000] or b"<!ENTITY" in data or "<!ENTITY".encode("utf-16-le") in data:
        raise NotReadableError("it declares entities, which no office program writes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotReadableError("it is damaged") from error
    if root is None:
        raise NotReadableError("it is damaged")
    return root


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without namespace, or ""."""
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements of these names."""
    for child in element:
        if local(child) in names:
            yield child
