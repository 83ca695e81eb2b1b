"""What plain replies are read as, by behaviour."""

from __future__ import annotations

import pytest

from inbox_worker.model import Address, Code, Kind, Op, Part, Partstat, Role
from inbox_worker.reading import read
from tests.reading.making import INVITATION, message

ACCEPTED = [
    ("I will attend the forum.\n\nKind regards,\nAda Moreau", 1, ["Ada Moreau"]),
    ("We are pleased to confirm our participation with three people.\n\nBest regards,\nAda Moreau", 3, []),
    ("My colleague and I will attend.\n\nAda Moreau", 2, ["Ada Moreau"]),
    (
        "Wetlands Watch will be represented by Ms. Jun Halloran and Mr. Petr Sladek.\n\nRegards,\nAda",
        2,
        ["Jun Halloran", "Petr Sladek"],
    ),
    ("Please register two of us for the day.\n\nThanks,\nAda", 2, []),
    (
        "Our participants:\n\n1. Jun Halloran, policy officer\n2. Petr Sladek, engineer\n\nRegards\nAda Moreau",
        2,
        ["Jun Halloran", "Petr Sladek"],
    ),
    ("We will send a delegation of four headed by Jun Halloran.\n\nRegards\nAda Moreau", 4, ["Jun Halloran"]),
    ("Nous confirmons notre participation avec deux personnes.\n\nCordialement,\nAda Moreau", 2, []),
    ("Mme Jun Halloran participera au forum.\n\nCordialement,\nAda Moreau", 1, ["Jun Halloran"]),
    ("J'assisterai au forum avec grand plaisir.\n\nBien cordialement,\nAda Moreau", 1, ["Ada Moreau"]),
    ("Confirmamos nuestra participación con tres personas.\n\nSaludos cordiales,\nAda Moreau", 3, []),
    ("Asistirá al foro la Sra. Jun Halloran.\n\nUn saludo,\nAda Moreau", 1, ["Jun Halloran"]),
]


@pytest.mark.parametrize(("text", "number", "people"), ACCEPTED)
def test_an_acceptance_is_read_with_number_and_names(text: str, number: int, people: list[str]) -> None:
    reading = read(message(text), INVITATION)
    assert [
        (c.organisation, c.partstat, c.delegates, c.op, [p.name for p in c.people], c.doubts) for c in reading.claims
    ] == [("wetlands", Partstat.ACCEPTED, number, Op.SET, people, ())]


DECLINED = [
    "Unfortunately we are unable to attend this year.\n\nRegards,\nAda Moreau",
    "We regret that nobody from our office can come.\n\nRegards,\nAda Moreau",
    "Thank you for the invitation. We must decline.\n\nAda Moreau",
    "Nous ne pourrons malheureusement pas participer.\n\nCordialement,\nAda Moreau",
    "Lamentamos no poder asistir al foro.\n\nSaludos,\nAda Moreau",
    "No podremos asistir en esta ocasión.\n\nSaludos,\nAda Moreau",
]


@pytest.mark.parametrize("text", DECLINED)
def test_a_refusal_is_read(text: str) -> None:
    reading = read(message(text), INVITATION)
    assert [(c.organisation, c.partstat, c.doubts) for c in reading.claims] == [("wetlands", Partstat.DECLINED, ())]


@pytest.mark.parametrize(
    "text",
    [
        "We hope to attend with two people.\n\nRegards,\nAda Moreau",
        "Two of us will attend, subject to approval of the visas.\n\nRegards,\nAda Moreau",
        "Nous espérons participer à deux personnes, sous réserve du budget.\n\nCordialement,\nAda Moreau",
        "Esperamos asistir dos personas, si nos aprueban el presupuesto.\n\nSaludos,\nAda Moreau",
    ],
)
def test_hopes_and_conditions_are_tentative(text: str) -> None:
    reading = read(message(text), INVITATION)
    assert [(c.partstat, c.delegates) for c in reading.claims] == [(Partstat.TENTATIVE, 2)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("We will attend the forum.\n\nRegards,\nAda Moreau", Code.COUNT_MISSING),
        ("We will attend with two or three people.\n\nRegards,\nAda Moreau", Code.COUNT_UNCLEAR),
        ("We will attend with 400 people.\n\nRegards,\nAda Moreau", Code.COUNT_UNCLEAR),
        ("Please ignore my previous message.\n\nAda Moreau", Code.PARTSTAT_UNCLEAR),
        ("The goats are in the meadow and the mill is turning slowly.\n\nAda Moreau", Code.PARTSTAT_UNCLEAR),
        ("Kami akan hadir bersama empat orang rekan dari kantor pusat di Jakarta nanti.", Code.PARTSTAT_UNCLEAR),
    ],
)
def test_what_is_open_is_flagged(text: str, code: Code) -> None:
    reading = read(message(text), INVITATION)
    assert code in {d.code for d in reading.doubts} | {d.code for c in reading.claims for d in c.doubts}


def test_a_number_of_other_things_is_no_number_of_people() -> None:
    text = "Jun Halloran will attend. She stays in room 412 from 11 June, and our 14 offices send greetings."
    reading = read(message(text), INVITATION)
    assert [(c.delegates, [p.name for p in c.people]) for c in reading.claims] == [(1, ["Jun Halloran"])]


def test_a_shared_domain_decides_nothing() -> None:
    reading = read(message("Two of us will attend.\n\nBo", "Bo Lind <bo@un.example>"), INVITATION)
    assert [(c.organisation, [d.code for d in c.doubts]) for c in reading.claims] == [
        (None, [Code.ORGANISATION_UNCLEAR])
    ]


def test_a_shared_domain_with_the_name_in_the_text_is_settled() -> None:
    reading = read(
        message(
            "Two delegates of the Water Office of the United Nations will attend.\n\nBo", "Bo Lind <bo@un.example>"
        ),
        INVITATION,
    )
    assert [(c.organisation, c.delegates, c.doubts) for c in reading.claims] == [("water-un", 2, ())]


def test_an_organisation_off_the_list_is_named_as_written() -> None:
    text = "The Marsh Birds Association will attend with two people.\n\nRegards,\nOla Berg"
    reading = read(message(text, "Ola Berg <ola@marshbirds.example>"), INVITATION)
    assert [(c.organisation, c.name, [d.code for d in c.doubts]) for c in reading.claims] == [
        (None, "Marsh Birds Association", [Code.ORGANISATION_UNLISTED])
    ]


def test_quoted_words_are_not_the_senders() -> None:
    reading = read(
        message("We cannot attend.\n\nAda\n\n", quoted="> Please confirm that you will attend with two people.\n"),
        INVITATION,
    )
    assert [c.partstat for c in reading.claims] == [Partstat.DECLINED]


def test_several_organisations_in_lines_are_several_claims() -> None:
    text = "Our lists.\n\nWetlands Watch: Jun Halloran and Petr Sladek\nLake Fishers' Union: Bo Lind\n\nRegards,\nAda"
    reading = read(message(text), INVITATION)
    assert [(c.organisation, c.delegates) for c in reading.claims] == [("wetlands", 2), ("fishers", 1)]


def test_an_addition_adds() -> None:
    reading = read(message("Please add Petr Sladek to our delegation.\n\nAda Moreau"), INVITATION)
    assert [(c.op, c.delegates, [p.name for p in c.people]) for c in reading.claims] == [(Op.ADD, 1, ["Petr Sladek"])]


def test_a_replacement_changes_no_number() -> None:
    reading = read(message("Petr Sladek will attend in place of Jun Halloran.\n\nAda Moreau"), INVITATION)
    assert [(c.op, c.delegates) for c in reading.claims] == [(Op.ADD, 0)]


@pytest.mark.parametrize(
    ("headers", "subject", "text", "kind"),
    [
        ((("auto-submitted", "auto-replied"),), "Re: Forum", "I am away.", Kind.AUTO_REPLY),
        ((("auto-submitted", "no"),), "Re: Forum", "I will attend.", Kind.REPLY),
        ((("x-auto-response-suppress", "All"),), "Re: Forum", "I will attend.", Kind.REPLY),
        ((), "Automatic reply: Forum", "I am out of the office until Monday.", Kind.AUTO_REPLY),
        ((), "Re: Forum", "Thank you for your message, which we have received and will revert to you.", Kind.OTHER),
        ((("content-type", "multipart/report; report-type=delivery-status"),), "Undelivered", "x", Kind.BOUNCE),
    ],
)
def test_kinds(headers: tuple[tuple[str, str], ...], subject: str, text: str, kind: Kind) -> None:
    assert read(message(text, headers=headers, subject=subject), INVITATION).kind is kind


def test_questions_and_assistance_are_service_flags() -> None:
    reading = read(message("I will attend. Is there parking? I use a wheelchair.\n\nAda Moreau"), INVITATION)
    assert {d.code for d in reading.needs} == {Code.QUESTION, Code.ASSISTANCE}
    assert [c.doubts for c in reading.claims] == [()]


def test_mail_of_the_secretariat_itself_is_no_reply() -> None:
    assert read(message("I will attend.", "Eve <eve@rivers.example>"), INVITATION).kind is Kind.OTHER


def test_an_unread_attachment_with_the_answer_is_flagged() -> None:
    base = message("Please see the attached letter.\n\nAda Moreau")
    attached = Part("2", "application/pdf", Role.ATTACHMENT, filename="letter.pdf", size=9000)
    from dataclasses import replace

    reading = read(replace(base, parts=(*base.parts, attached)), INVITATION)
    assert (reading.kind, [d.code for d in reading.doubts]) == (Kind.REPLY, [Code.UNREADABLE])


def test_an_empty_message_is_no_reply() -> None:
    from dataclasses import replace

    assert read(replace(message(""), parts=(), from_=Address("", "")), INVITATION).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("shown", "signed"),
    [("Jean-Marie Ossola", "JM Ossola"), ("Jean-Marie Ossola", "J.-M. Ossola"), ("Ada Ruth Moreau", "A. R. Moreau")],
)
def test_who_signs_with_initials_is_called_by_the_name_that_is_shown(shown: str, signed: str) -> None:
    made = message(f"I will attend the forum.\n\nKind regards,\n{signed}\n", f"{shown} <office@wetlands.example>")
    (claim,) = read(made, INVITATION).claims
    assert [p.name for p in claim.people] == [shown]


def test_who_signs_with_other_initials_is_called_as_signed() -> None:
    made = message(
        "I will attend the forum.\n\nKind regards,\nA. K. Moreau\n", "Ada Ruth Moreau <ada@wetlands.example>"
    )
    (claim,) = read(made, INVITATION).claims
    assert [p.name for p in claim.people] == ["A. K. Moreau"]
