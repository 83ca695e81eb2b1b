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
from inbox_worker.decision.repeats import done_already, maybe_done, old_news
from inbox_worker.decision.rulings import rule
from inbox_worker.decision.senders import in_thread, is_stranger, same_writer, speaks_for_itself
from inbox_worker.model import Code, Effect, Entry, Known, Op, Participation, Partstat, Ruling, Story

NOBODY = Delegation(None, ())
NOT_KNOWN = Known()
NOT_ANSWERED = Participation()
END_OF_TIME = datetime.max.replace(tzinfo=timezone.utc)


@dataclass
class _Telling:
    """Where the story stands while it is told."""

    reply_by: datetime
    known: Known
    state: Participation = field(default_factory=Participation)
    applied: list[Entry] = field(default_factory=list)
    conflicts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether it has answered already."""
        return bool(self.applied) or self.state.partstat is not Partstat.NEEDS_ACTION

    @property
    def delegation(self) -> Delegation:
        return Delegation(self.state.delegates, self.state.people)

    def apply(self, entry: Entry, partstat: Partstat, delegation: Delegation) -> bool:
        """Take an entry in, unless it changes something that its sender has no standing to change."""
        first = not self.begun
        changes = (partstat, delegation) != (self.state.partstat, self.delegation)
        if not first and changes and is_stranger(entry, self.applied, self.known):
            self.doubt(entry, _of_a_stranger(entry))
            return False
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
        return True

    def doubt(self, entry: Entry, why: str) -> None:
        self.conflicts.append((entry.id, why))


def tell(
    organisation: str,
    entries: Iterable[Entry],
    rulings: Iterable[Ruling],
    reply_by: datetime,
    known: Known = NOT_KNOWN,
    start: Participation = NOT_ANSWERED,
) -> Story:
    """Where an organisation stands after all that was said of it and ruled on it.

    Args:
        organisation: the id the story is about; entries that a ruling gave to another one are left out.
        entries: claims about it, in any order.
        rulings: rulings on those claims, and answers entered for it, in any order.
        reply_by: the deadline, aware; the first moment that is late.
        known: by whom it is known to speak, whoever has written so far.
        start: where it stood before all of them, where earlier messages were forgotten.
    """
    ruled = rule(entries, rulings)
    telling = _Telling(reply_by, known, start)
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
    if entry.claim.op is Op.SET:
        _set(telling, entry)
    elif telling.state.partstat not in (Partstat.ACCEPTED, Partstat.TENTATIVE):
        telling.doubt(entry, NOTHING_TO_CHANGE[entry.claim.op])
    elif not entry.ruled and done_already(entry, telling.applied, telling.delegation):
        telling.apply(entry, telling.state.partstat, telling.delegation)
    elif not entry.ruled and maybe_done(entry, telling.applied):
        telling.doubt(entry, "somebody else wrote of as many before, and neither names anybody: it may be the same")
    else:
        _change(telling, entry)


NOTHING_TO_CHANGE = {
    Op.ADD: "it adds to or corrects an answer that the registry does not hold",
    Op.REMOVE: "it takes people out of an answer that the registry does not hold",
}


def _set(telling: _Telling, entry: Entry) -> None:
    claim, state, known = entry.claim, telling.state, telling.delegation
    number = None if entry.effect is Effect.WITHOUT_NUMBER else claim.delegates
    said = NOBODY if claim.partstat is Partstat.DECLINED else Delegation(number, claim.people)
    repeats = claim.partstat is state.partstat
    together = given(known, said) if _silent_on_number(entry) else _agreeing(known, said)
    if not telling.begun:
        taken = telling.apply(entry, claim.partstat, said)
    elif repeats and together is not None:
        taken = telling.apply(entry, state.partstat, together)
    elif not entry.ruled and old_news(entry, telling.applied):
        telling.doubt(entry, "it says in the same words what was changed since; it may have been sent again")
        return
    elif _may_change(telling, entry):
        goes_on = Partstat.DECLINED not in (state.partstat, claim.partstat) and together is not None
        taken = telling.apply(entry, claim.partstat, together if goes_on and together is not None else said)
    else:
        telling.doubt(entry, _contradiction(state, claim.partstat, said))
        return
    if claim.revises and taken:
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
    reply to it, or that one was not final. Whether it comes at all is an organisation's own to say, whoever answered
    for it before; how many come is not, for the others may know better."""
    if entry.claim.revises or telling.state.partstat is Partstat.TENTATIVE:
        return True
    if same_writer(entry, telling.applied) or in_thread(entry, telling.applied):
        return True
    turns = entry.claim.partstat is not telling.state.partstat
    return turns and speaks_for_itself(entry, telling.applied, telling.known)


def _of_a_stranger(entry: Entry) -> str:
    return (
        f"it changes an earlier answer, and comes from {entry.sender}: an address and a domain from which nobody "
        "wrote for them before, outside the thread"
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


def _change(telling: _Telling, entry: Entry) -> None:
    """People join, leave or are replaced."""
    claim, state = entry.claim, telling.state
    said = Delegation(None if entry.effect is Effect.WITHOUT_NUMBER else claim.delegates, claim.people)
    if claim.op is Op.ADD:
        after, partstat = added(telling.delegation, said, claim.leaves), _firmer(state.partstat, claim.partstat)
    else:
        after, partstat = removed(telling.delegation, said), state.partstat
    if isinstance(after, str):
        telling.doubt(entry, after)
    else:
        telling.apply(entry, partstat, after)


def _firmer(before: Partstat, now: Partstat) -> Partstat:
    return now if now in (Partstat.ACCEPTED, Partstat.TENTATIVE) else before
