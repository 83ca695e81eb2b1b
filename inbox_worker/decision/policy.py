"""The policy: what is recorded and what is flagged, as one table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inbox_worker.decision.rules import RULES
from inbox_worker.model import Claim, Code, Decision, Doubt, Effect, Flag, Invitation, Kind, Reading

# What a doubt holds back. A code that is not here holds nothing back: it asks for a service, or is told by the story.
HOLDS: dict[Code, Effect] = {
    Code.COUNT_MISSING: Effect.WITHOUT_NUMBER,
    Code.COUNT_UNCLEAR: Effect.WITHOUT_NUMBER,
    Code.ORGANISATION_UNLISTED: Effect.WAIT,
    Code.ORGANISATION_UNCLEAR: Effect.WAIT,
    Code.PARTSTAT_UNCLEAR: Effect.WAIT,
    Code.SENDER_UNVERIFIED: Effect.WAIT,
    Code.UNREADABLE: Effect.WAIT,
    Code.FAILED: Effect.WAIT,
}
STRENGTH = (Effect.APPLY, Effect.WITHOUT_NUMBER, Effect.WAIT)


def is_late(received: datetime | None, reply_by: datetime) -> bool:
    """Whether a message came after the deadline. One that nobody knows the arrival of is not called late."""
    return received is not None and received >= reply_by


def decide(reading: Reading, received: datetime | None, invitation: Invitation) -> Decision:
    """What to record of a reading and which flags to open.

    Args:
        reading: what a reader understood.
        received: when our server took the message in, aware; None where nothing tells.
        invitation: the event and the invited list.
    """
    replies = reading.kind is Kind.REPLY
    claims = tuple(_doubted(claim, invitation) for claim in reading.claims) if replies else ()
    late = replies and is_late(received, invitation.reply_by)
    flags = [Flag(doubt.code, doubt.detail, evidence=doubt.evidence) for doubt in (*reading.doubts, *reading.needs)]
    flags += [
        Flag(doubt.code, doubt.detail, at, doubt.evidence) for at, claim in enumerate(claims) for doubt in claim.doubts
    ]
    if late:
        flags.append(Flag(Code.LATE, f"received {_stamp(received, invitation)}, after the deadline"))
    elif replies and received is None:
        flags.append(Flag(Code.LATE, "nothing tells when it arrived; see whether it was in time"))
    return Decision(
        claims=claims,
        effects=tuple(_effect((*claim.doubts, *reading.doubts)) for claim in claims),
        flags=tuple(dict.fromkeys(flags)),
        late=late,
    )


def _doubted(claim: Claim, invitation: Invitation) -> Claim:
    """The claim with the doubts of every rule that applies."""
    for rule in RULES:
        doubt = rule.doubt(claim, invitation)
        if doubt is not None:
            claim = replace(claim, doubts=(*claim.doubts, doubt))
    listed = any(o.id == claim.organisation for o in invitation.organisations)
    return claim if listed else replace(claim, organisation=None)


def _effect(doubts: tuple[Doubt, ...]) -> Effect:
    return max((HOLDS.get(doubt.code, Effect.APPLY) for doubt in doubts), key=STRENGTH.index, default=Effect.APPLY)


def _stamp(received: datetime | None, invitation: Invitation) -> str:
    if received is None:
        return "?"
    return received.astimezone(invitation.reply_by.tzinfo).strftime("%Y-%m-%d %H:%M")
