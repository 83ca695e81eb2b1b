"""What rulings make of claims: the entries a story is told from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inbox_worker.model import Claim, Effect, Entry, Ruling, Verb


def standing(rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """The rulings that hold, in order: none that was undone, and no undoing itself."""
    ordered = sorted(rulings, key=lambda ruling: ruling.id)
    undone = {ruling.undoes for ruling in ordered}
    return tuple(ruling for ruling in ordered if ruling.verb is not Verb.UNDO and ruling.id not in undone)


def rule(entries: Iterable[Entry], rulings: Iterable[Ruling]) -> tuple[Entry, ...]:
    """The entries as people ruled on them: of the rulings that hold, the last on an entry decides."""
    by_entry: dict[int, list[Ruling]] = {}
    entered = []
    for ruling in standing(rulings):
        if ruling.verb is Verb.ENTER and ruling.claim is not None:
            entered.append(_entered(ruling, ruling.claim))
        elif ruling.entry is not None:
            by_entry.setdefault(ruling.entry, []).append(ruling)
    ruled = [_ruled(entry, by_entry.get(entry.id, [])) for entry in entries]
    return (*(entry for entry in ruled if entry is not None), *entered)


def _entered(ruling: Ruling, claim: Claim) -> Entry:
    return Entry(
        id=-ruling.id,
        message=None,
        order="",
        received=ruling.made_at,
        claim=replace(claim, revises=True),
        effect=Effect.APPLY,
        sender=ruling.made_by,
    )


def _ruled(entry: Entry, rulings: list[Ruling]) -> Entry | None:
    admitted = bool(rulings) and rulings[-1].verb is Verb.ADMIT
    judged = [ruling for ruling in rulings if ruling.verb is not Verb.ADMIT]
    entry = replace(entry, admitted=admitted)
    if not judged:
        return entry
    match judged[-1].verb:
        case Verb.ACCEPT:
            return replace(entry, effect=Effect.APPLY, claim=replace(entry.claim, revises=True, doubts=()))
        case Verb.CORRECT if judged[-1].claim is not None:
            return replace(entry, effect=Effect.APPLY, claim=replace(judged[-1].claim, revises=True, doubts=()))
        case Verb.REFUSE if admitted:
            return entry
        case _:
            return None
