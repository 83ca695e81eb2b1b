"""Pages that only flow come out as inscriptis writes them."""

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inscriptis.html_engine import Inscriptis

from inbox_worker.message import flow
from tests.bench.letters import letters, organisations

TAGS = (
    "p",
    "div",
    "span",
    "blockquote",
    "b",
    "h2",
    "br",
    "address",
    "figure",
    "o:p",
    "center",
    "body",
    "hr",
    "a",
    "dl",
)
STYLES = ("margin-bottom:12.0pt", "margin-top: 2em; margin-bottom:0", "padding-left:3em", "display:block", "display:inline",
          "display:none", "margin:0cm", "margin-top:auto", "padding:3pt 0 0 0", "COLOR:red", ";:;", "margin-bottom:-8px")  # fmt: skip
TEXTS = st.text(st.sampled_from("ab \n\t\xa0\u3000&;l#32t\ue000é中"), max_size=12)


def _element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(tag: str, style: str | None, words: str, children: list[str], tail: str) -> str:
        look = f' style="{style}"' if style is not None else ""
        return f"<{tag}{look}>{words}{''.join(children)}</{tag}>{tail}"

    style = st.none() | st.sampled_from(STYLES)
    return st.builds(written, st.sampled_from(TAGS), style, TEXTS, st.lists(inner, max_size=3), TEXTS)


PAGES = st.lists(st.recursive(_element(TEXTS), _element, max_leaves=12), max_size=4).map("".join)


def both(source: str) -> tuple[str, str]:
    """The text of a page by us and by inscriptis."""
    root = lxml.html.document_fromstring(source)
    assert flow.flows(element.tag for element in root.iter())
    return flow.text_of(root), Inscriptis(root, flow.RENDERING).get_text()


@settings(max_examples=300, deadline=None)
@given(PAGES)
def test_any_page_that_only_flows(page: str) -> None:
    ours, theirs = both(f"<html><body>{page}</body></html>")
    assert ours == theirs


def test_pages_as_mail_programs_write_them() -> None:
    for _, content in letters(60, organisations(20)):
        start = content.find(b"<html")
        start = start if start >= 0 else content.find(b'<div dir="ltr">')
        if start >= 0:
            ours, theirs = both(content[start:].decode())
            assert ours == theirs


@pytest.mark.parametrize("tag", sorted(flow.LAID_OUT))
def test_what_does_more_than_flow_is_left_to_inscriptis(tag: str) -> None:
    root = lxml.html.document_fromstring(f"<p>a</p><table><tr><td>b<{tag}>c</{tag}></td></tr></table>")
    assert not flow.flows(element.tag for element in root.iter())
