"""An organisation's story: its claims told in the order they were received, to where it stands now.

The story is told anew from all entries whenever one is added, so it does not matter in which order or in how many
batches they came to the registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from inbox_worker.decision.delegation import Delegation, added, given, removed
from inbox_worker.decision.policy import is_late
from inbox_worker.decision.rulings import rule
from inbox_worker.model import Code, Effect, Entry, Op, Participation, Partstat, Ruling, Story

NOBODY = Delegation(None, ())
END_OF_TIME = datetime.max.replace(tzinfo=timezone.utc)


@dataclass
class _Telling:
    """Where the story stands while it is told."""

    reply_by: datetime
    state: Participation = field(default_factory=Participation)
    applied: list[Entry] = field(default_factory=list)
    conflicts: list[tuple[int, str]] = field(default_factory=list)

    def apply(self, entry: Entry, partstat: Partstat, delegation: Delegation) -> None:
        first = not self.applied
        self.applied.append(entry)
        late = is_late(entry.received, self.reply_by) and not entry.admitted
        self.state = replace(
            self.state,
            partstat=partstat,
            delegates=delegation.number,
            people=delegation.people,
            late=late if first else self.state.late,
            first_received=entry.received if first else self.state.first_received,
            received=entry.received,
            message=entry.message,
        )

    def doubt(self, entry: Entry, why: str) -> None:
        self.conflicts.append((entry.id, why))


def tell(organisation: str, entries: Iterable[Entry], rulings: Iterable[Ruling], reply_by: datetime) -> Story:
    """Where an organisation stands after all that was said of it and ruled on it.

    Args:
        organisation: the id the story is about; entries that a ruling gave to another one are left out.
        entries: claims about it, in any order.
        rulings: rulings on those claims, and answers entered for it, in any order.
        reply_by: the deadline, aware; the first moment that is late.
    """
    ruled = rule(entries, rulings)
    telling = _Telling(reply_by)
    for entry in sorted((entry for entry in ruled if entry.claim.organisation == organisation), key=_order):
        if entry.effect is not Effect.WAIT:
            _tell_one(telling, entry)
    return Story(
        state=telling.state,
        applied=tuple(entry.id for entry in telling.applied),
        conflicts=tuple(telling.conflicts),
        elsewhere=tuple(entry.id for entry in ruled if entry.claim.organisation != organisation),
    )


def _order(entry: Entry) -> tuple[datetime, str, int]:
    return (entry.received or END_OF_TIME, entry.order, entry.id)


def _tell_one(telling: _Telling, entry: Entry) -> None:
    match entry.claim.op:
        case Op.SET:
            _set(telling, entry)
        case Op.ADD:
            _add(telling, entry)
        case Op.REMOVE:
            _remove(telling, entry)


def _set(telling: _Telling, entry: Entry) -> None:
    claim, state = entry.claim, telling.state
    number = None if entry.effect is Effect.WITHOUT_NUMBER else claim.delegates
    said = NOBODY if claim.partstat is Partstat.DECLINED else Delegation(number, claim.people)
    known = Delegation(state.delegates, state.people)
    repeats = claim.partstat is state.partstat
    together = given(known, said) if _silent_on_number(entry) else _agreeing(known, said)
    if not telling.applied:
        telling.apply(entry, claim.partstat, said)
    elif repeats and together is not None:
        telling.apply(entry, state.partstat, together)
    elif _may_change(telling, entry):
        goes_on = Partstat.DECLINED not in (state.partstat, claim.partstat) and together is not None
        telling.apply(entry, claim.partstat, together if goes_on and together is not None else said)
    else:
        telling.doubt(entry, _contradiction(state, claim.partstat, said))
        return
    if claim.revises:
        telling.conflicts.clear()  # it knows of an earlier answer: what contradicted that one is settled


def _silent_on_number(entry: Entry) -> bool:
    """No word on how many: no contradiction to a number given before."""
    return {doubt.code for doubt in entry.claim.doubts} == {Code.COUNT_MISSING}


def _agreeing(known: Delegation, said: Delegation) -> Delegation | None:
    """What both answers say together where neither contradicts the other, or None."""
    if said.number is None or known.number not in (None, said.number):
        return known if known == said else None
    together = given(known, said)
    return together if len(together.people) <= said.number else None


def _may_change(telling: _Telling, entry: Entry) -> bool:
    """Whether an answer may replace an earlier one: it says so, it comes from who gave that one, it is written in
    reply to it, or that one was not final."""
    if entry.claim.revises or telling.state.partstat is Partstat.TENTATIVE:
        return True
    return any(
        (entry.sender and entry.sender == earlier.sender) or (earlier.message_id and earlier.message_id in entry.refers)
        for earlier in telling.applied
    )


def _contradiction(state: Participation, partstat: Partstat, said: Delegation) -> str:
    return (
        f"an earlier answer says {_in_words(state.partstat, Delegation(state.delegates, state.people))}, "
        f"this one {_in_words(partstat, said)}, and no word that it changes anything"
    )


def _in_words(partstat: Partstat, delegation: Delegation) -> str:
    if partstat is Partstat.DECLINED:
        return "declined"
    number = "an unknown number" if delegation.number is None else str(delegation.number)
    names = ", ".join(person.name for person in delegation.people)
    return f"{partstat.value}, {number}" + (f" ({names})" if names else "")


def _add(telling: _Telling, entry: Entry) -> None:
    claim, state = entry.claim, telling.state
    if state.partstat not in (Partstat.ACCEPTED, Partstat.TENTATIVE):
        telling.doubt(entry, "it adds to or corrects an answer that the registry does not hold")
        return
    number = None if entry.effect is Effect.WITHOUT_NUMBER else claim.delegates
    after = added(Delegation(state.delegates, state.people), Delegation(number, claim.people), claim.leaves)
    if isinstance(after, str):
        telling.doubt(entry, after)
    else:
        telling.apply(entry, _firmer(state.partstat, claim.partstat), after)


def _remove(telling: _Telling, entry: Entry) -> None:
    claim, state = entry.claim, telling.state
    if state.partstat not in (Partstat.ACCEPTED, Partstat.TENTATIVE):
        telling.doubt(entry, "it takes people out of an answer that the registry does not hold")
        return
    number = None if entry.effect is Effect.WITHOUT_NUMBER else claim.delegates
    after = removed(Delegation(state.delegates, state.people), Delegation(number, claim.people))
    if isinstance(after, str):
        telling.doubt(entry, after)
    else:
        telling.apply(entry, state.partstat, after)


def _firmer(before: Partstat, now: Partstat) -> Partstat:
    return now if now in (Partstat.ACCEPTED, Partstat.TENTATIVE) else before
