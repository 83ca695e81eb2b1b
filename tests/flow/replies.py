"""Plausible replies of many organisations, several of each: first answers, names that follow, changes of mind."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

INVITED = Path(__file__).parents[2] / "config/invited.csv"
FIRST = ("Ana", "Bruno", "Chantal", "Dilys", "Emeka", "Farida", "Goran", "Hanneli", "Ines", "Jonas", "Kofi", "Lucía")
LAST = (
    "Abebe",
    "Bachofner",
    "Castro",
    "Dubois",
    "Eriksen",
    "Fofana",
    "Guzmán",
    "Haddad",
    "Ivanova",
    "Järvinen",
    "Koch",
)
NUMBERS = ("one person", "two people", "three people", "four people")
TEXTS = (
    "Dear colleagues,\n\nThank you for the invitation. {name} will attend with {number}.\n",
    "Dear all,\n\nWe confirm our participation. The delegates of {name} are:\n\n{one}, Director\n{two}, Programme Officer\n",
    "Madame, Monsieur,\n\n{name} participera à la conférence. Nous serons trois.\n",
    "Estimados señores:\n\nConfirmamos la asistencia de {name}. Asistirán {one} y {two}.\n",
    "Dear colleagues,\n\nUnfortunately {name} will not be able to attend.\n",
    "Hello,\n\n{name} is interested, but we cannot say yet whether we can come.\n",
)
CHANGES = (
    "Dear colleagues,\n\nA change to our delegation: {one} will come as well.\n",
    "Dear colleagues,\n\nPlease note that we will be {number} and not as many as I wrote before.\n",
    "Dear colleagues,\n\n{one} can no longer come. {two} takes the place.\n",
    "Dear colleagues,\n\nWe are sorry, {name} has to cancel.\n",
    "Is there parking at the Palais? And could you send us the programme?\n",
)
AWAY = "I am out of the office until Monday. For urgent matters please call the front desk.\n"
START = datetime(2016, 2, 1, 8, 0, tzinfo=timezone.utc)


def replies(n: int, seed: int = 1) -> Iterator[bytes]:
    """``n`` different messages with LF line ends, in the order of their reception; the last come late."""
    rng = random.Random(seed)
    with INVITED.open(encoding="utf-8", newline="") as file:
        organisations = [row for row in csv.DictReader(file) if row["domains"]]
    some = rng.sample(organisations, min(len(organisations), max(3, n // 4)))
    answered: set[str] = set()
    for number in range(n):
        organisation = rng.choice(some)
        received = START + timedelta(days=27) * (number / max(1, n))
        yield _reply(rng, number, organisation, received, again=organisation["id"] in answered)
        answered.add(organisation["id"])


def _reply(rng: random.Random, number: int, organisation: dict[str, str], received: datetime, *, again: bool) -> bytes:
    one, two = (f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(2))
    domain = organisation["domains"].split("|")[0]
    away = rng.random() < 0.05
    text = AWAY if away else rng.choice(CHANGES if again else TEXTS)
    mail = EmailMessage(policy=SMTP.clone(linesep="\n"))
    mail["Received"] = (
        f"from mx.{domain} by mail.apminebanconvention.org with ESMTPS id {number}; {format_datetime(received)}"
    )
    mail["From"] = f"{one} <office@{domain}>"
    mail["To"] = "isu@apminebanconvention.org"
    mail["Subject"] = f"Re: Invitation {number}"
    mail["Date"] = format_datetime(received - timedelta(minutes=1))
    mail["Message-ID"] = f"<{number}@{domain}>"
    if away:
        mail["Auto-Submitted"] = "auto-replied"
    said = text.format(name=organisation["name"], number=rng.choice(NUMBERS), one=one, two=two)
    mail.set_content(f"{said}\nBest regards,\n{one}\n{organisation['name']}\n", cte="8bit")
    if rng.random() < 0.2:
        mail.add_alternative(f"<p>{said}</p><p>Best regards,<br>{one}</p>", subtype="html", cte="quoted-printable")
        mail.set_boundary(f"=_{number}")
    return mail.as_bytes()
