"""A mailbox made up for measuring: answers, changes, questions, automatic mail, reports and newsletters, dressed as the
mail programs of organisations dress them, about 19 kB each. The same seed gives the same bytes."""

from __future__ import annotations

import base64
import csv
import html
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

from tests.flow.replies import AWAY, CHANGES, FIRST, INVITED, LAST, NUMBERS, TEXTS

START = datetime(2016, 1, 11, 6, 0, tzinfo=timezone.utc)
DAYS = 50  # the last letters come after the deadline
OURS = "mail.apminebanconvention.org"
SYLLABLES = ("ba", "den", "kor", "li", "mas", "nor", "pe", "ra", "sol", "ti", "van", "zu")
FEW = 1_000  # organisations whose names three syllables tell apart
FORMS = ("{} Foundation", "{} Trust", "Association {}", "{} International", "Fundación {}", "Institut {}", "{} Society")
INVITATION = (
    "Dear Madam, dear Sir,",
    "The Implementation Support Unit has the honour to invite your organisation to the First International Pledging "
    "Conference for the Implementation of the Anti-Personnel Mine Ban Convention, at the Palais des Nations in Geneva, "
    "Room XXV, on Wednesday 2 March 2016, from 15:00 to 18:00.",
    "Please communicate your participation to isu@apminebanconvention.org as soon as possible but no later than "
    "26 February 2016, with the names and functions of the members of your delegation.",
    "The room is accessible by wheelchair. Interpretation into English, French and Spanish will be provided.",
    "Yours sincerely,",
    "The Implementation Support Unit",
)
NEWS = (
    "Our spring programme is out: eleven seminars in four cities, and a field visit for whoever registers early.",
    "Read how three villages got their fields back, and what it took to clear a hillside of forty years of metal.",
    "Subscribers tell us that they want fewer pictures and more figures. Here are the figures of the last quarter.",
    "A word from the chair: trust is built slowly, by what is done when nobody looks.",
)
QUESTIONS = (
    "Dear colleagues,\n\nCould you tell us whether there is interpretation into Arabic, and where one can park?\n",
    "Hello,\n\nWhen will the programme of the conference be sent out? Is there a dress code?\n",
)
STYLE = "".join(
    f"p.Mso{name}, li.Mso{name}, div.Mso{name}\r\n\t{{margin:0cm;\r\n\tmargin-bottom:.0001pt;\r\n\tfont-size:{size}.0pt;"
    f'\r\n\tfont-family:"Calibri",sans-serif;\r\n\tmso-fareast-language:EN-US;}}\r\n'
    for name, size in (
        *(("Normal", 11), ("PlainText", 10), ("ListParagraph", 11), ("Header", 10), ("Footer", 9), ("Title", 28)),
        *(("Subtitle", 11), ("BodyText", 11), ("Caption", 9), ("EndnoteText", 10), ("FootnoteText", 10), ("Quote", 11)),
    )
)


def organisations(n: int) -> list[dict[str, str]]:
    """``n`` rows of an invited list: those of the example, then made-up ones."""
    with INVITED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:n]
    rng = random.Random(7)
    taken = {row["id"] for row in rows}
    while len(rows) < n:
        word = "".join(rng.choices(SYLLABLES, k=3 if n <= FEW else 5)).capitalize()
        if word.lower() in taken:
            continue
        taken.add(word.lower())
        rows.append(
            {
                "id": word.lower(), "name": rng.choice(FORMS).format(word), "acronym": "", "aliases": "",
                "domains": f"{word.lower()}.example", "category": "ngo", "country": rng.choice(("CH", "KE", "CO", "LA")),
            }
        )  # fmt: skip
    return rows


def write_list(path: Path, rows: list[dict[str, str]]) -> None:
    """The invited list as the configuration takes it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def letters(
    n: int, rows: list[dict[str, str]], seed: int = 1, dressed: bool = True
) -> Iterator[tuple[datetime, bytes]]:
    """``n`` different messages with CRLF line ends and when each was received, in that order. Not ``dressed``: the bare
    words with the few headers they need, 1 kB each."""
    some = [row for row in rows if row["domains"]]
    answered: set[str] = set()
    for number in range(n):
        rng = random.Random(f"{seed}/{number}")
        letter = _Letter(rng, number, rng.choice(some), START + timedelta(days=DAYS) * (number / max(1, n)), dressed)
        kind = rng.choices((letter.reply, letter.question, letter.stranger, letter.away, letter.bounce, letter.news),
                           (58, 8, 8, 10, 4, 12))[0]  # fmt: skip
        again = letter.row["id"] in answered
        if kind == letter.reply:
            answered.add(letter.row["id"])
        yield letter.received, kind(again)


class _Letter:
    """One message in the making."""

    def __init__(self, rng: random.Random, number: int, row: dict[str, str], received: datetime, dressed: bool) -> None:
        self.rng, self.number, self.row, self.received, self.dressed = rng, number, row, received, dressed
        self.domain = row["domains"].split("|")[0]
        self.one, self.two = (f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _ in range(2))

    def reply(self, again: bool) -> bytes:
        return self._written(self.rng.choice(CHANGES if again else TEXTS), "Re: Invitation")

    def question(self, again: bool) -> bytes:
        return self._written(self.rng.choice(QUESTIONS), "Question")

    def stranger(self, again: bool) -> bytes:
        word = "".join(self.rng.choices(SYLLABLES, k=4)).capitalize()
        self.row = {**self.row, "id": word.lower(), "name": f"{word} Group"}
        self.domain = f"{word.lower()}.example"
        return self._written(self.rng.choice(TEXTS), "Re: Invitation")

    def away(self, again: bool) -> bytes:
        return self._written(AWAY, "Automatic reply: Invitation", "Auto-Submitted: auto-replied\r\n")

    def news(self, again: bool) -> bytes:
        words = "\n\n".join(self.rng.choices(NEWS, k=8 if self.dressed else 2))
        headers = (
            f"List-Id: <news.{self.domain}>\r\nList-Unsubscribe: <https://{self.domain}/u>\r\nPrecedence: bulk\r\n"
        )
        return self._written(f"{words}\n", "Newsletter", headers)

    def bounce(self, again: bool) -> bytes:
        report = (
            f"Reporting-MTA: dns; mx.{self.domain}\r\n\r\nFinal-Recipient: rfc822; office@{self.domain}\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        )
        parts = [
            "Content-Type: text/plain; charset=us-ascii\r\n\r\nYour message could not be delivered to "
            f"office@{self.domain}.\r\n",
            f"Content-Type: message/delivery-status\r\n\r\n{report}",
            "Content-Type: text/rfc822-headers\r\n\r\nFrom: isu@apminebanconvention.org\r\nSubject: Invitation\r\n",
        ]
        head = self._head(f"Mail Delivery System <MAILER-DAEMON@mx.{self.domain}>", "Undelivered mail", "")
        return (head + self._multipart('report; report-type="delivery-status"', parts)).encode()

    def _written(self, text: str, subject: str, headers: str = "") -> bytes:
        said = text.format(name=self.row["name"], number=self.rng.choice(NUMBERS), one=self.one, two=self.two)
        head = self._head(f"{self.one} <office@{self.domain}>", f"{subject} {self.number}", headers)
        said = f"{said}\nBest regards,\n\n{self.one}\n{self.row['name']}\n"
        if not self.dressed:
            plain = said.replace("\n", "\r\n")
            return f"{head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{plain}".encode()
        dress: Callable[[str], str] = self.rng.choices((self._plain, self._outlook, self._gmail), (20, 55, 25))[0]
        return (head + dress(said)).encode()

    def _head(self, sender: str, subject: str, headers: str) -> str:
        rng, at = self.rng, self.received
        hops = [
            f"Received: from mx.{self.domain} by {OURS} with ESMTPS id {self.number};\r\n {format_datetime(at)}\r\n"
        ]
        if self.dressed:
            key = base64.b64encode(rng.randbytes(256)).decode()
            folded = "\r\n ".join(key[i : i + 70] for i in range(0, len(key), 70))
            hops.append(
                f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom={self.domain};\r\n dkim=pass header.d={self.domain};"
                f" dmarc=pass header.from={self.domain}\r\nARC-Seal: i=1; a=rsa-sha256; s=arc; d={self.domain}; cv=none;\r\n"
                f" b={folded}\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s=one;\r\n"
                f" h=From:Date:Subject:Message-ID:Content-Type:MIME-Version;\r\n bh={key[:44]};\r\n b={folded}\r\n"
            )
            for hop in range(3):
                before = format_datetime(at - timedelta(seconds=2 + hop))
                hops.append(
                    f"Received: from AM{hop}PR08.prod.{self.domain} (2603:10a6:20b::{hop}) by\r\n AM{hop + 1}PR08.prod."
                    f"{self.domain} with Microsoft SMTP Server\r\n (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_"
                    f"SHA384) id\r\n 15.20.{hop}.{self.number}; {before}\r\n"
                )
            data = base64.b64encode(rng.randbytes(900)).decode()
            lines = "\r\n ".join(data[i : i + 72] for i in range(0, len(data), 72))
            hops.append(
                f"X-MS-Exchange-AntiSpam-MessageData: {lines}\r\nX-Originating-IP: [192.0.2.{self.number % 250}]\r\n"
            )
        return (
            f"{''.join(hops)}{headers}From: {sender}\r\nTo: isu@apminebanconvention.org\r\nSubject: {subject}\r\n"
            f"Date: {format_datetime(at - timedelta(minutes=1))}\r\nMessage-ID: <{self.number}@{self.domain}>\r\n"
            "In-Reply-To: <invitation@apminebanconvention.org>\r\nMIME-Version: 1.0\r\n"
        )

    def _plain(self, said: str) -> str:
        quoted = "\n".join(f"> {line}" for line in "\n\n".join(INVITATION).splitlines())
        text = f"{said}\nOn Mon, 11 Jan 2016 at 09:00, ISU <isu@apminebanconvention.org> wrote:\n{quoted}\n"
        return _part("text/plain", text)

    def _outlook(self, said: str) -> str:
        quoted = "\n\n".join(INVITATION)
        header = (
            "From: ISU <isu@apminebanconvention.org>\nSent: Monday, 11 January 2016 09:00\nTo: {}\nSubject: Invitation"
        )
        header = header.format(self.row["name"])
        text = f"{said}\n________________________________\n{header}\n\n{quoted}\n"
        paragraphs = "".join(_mso(line) for line in said.split("\n"))
        earlier = "".join(_mso(line) for line in (*header.split("\n"), *INVITATION))
        page = (
            '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv="Content-Type" '
            f'content="text/html; charset=utf-8">\n<style><!--\n{STYLE}--></style></head>\n<body lang="EN-GB" link="#0563C1">'
            f'<div class="WordSection1">{paragraphs}<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm '
            f'0cm 0cm">{earlier}</div></div></body></html>\n'
        )
        both = self._multipart("alternative", [_part("text/plain", text), _part("text/html", page)])
        if self.rng.random() > 0.6:
            return both
        logo = (
            base64.encodebytes(b"\xff\xd8\xff\xe0" + self.rng.randbytes(self.rng.randint(5_000, 20_000)))
            .decode()
            .replace("\n", "\r\n")
        )
        picture = (
            "Content-Type: image/jpeg; name=image001.jpg\r\nContent-Disposition: inline; filename=image001.jpg\r\n"
            f"Content-ID: <image001@{self.domain}>\r\nContent-Transfer-Encoding: base64\r\n\r\n{logo}"
        )
        return self._multipart("related", [both, picture], "_r")

    def _gmail(self, said: str) -> str:
        quoted = "\n".join(f"> {line}" for line in "\n\n".join(INVITATION).splitlines())
        wrote = "On Mon, Jan 11, 2016 at 9:00 AM ISU <isu@apminebanconvention.org> wrote:"
        text = f"{said}\n{wrote}\n\n{quoted}\n"
        words = "".join(f'<div dir="ltr">{html.escape(line) or "<br>"}</div>' for line in said.split("\n"))
        earlier = "".join(f"<div>{html.escape(line)}</div><div><br></div>" for line in INVITATION)
        page = (
            f'<div dir="ltr">{words}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{html.escape(wrote)}'
            '<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
            f'rgb(204,204,204);padding-left:1ex">{earlier}</blockquote></div>\n'
        )
        return self._multipart("alternative", [_part("text/plain", text), _part("text/html", page)])

    def _multipart(self, subtype: str, parts: list[str], mark: str = "") -> str:
        boundary = f"_000_{self.number}{self.domain}{mark}_"
        inner = "".join(f"--{boundary}\r\n{part.rstrip()}\r\n\r\n" for part in parts)
        return f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n{inner}--{boundary}--\r\n'


def _mso(line: str) -> str:
    return (
        '<p class="MsoNormal"><span lang="EN-US" style="font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif;'
        f'color:#1F497D;mso-fareast-language:EN-US">{html.escape(line) or "&nbsp;"}<o:p></o:p></span></p>\n'
    )


def _part(media_type: str, text: str) -> str:
    from quopri import encodestring

    body = encodestring(text.encode()).decode().replace("\r\n", "\n").replace("\n", "\r\n")
    return f"Content-Type: {media_type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}"
