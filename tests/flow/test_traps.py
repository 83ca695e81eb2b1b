"""What others tripped over, each a message or two through the command line."""

from __future__ import annotations

import json

import pytest

from tests.flow.station import Station

REPLY = """\
{head}Received: from mx.halotrust.example by mail.our.example with ESMTPS id 1; Wed, 10 Feb 2016 09:00:00 +0000
From: Ann Lee <ann@halotrust.example>
To: isu@apminebanconvention.org
Subject: The conference
Message-ID: <same@halotrust.example>
Date: Wed, 10 Feb 2016 08:59:00 +0000

{text}
"""
SAYS = "Authentication-Results: mail.our.example; dmarc={} header.from=halotrust.example\n"
FORGED = "Authentication-Results: elsewhere.example; dmarc=pass header.from=halotrust.example\n"


def test_a_message_id_that_was_used_before_hides_nothing(station: Station) -> None:
    first = REPLY.format(head="", text="The HALO Trust will attend with one person.")
    second = REPLY.format(head="", text="A change: The HALO Trust will attend with two people, not one.")
    done = station.run("import", station.write([first.encode(), second.encode()]))
    assert done.stdout.startswith("2 recorded, 0 known already, 0 failed; "), done.stderr
    assert station.query("select delegates from participations where partstat = 'accepted'") == [(2,)]


@pytest.mark.parametrize(
    ("head", "doubted"),
    [
        (SAYS.format("pass"), False),
        (SAYS.format("fail"), True),
        (SAYS.format("fail") + FORGED, True),  # what the sender wrote below ours proves nothing
        (SAYS.format("fail") + SAYS.format("pass"), True),  # nor does what bears our name
    ],
)
def test_only_the_topmost_authentication_results_of_our_server_are_believed(
    station: Station, head: str, doubted: bool
) -> None:
    mail = station.write([REPLY.format(head=head, text="The HALO Trust will attend with one person.").encode()])
    (line,) = station.run("read", mail).stdout.splitlines()
    assert ("sender-unverified" in json.loads(line)["flags"]) is doubted
