"""What a language model's reading may change: two roles, each a table of policy.

``second`` reads what the built-in reader is in doubt of, and settles a doubt only where its checked answer contradicts
nothing that the built-in reader is sure of. ``agree`` reads everything: what both say is recorded, the rest is asked,
with both opinions side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from inbox_worker.model import Claim, Code, Doubt, Evidence, Invitation, Kind, Message, Op, Opinion, Partstat, Reading
from inbox_worker.reading.answer.heard import same_person
from inbox_worker.reading.language_model.support import Hearing
from inbox_worker.reading.language_model.validation import Checked

FIELDS = ("organisation", "partstat", "delegates", "op", "people", "leaves")


class RoleOfModel(StrEnum):
    """What a language model is asked for."""

    SECOND = "second"
    AGREE = "agree"


@dataclass(frozen=True)
class Settles:
    """How a doubt may be settled: the fields that the model's answer replaces under ``second`` (under ``agree`` it
    replaces none, and must say the same in all of them), and whether its quotes must hold the words in doubt."""

    takes: frozenset[str]
    words: bool


SETTLES: dict[Code, Settles] = {
    Code.PARTSTAT_UNCLEAR: Settles(frozenset({"partstat"}), words=True),
    Code.COUNT_UNCLEAR: Settles(frozenset({"delegates", "leaves"}), words=True),  # names may be added, and none lost
    Code.COUNT_MISSING: Settles(frozenset({"delegates"}), words=False),  # a number that words say, not one of names
    Code.ORGANISATION_UNCLEAR: Settles(frozenset({"organisation"}), words=False),
}
NEVER = frozenset(
    {Code.SENDER_UNVERIFIED, Code.ORGANISATION_UNLISTED, Code.CONFLICT, Code.UNREADABLE, Code.FAILED}
)  # about trust, the list or the registry: no reading of the words settles them


def asks(role: RoleOfModel, reading: Reading, message: Message, invitation: Invitation) -> bool:
    """Whether the model is asked about a message that the built-in reader read so."""
    if reading.kind in (Kind.AUTO_REPLY, Kind.BOUNCE):
        return False
    doubts = _all_doubts(reading)
    if role is RoleOfModel.SECOND:
        return any(d.code in SETTLES for d in doubts)
    return bool(reading.claims or doubts) or message.from_.domain not in invitation.own_domains


def joined(role: RoleOfModel, mine: Reading, model: Checked, invitation: Invitation) -> Reading:
    """What two readers make of a message: ``mine`` is the built-in one's reading."""
    merge = _Second(mine, model, invitation) if role is RoleOfModel.SECOND else _Agree(mine, model, invitation)
    needs = [n for n in model.reading.needs if all(n.code is not m.code for m in mine.needs)]
    read = merge.result()
    opinions = (_opinion(mine), _opinion(model.reading, model.dropped))
    return replace(
        read, reader=f"{mine.reader}, {model.reading.reader}", needs=(*read.needs, *needs), opinions=opinions
    )


def _opinion(reading: Reading, dropped: tuple[str, ...] = ()) -> Opinion:
    return Opinion(reading.reader, reading.kind, reading.claims, dropped)


def _all_doubts(reading: Reading) -> list[Doubt]:
    return [*reading.doubts, *(d for c in reading.claims for d in c.doubts)]


class _Merge:
    """Two readings of one message."""

    def __init__(self, mine: Reading, model: Checked, invitation: Invitation) -> None:
        self.mine, self.model, self.other = mine, model, model.reading
        self.hearing = Hearing(mine.language, invitation.starts.date())

    def settled(self, claim: Claim, other: Claim | None, takes: frozenset[str] | None = None) -> Claim | None:
        """The claim with its doubts settled by the model's; None where one of them stays. ``takes``: instead of what
        the table allows."""
        if other is None or other.doubts or any(d.code not in SETTLES for d in claim.doubts):
            return None
        allowed = frozenset().union(*(SETTLES[d.code].takes for d in claim.doubts)) if takes is None else takes
        if any(field not in allowed and differs(field, claim, other) for field in FIELDS):
            return None
        if not all(self._answers(d, [other]) for d in claim.doubts):
            return None
        evidence = tuple(dict.fromkeys((*claim.evidence, *other.evidence)))
        return replace(other, revises=claim.revises or other.revises, evidence=evidence)

    def _answers(self, doubt: Doubt, others: Sequence[Claim]) -> bool:
        """Whether claims speak to a doubt: they rest on all the words in doubt, say nothing contrary to them, and no
        number that they do not say."""
        if doubt.code is Code.COUNT_MISSING and not all(map(self._stated, others)):
            return False
        if doubt.code is Code.ORGANISATION_UNCLEAR and any(o.organisation is None for o in others):
            return False
        if not SETTLES[doubt.code].words:
            return True
        inside = [e for e in doubt.evidence if e.end > e.start]
        resting = [[o for o in others if any(_overlap(e, q) for q in o.evidence)] for e in inside]
        if not inside or not all(resting):
            return False
        if doubt.code is Code.PARTSTAT_UNCLEAR:
            pairs = [(o, e) for e, there in zip(inside, resting, strict=True) for o in there]
            return not any(self.hearing.contradicts(o.partstat, e.text) for o, e in pairs)
        return all(self._counts(inside, o) for o in others)

    def _counts(self, words: Sequence[Evidence], other: Claim) -> bool:
        if other.partstat is Partstat.DECLINED:
            return True
        if other.delegates is None:
            return False
        passages = [self.hearing.numbers(e.text) - {0} for e in words]
        if any(len(numbers) > 1 for numbers in passages):
            return False  # "two or three"
        stated = frozenset().union(*passages)
        return not stated or other.delegates in stated or other.op is not Op.SET

    def _stated(self, other: Claim) -> bool:
        """Whether a claim's number stands in words of its own."""
        words = [e.text for e in other.evidence if e.field == "delegates"]
        return other.delegates is not None and self.hearing.says_number(other.delegates, words)

    def opinion(self, doubt: Doubt) -> Doubt:
        """A doubt that stays, with what the model reads beside it."""
        dropped = f" Not borne out by the message: {'; '.join(self.model.dropped[:3])}." if self.model.dropped else ""
        return replace(
            doubt, detail=f"{doubt.detail} The language model {self.other.reader} reads: {told(self.other)}.{dropped}"
        )


class _Second(_Merge):
    """The model settles what the built-in reader doubts."""

    def result(self) -> Reading:
        mine = self.mine
        if not mine.claims:
            return self._answered() or self._with_opinions()
        if mine.doubts or not self._same_organisations():
            return self._with_opinions()
        claims = tuple(
            c if not c.doubts else self.settled(c, self._beside(c)) or self._opinions(c) for c in mine.claims
        )
        sure = all(
            not differs(f, c, o) for c in mine.claims if not c.doubts for o in [self._beside(c)] if o for f in FIELDS
        )
        return replace(mine, claims=claims) if sure else self._with_opinions()

    def _answered(self) -> Reading | None:
        """A message of which the built-in reader could make nothing: the model's claims, where nothing is in doubt."""
        claims, doubts = self.other.claims, self.mine.doubts
        sure = bool(claims) and all(
            not c.doubts and c.organisation and c.partstat is not Partstat.NEEDS_ACTION for c in claims
        )
        if not sure or any(d.code not in SETTLES or not self._answers(d, claims) for d in doubts):
            return None
        return replace(self.mine, kind=Kind.REPLY, claims=claims, doubts=())

    def _beside(self, claim: Claim) -> Claim | None:
        """The model's claim of the same organisation; the only one, where the built-in reader has one of none."""
        same = [o for o in self.other.claims if o.organisation == claim.organisation and claim.organisation]
        alone = len(self.other.claims) == len(self.mine.claims) == 1 and claim.organisation is None
        return same[0] if len(same) == 1 else self.other.claims[0] if alone else None

    def _same_organisations(self) -> bool:
        return len(self.other.claims) == len(self.mine.claims) and all(self._beside(c) for c in self.mine.claims)

    def _opinions(self, claim: Claim) -> Claim:
        return replace(claim, doubts=tuple(map(self.opinion, claim.doubts)))

    def _with_opinions(self) -> Reading:
        return replace(
            self.mine,
            claims=tuple(map(self._opinions, self.mine.claims)),
            doubts=tuple(map(self.opinion, self.mine.doubts)),
        )


# Under ``agree``: by which doubt a field is asked about in which both differ.
ASKED: dict[str, Code] = {
    "organisation": Code.ORGANISATION_UNCLEAR,
    "partstat": Code.PARTSTAT_UNCLEAR,
    "delegates": Code.COUNT_UNCLEAR,
    "op": Code.COUNT_UNCLEAR,
    "people": Code.COUNT_UNCLEAR,
    "leaves": Code.COUNT_UNCLEAR,
}


class _Agree(_Merge):
    """Both must say the same."""

    def result(self) -> Reading:
        left = list(self.other.claims)
        claims = []
        for claim in self.mine.claims:
            same = next((o for o in left if o.organisation == claim.organisation), None)
            if same is not None:
                left.remove(same)
            claims.append(self._compared(claim, same))
        doubts = [self.opinion(d) for d in self.mine.doubts]
        if left:
            doubts.append(self._differ(Code.PARTSTAT_UNCLEAR))
        kind = Kind.REPLY if claims or doubts else self.mine.kind
        return replace(self.mine, kind=kind, claims=tuple(claims), doubts=tuple(doubts))

    def _compared(self, claim: Claim, other: Claim | None) -> Claim:
        if other is None:
            return self._asked(claim, [Code.PARTSTAT_UNCLEAR])
        codes = [ASKED[f] for f in FIELDS if differs(f, claim, other, strictly=True)]
        codes += [d.code for d in other.doubts]
        if codes:
            return self._asked(claim, codes)
        if claim.doubts and self.settled(claim, other, frozenset()) is None:
            return replace(claim, doubts=tuple(map(self.opinion, claim.doubts)))
        evidence = tuple(dict.fromkeys((*claim.evidence, *other.evidence)))
        return replace(claim, doubts=(), evidence=evidence, confidence=max(claim.confidence, other.confidence))

    def _asked(self, claim: Claim, codes: Iterable[Code]) -> Claim:
        kept = tuple(map(self.opinion, claim.doubts))
        new = [self._differ(code) for code in dict.fromkeys(codes) if all(d.code is not code for d in claim.doubts)]
        return replace(claim, doubts=(*kept, *new), confidence=min(claim.confidence, 0.4))

    def _differ(self, code: Code) -> Doubt:
        mine, other = f"The built-in reader reads: {told(self.mine)}.", f"The language model {self.other.reader} reads:"
        return Doubt(code, f"Two readers differ. {mine} {other} {told(self.other)}.")


def differs(field: str, one: Claim, other: Claim, *, strictly: bool = False) -> bool:
    """Whether two claims contradict each other in a field; ``strictly``: also where only one of them says something."""
    if field == "organisation":
        return one.organisation != other.organisation
    if field == "partstat":
        return one.partstat is not other.partstat
    if Partstat.DECLINED in (one.partstat, other.partstat):
        return False  # nobody comes, whatever else is said
    if field == "delegates":
        unsaid = None in (one.delegates, other.delegates) and not strictly
        return one.delegates != other.delegates and not unsaid
    if field == "op":
        return one.op is not other.op
    mine, others = ([p.name for p in c.people] if field == "people" else list(c.leaves) for c in (one, other))
    missing = [n for n in mine if not any(same_person(n, o) for o in others)]
    more = [o for o in others if not any(same_person(n, o) for n in mine)]
    return bool(missing) or (strictly and bool(more))


def told(reading: Reading) -> str:
    """What a reading says, in a line."""
    return "; ".join(map(_told, reading.claims)) or f"no answer ({reading.kind.value})"


def _told(claim: Claim) -> str:
    words = [f"{claim.name}: {claim.partstat.value}"]
    if claim.partstat is not Partstat.DECLINED:
        if claim.op is not Op.SET:
            words.append(claim.op.value)
        words.append("no number" if claim.delegates is None else str(claim.delegates))
        words += [p.name for p in claim.people]
        words += [f"instead of {name}" for name in claim.leaves]
    return ", ".join(words)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.part == other.part and one.start < other.end and other.start < one.end
