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
    ('Two corrections to my list:\n\n* the "1 tbc" in our row is Omar Haddad.\n'
     "* Canal Vivo becomes 1. Lucía Paz will come by herself.\n", [FILLED, FEWER]),
    ('The mysterious "1 tbc" in our own row has acquired a name: Omar Haddad, from Lusaka.\n', [FILLED]),
    ("Canal Vivo becomes 1. Mateo Rojas has a wedding to go to, Lucía Paz will come by herself.\n", [FEWER]),
    ("Bonjour,\n\nle « 1 tbc » de notre ligne a un nom : Omar Haddad.\n", [FILLED]),
    ("Canal Vivo passe à 1 : Lucía Paz viendra seule.\n", [FEWER]),
    ("Hola:\n\nel «1 tbc» de nuestra fila será Omar Haddad.\n", [FILLED]),
    ("Guten Tag,\n\nfür „1 tbc“ in unserer Zeile kommt Omar Haddad.\n", [FILLED]),
    ("Buongiorno,\n\nl'«1 tbc» della nostra riga è Omar Haddad, che parteciperà.\n", [FILLED]),
    ("- Fishers: please add Neema Said to their row.\n", [("fishers", "add accepted", 1, ["Neema Said"])]),
    ("- Fishers' Union: Juma Okello cannot come, Neema Said takes his place.\n",
     [("fishers", "add accepted", 0, ["Neema Said"])]),
    ("Many thanks for your help!\n", []),
)  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), PLAIN)
@pytest.mark.parametrize("marked", [True, False])
def test_each_item_changes_its_row(text: str, wanted: Said, marked: bool) -> None:
    assert said(reply(text, marked=marked), both=True) == (wanted, [])


NOT_PLAIN = (
    'The "1 tbc" in our row may be Omar Haddad.\n',
    'The "1 tbc" in our row: ask Omar Haddad.\n',
    'For the "1 tbc" in our row we are thinking of Omar Haddad.\n',
    "Canal Vivo: Mateo Rojas and Lucía Paz sit in room 1.\n",
    'The "1 tbc" in our row was to be Omar Haddad, but he has been posted elsewhere.\n',
    'The "1 tbc" in our row will not be Omar Haddad.\n',
    'Please strike the "1 tbc" in our row, Omar Haddad cannot be spared.\n',
    'The "1 tbc" in our row is Omar Haddad or Ines Paz.\n',
    "Canal Vivo becomes 1. Lucía Paz and Mateo Rojas will come.\n",
    "Canal Vivo becomes 1.\n",
    'The "1 tbc" in our row is Omar Haddad.\n\nCanal Vivo: I am not sure any more.\n',
    'The "1 tbc" in our row is Omar Haddad. Canal Vivo stays as it is.\n',
    "Our third person is Omar Haddad.\n",
)


@pytest.mark.parametrize("text", NOT_PLAIN)
@pytest.mark.parametrize("both", [False, True])
def test_nothing_is_changed_silently_where_an_item_is_not_plain(text: str, both: bool) -> None:
    claims, doubts = said(reply(text), both=both)
    assert FILLED not in claims
    assert FEWER not in claims
    assert doubts or not claims


def test_a_list_of_somebody_else_is_not_amended() -> None:
    wrote = "\nOn Mon, 3 May 2031 at 10:02, Juma Okello <juma@fishers.example> wrote:\n"
    claims, doubts = said(reply(PLAIN[0][0], wrote=wrote))
    assert FILLED not in claims
    assert doubts
