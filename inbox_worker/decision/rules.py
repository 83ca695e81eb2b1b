"""Rules that doubt a claim, whoever read it: what no careful clerk would write down without asking.

A rule is a name, a sentence and a check. Readers raise doubts of their own; these hold for every reader, so that a
reader's slip becomes a question and never a wrong fact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inbox_worker.model import Claim, Code, Doubt, Invitation, Op, Partstat

LEAST_CONFIDENCE = 0.5  # below it a reader itself says that it is as likely wrong as right
LARGEST_DELEGATION = 50  # people; a larger number is asked about, never believed


@dataclass(frozen=True)
class Rule:
    """``check`` gives the sentence for the clerk, or None where the rule does not apply."""

    name: str
    code: Code
    check: Callable[[Claim, Invitation], str | None]

    def doubt(self, claim: Claim, invitation: Invitation) -> Doubt | None:
        """The doubt this rule raises, unless the reader raised one of that code itself."""
        if any(doubt.code is self.code for doubt in claim.doubts):
            return None
        detail = self.check(claim, invitation)
        return Doubt(self.code, detail) if detail else None


def _comes(claim: Claim) -> bool:
    return claim.partstat is Partstat.ACCEPTED


def _number_doubted(claim: Claim) -> bool:
    return any(doubt.code in (Code.COUNT_MISSING, Code.COUNT_UNCLEAR) for doubt in claim.doubts)


def _unlisted(claim: Claim, invitation: Invitation) -> str | None:
    if claim.organisation is not None or any(d.code is Code.ORGANISATION_UNCLEAR for d in claim.doubts):
        return None
    return f'"{claim.name}" is not on the invited list'


def _unknown_id(claim: Claim, invitation: Invitation) -> str | None:
    known = claim.organisation is None or any(o.id == claim.organisation for o in invitation.organisations)
    return None if known else f'the reader named "{claim.organisation}", which is no id of the invited list'


def _no_answer(claim: Claim, invitation: Invitation) -> str | None:
    return "what they answer is not clear" if claim.partstat is Partstat.NEEDS_ACTION else None


def _unsure(claim: Claim, invitation: Invitation) -> str | None:
    if claim.confidence >= LEAST_CONFIDENCE or claim.doubts:
        return None
    return f"the reader is not sure of this claim ({claim.confidence:.0%})"


def _no_number(claim: Claim, invitation: Invitation) -> str | None:
    if _comes(claim) and claim.delegates is None and not _number_doubted(claim):
        return "they come, but neither how many nor who"
    return None


def _absurd_number(claim: Claim, invitation: Invitation) -> str | None:
    number = claim.delegates
    if number is None or claim.partstat not in (Partstat.ACCEPTED, Partstat.TENTATIVE):
        return None
    most = min(LARGEST_DELEGATION, invitation.capacity or LARGEST_DELEGATION)
    if number > most:
        return f"{number} is more than one organisation can mean (most believed: {most})"
    least = 1 if claim.op is not Op.ADD else 0
    return f"{number} cannot be the number of people" if number < least else None


def _more_names(claim: Claim, invitation: Invitation) -> str | None:
    names, number = len(claim.people), claim.delegates
    if number is None or claim.partstat is Partstat.DECLINED or (claim.op is Op.ADD and number == 0):
        return None
    return f"{names} names, but the number is {number}" if names > number else None


RULES = (
    Rule("unlisted organisation", Code.ORGANISATION_UNLISTED, _unlisted),
    Rule("unknown organisation id", Code.ORGANISATION_UNCLEAR, _unknown_id),
    Rule("no answer", Code.PARTSTAT_UNCLEAR, _no_answer),
    Rule("unsure reader", Code.PARTSTAT_UNCLEAR, _unsure),
    Rule("no number", Code.COUNT_MISSING, _no_number),
    Rule("absurd number", Code.COUNT_UNCLEAR, _absurd_number),
    Rule("more names than people", Code.COUNT_UNCLEAR, _more_names),
)
