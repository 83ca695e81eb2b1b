"""The vocabulary: the words of the RFCs and our own, as enumerations."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a message is, before anybody asks what it says."""

    REPLY = "reply"  # says something on participation in this event
    AUTO_REPLY = "auto-reply"  # written by a machine in answer to us (RFC 3834)
    BOUNCE = "bounce"  # tells that our mail was not delivered (RFC 3464)
    OTHER = "other"  # everything else


class Partstat(StrEnum):
    """Participation status (RFC 5545, section 3.2.12), in lower case as the registry shows it."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class Op(StrEnum):
    """How a claim's number relates to what the organisation said before."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"


class Code(StrEnum):
    """Flag codes. The first three are service flags and say nothing against the reading; the others are doubts."""

    LATE = "late"
    QUESTION = "question"
    ASSISTANCE = "assistance"
    ORGANISATION_UNLISTED = "organisation-unlisted"
    ORGANISATION_UNCLEAR = "organisation-unclear"
    PARTSTAT_UNCLEAR = "partstat-unclear"
    COUNT_MISSING = "count-missing"
    COUNT_UNCLEAR = "count-unclear"
    SENDER_UNVERIFIED = "sender-unverified"
    UNREADABLE = "unreadable"
    CONFLICT = "conflict"
    FAILED = "failed"

    @property
    def is_doubt(self) -> bool:
        """Whether the flag doubts the reading, rather than asking for a service."""
        return self not in SERVICE_CODES


SERVICE_CODES = frozenset({Code.LATE, Code.QUESTION, Code.ASSISTANCE})


class Zone(StrEnum):
    """Whose words a stretch of text is."""

    NEW = "new"  # what the sender wrote now
    QUOTED = "quoted"  # earlier mail, and the line that introduces it
    SIGNATURE = "signature"  # name, office, address below the text
    DISCLAIMER = "disclaimer"  # what the organisation's server adds


class Role(StrEnum):
    """What a part is to the message."""

    BODY = "body"  # shown as the message itself
    ALTERNATIVE = "alternative"  # the body once more in another form (RFC 2046, section 5.1.4)
    ATTACHMENT = "attachment"
    CALENDAR = "calendar"  # text/calendar (RFC 6047)
    MESSAGE = "message"  # text of an attached message
    REPORT = "report"  # machine-readable part of a report (RFC 3464, RFC 8098)


class Effect(StrEnum):
    """What the policy makes of a claim before its organisation's story is told."""

    APPLY = "apply"
    WITHOUT_NUMBER = "without-number"  # the participation stands, the number stays unknown
    WAIT = "wait"  # nothing changes until somebody rules


class Verb(StrEnum):
    """What a person decides."""

    ACCEPT = "accept"  # the claim is right as it was read
    CORRECT = "correct"  # the claim is what the ruling says
    DISMISS = "dismiss"  # it says nothing for the registry
    ADMIT = "admit"  # a late answer counts as if it had been in time
    REFUSE = "refuse"  # a late answer does not count
    MERGE = "merge"  # the claim is that of a listed organisation
    ADD = "add"  # the claim is that of an organisation which joins the registry by it
    ENTER = "enter"  # an answer that came by telephone or on paper
    CLOSE = "close"  # a question or request was dealt with; the claims stand as they are
    UNDO = "undo"  # the ruling named in ``undoes`` never was
