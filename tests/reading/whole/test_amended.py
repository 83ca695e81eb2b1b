"""Changes to a list for several organisations that its sender quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox_worker.model import Message
from inbox_worker.reading import read
from tests.reading.making import INVITATION, message

WROTE = "\nOn Mon, 3 May 2031 at 10:02, Ada Moreau <ada@wetlands.example> wrote:\n"
LIST = """
These are our people and those of the organisations we travel with.

Organisation | Participants | No.
Wetlands Watch | Ada Moreau, Paulo Reis, 1 tbc | 3
Lake Fishers' Union | Juma Okello | 1
Fundación Canal Vivo | Lucía Paz, Mateo Rojas | 2
"""
Said = list[tuple[str | None, str, int | None, list[str]]]


def reply(text: str, quoted: str = LIST, wrote: str = WROTE, marked: bool = True) -> Message:
    """A reply above the list."""
    lines = [f"> {line}" if marked else line for line in quoted.splitlines()]
    return message(text, quoted=wrote + "\n".join(lines) + "\n")


def said(made: Message, *, both: bool = False) -> tuple[Said, list[str]]:
    reading = read(made, replace(INVITATION, two_readers=both))
    claims: Said = [
        (c.organisation, f"{c.op.value} {c.partstat.value}", c.delegates, sorted(p.name for p in c.people))
        for c in reading.claims
    ]
    return claims, [d.code.value for d in (*reading.doubts, *(d for c in reading.claims for d in c.doubts))]


FILLED = ("wetlands", "add accepted", 0, ["Omar Haddad"])
FEWER = ("canal", "set accepted", 1, ["Lucía Paz"])

PLAIN = (
    ('Two corrections to my list:\n\n* the "1 tbc" in our row has acquired a name: Omar Haddad.\n'
     "* Canal Vivo becomes 1. Lucía Paz will come by herself.\n", [FILLED, FEWER]),
    ('The mysterious "1 tbc" in our own row has acquired a name: Omar Haddad, from Lusaka.\n', [FILLED]),
    ("Canal Vivo becomes 1. Mateo Rojas has a wedding to go to, Lucía Paz will come by herself.\n", [FEWER]),
    ("Bonjour,\n\nle « 1 tbc » de notre ligne a un nom : Omar Haddad.\n", [FILLED]),
    ("Guten Tag,\n\n„1 tbc“ in unserer Zeile hat nun einen Namen: Omar Haddad\n", [FILLED]),
    ("Many thanks for your help!\n", []),
)  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), PLAIN)
@pytest.mark.parametrize("marked", [True, False])
def test_each_item_changes_its_row(text: str, wanted: Said, marked: bool) -> None:
    assert said(reply(text, marked=marked), both=True) == (wanted, [])


NOT_PLAIN = (
    'The "1 tbc" in our row may be: Omar Haddad.\n',
    'The "1 tbc" in our row: ask Omar Haddad.\n',
    'The "1 tbc" in our row: Omar Haddad decides this week.\n',
    'The "1 tbc" in our row will be chosen by Omar Haddad.\n',
    'The "1 tbc" in our row has a name: Omar Haddad\'s assistant.\n',
    'We propose Omar Haddad for the "1 tbc" in our row.\n',
    'For the "1 tbc" in our row we are thinking of Omar Haddad.\n',
    'The "1 tbc" in our row was to be: Omar Haddad, but he has been posted elsewhere.\n',
    'The "1 tbc" in our row will not be: Omar Haddad.\n',
    'Please strike the "1 tbc" in our row: Omar Haddad cannot be spared.\n',
    'The "1 tbc" in our row has a name: Omar Haddad or Ines Paz.\n',
    'The "1 tbc" in our row has a name: Omar Haddad.\n\nHe still has to ask his boss.\n',
    'The "1 tbc" in our row has a name: Omar Haddad.\n\nSorry, that was for another event.\n',
    'The "1 tbc" in our row has a name: Omar Haddad.\n\nAll the others have cancelled.\n',
    'The "1 tbc" in our row has a name: Omar Haddad.\n\nThe other rows are wrong.\n',
    'The "1 tbc" in our row has a name: Omar Haddad.\n\nCanal Vivo: I am not sure any more.\n',
    'The "1 tbc" in our row has a name: Omar Haddad. Canal Vivo stays as it is.\n',
    'The "1 tbc" in our row has a name: Omar Haddad.\n' + "- Many thanks.\n" * 25 + "- Canal Vivo becomes 1.\n",
    "Canal Vivo becomes 1. Lucía Paz and Mateo Rojas will come.\n",
    "Canal Vivo becomes 1.\n",
    "Canal Vivo becomes 1 vegetarian. Lucía Paz will come by herself.\n",
    "Canal Vivo may become 1. Lucía Paz will come by herself.\n",
    "Will Canal Vivo become 1? Lucía Paz will come by herself.\n",
    "Canal Vivo does not become 1. Lucía Paz will come by herself is a rumour.\n",
    "Canal Vivo becomes 1. Lucía Paz said she will come by herself if at all.\n",
    "Canal Vivo becomes 1. Lucía Paz will come by herself to the autumn workshop.\n",
    "Canal Vivo: Lucía Paz will come with 1 suitcase.\n",
    "Canal Vivo: Mateo Rojas will speak in session 1.\n",
    "Canal Vivo : Lucía Paz viendra avec 1 valise.\n",
    "Canal Vivo: Mateo Rojas and Lucía Paz sit in room 1.\n",
    "Please add Neema Said, our expert for the canal.\n",
    "- Fishers: please add Neema Said to the mailing list.\n",
    "Our third person is Omar Haddad.\n",
    "Canal Vivo is not coming.\n",
    "Unfortunately the fishers cannot come.\n",
    "Juma cannot come.\n",
    "Paulo Reis cannot come.\n",
)  # fmt: skip


@pytest.mark.parametrize("text", NOT_PLAIN)
@pytest.mark.parametrize("both", [False, True])
def test_nothing_is_changed_silently_where_an_item_is_not_plain(text: str, both: bool) -> None:
    claims, doubts = said(reply(text), both=both)
    assert FILLED not in claims
    assert FEWER not in claims
    assert doubts


def test_an_organisation_that_is_named_may_decline() -> None:
    text = "Wetlands Watch cannot come after all, I am sorry. Of the others I cannot say anything.\n"
    assert said(reply(text), both=True)[0] == [("wetlands", "set declined", None, [])]


CHANGES = PLAIN[0][0]
OTHERS = (
    "\nOn Mon, 3 May 2031 at 10:02, Juma Okello <juma@fishers.example> wrote:\n",
    "\nFrom: Juma Okello <juma@fishers.example>\nSent: Monday, 3 May 2031\nTo: Ada Moreau <ada@wetlands.example>\n\n",
    "\nFrom: River Forum <forum@rivers.example>\nSent: Monday, 3 May 2031\nTo: Ada Moreau <ada@wetlands.example>\n\n",
    "\nForum wrote:\nplease write to ada@wetlands.example if this is wrong.\n",
)


@pytest.mark.parametrize("wrote", OTHERS)
def test_a_list_of_somebody_else_is_not_amended(wrote: str) -> None:
    claims, doubts = said(reply(CHANGES, wrote=wrote), both=True)
    assert FILLED not in claims
    assert doubts


CORRECTED = (
    "Correction: the 1 tbc in our row will not come, we are 2.\n\n",
    "Sorry, Paulo Reis will not come after all.\n\n",
)


@pytest.mark.parametrize("words", CORRECTED)
def test_a_list_that_was_corrected_since_is_not_amended(words: str) -> None:
    for quoted in (words + LIST, words + WROTE + "\n".join(f"> {line}" for line in LIST.splitlines())):
        claims, doubts = said(reply(CHANGES, quoted=quoted), both=True)
        assert FILLED not in claims
        assert doubts
