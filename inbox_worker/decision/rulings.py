"""What rulings make of claims: the entries a story is told from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from inbox_worker.model import Effect, Entry, Ruling, Verb

REPLACING = (Verb.CORRECT, Verb.MERGE, Verb.ADD)  # they say what holds instead
ON_TIME = (Verb.ADMIT, Verb.REFUSE)


def standing(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """The rulings that hold, in order: none that was undone, and no undoing itself."""
    ordered = sorted(rulings, key=lambda ruling: ruling.id)
    undone = {ruling.undoes for ruling in ordered}
    return tuple(ruling for ruling in ordered if ruling.verb is not Verb.UNDO and ruling.id not in undone)


def rule(entries: Iterable[Entry], rulings: Iterable[Ruling]) -> tuple[Entry, ...]:
    """The entries as people ruled on them: of the rulings that hold, the last on an entry decides. Whether a late one
    counts is decided apart from what it says."""
    by_entry: dict[int, list[Ruling]] = {}
    by_message: dict[int, list[Ruling]] = {}
    entered = []
    for ruling in standing(rulings):
        if ruling.entry is not None:
            by_entry.setdefault(ruling.entry, []).append(ruling)
        elif ruling.message is not None:
            by_message.setdefault(ruling.message, []).append(ruling)
        elif ruling.claim is not None:
            entered.append(_entered(ruling))
    ruled = [_ruled(entry, by_entry.get(entry.id, [])) for entry in entries]
    supplied = [entry for about in by_message.values() for entry in _supplied(about)]
    return (*(entry for entry in ruled if entry is not None), *supplied, *entered)


def _entered(ruling: Ruling) -> Entry:
    """What a person says that somebody answered: at the time of the message or, without one, when it was told."""
    if ruling.claim is None:
        raise ValueError(f"ruling {ruling.id} says nothing that could hold")
    return Entry(
        id=-ruling.id,
        message=ruling.message,
        order="",
        received=ruling.received if ruling.message is not None else ruling.told_at or ruling.made_at,
        claim=replace(ruling.claim, revises=True, doubts=()),
        effect=Effect.APPLY,
        sender=ruling.made_by,
        ruled=True,
    )


def _supplied(rulings: Sequence[Ruling]) -> Iterator[Entry]:
    """What people read in a message in which the reader found no claim: for each organisation the last word."""
    said: dict[str | None, Ruling] = {}
    in_time = None
    for ruling in rulings:
        if ruling.verb is Verb.DISMISS:
            said.clear()
        elif ruling.verb in ON_TIME:
            in_time = ruling.verb
        elif ruling.claim is not None:
            said[ruling.claim.organisation] = ruling
    if in_time is not Verb.REFUSE:
        for ruling in said.values():
            yield replace(_entered(ruling), admitted=in_time is Verb.ADMIT)


def _ruled(entry: Entry, rulings: Sequence[Ruling]) -> Entry | None:
    """The entry as it was ruled, or None where it does not count."""
    of_time = [ruling for ruling in rulings if ruling.verb in ON_TIME]
    judged = [ruling for ruling in rulings if ruling.verb not in (*ON_TIME, Verb.CLOSE)]
    refused = of_time and of_time[-1].verb is Verb.REFUSE
    if refused and not (judged and judged[-1].id > of_time[-1].id):
        return None
    entry = replace(entry, admitted=bool(of_time) and of_time[-1].verb is Verb.ADMIT)
    if not judged:
        return entry
    last = judged[-1]
    if last.verb is Verb.ACCEPT:
        return replace(entry, effect=Effect.APPLY, claim=replace(entry.claim, revises=True, doubts=()), ruled=True)
    if last.verb in REPLACING and last.claim is not None:
        return replace(entry, effect=Effect.APPLY, claim=replace(last.claim, revises=True, doubts=()), ruled=True)
    return None
