"""The desk at which a person rules: the same functions for the command line and the pages.

Every ruling is one transaction that begins as a writer. A ruling with a ``revision`` is refused where somebody else
ruled, or the message was read anew, since that revision was shown: of two at once, one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from inbox_worker.model import Claim, Ruling, Verb
from inbox_worker.registry.corrections import Correction, Newcomer, RulingError, acceptable, corrected, newcomer, sound
from inbox_worker.registry.registry import Registry
from inbox_worker.registry.review import Item, Target, item, meanwhile, organisation_revision
from inbox_worker.registry.rows import claim_of

SERVICES = ("question", "assistance")


class MeanwhileError(RulingError):
    """Somebody else ruled, or the message was read anew, since this person looked. Nothing was changed."""


@dataclass(frozen=True)
class Outcome:
    """What came of a ruling."""

    rulings: tuple[int, ...]  # ids of what was appended
    organisations: tuple[str, ...]  # whose state it can have changed
    still_open: tuple[dict[str, object], ...] = ()  # flags of the message that wait nevertheless, as rows


@dataclass(frozen=True)
class Told:
    """An answer that came by telephone or on paper: who told it, whom, when (aware; None: just now)."""

    by: str
    to: str
    at: datetime | None = None


class Desk:
    """Rulings of one person. ``by`` is who; it is kept with each ruling.

    Raises:
        MeanwhileError: from every ruling, where ``revision`` is given and no longer true.
        RegistryError: where what it is about is not there, or cannot be ruled so; the sentence says what can.
    """

    def __init__(self, registry: Registry, by: str) -> None:
        if not by.strip():
            raise RulingError("a ruling needs somebody who makes it; say who you are")
        self._registry, self._db, self._by = registry, registry.db, by.strip()
        self.zone = registry.invitation.reply_by.tzinfo  # of the event

    @property
    def db(self) -> Database:
        """The registry's connection, to look at."""
        return self._db

    def accept(self, target: Target, *, why: str = "", revision: str | None = None) -> Outcome:
        """Each claim is right as it was read."""
        with self._registry.writing():
            about = self._seen(target, revision)
            if not about.claims:
                raise RulingError(
                    "nothing was read that could be accepted; correct it (say who answers what), dismiss it, or close "
                    "the question"
                )
            for claim in about.claims:
                acceptable(claim)
            return self._each(Verb.ACCEPT, about, why)

    def dismiss(self, target: Target, *, why: str = "", revision: str | None = None) -> Outcome:
        """It says nothing for the registry."""
        with self._registry.writing():
            return self._each(Verb.DISMISS, self._seen(target, revision), why)

    def admit(self, target: Target, *, why: str = "", revision: str | None = None) -> Outcome:
        """A late answer counts as if it had been in time."""
        with self._registry.writing():
            return self._each(Verb.ADMIT, self._late(target, revision), why)

    def refuse(self, target: Target, *, why: str = "", revision: str | None = None) -> Outcome:
        """A late answer does not count."""
        with self._registry.writing():
            return self._each(Verb.REFUSE, self._late(target, revision), why)

    def correct(
        self,
        target: Target,
        correction: Correction,
        *,
        why: str = "",
        revision: str | None = None,
        beside: bool = False,
    ) -> Outcome:
        """What holds instead. In a message without claims, or ``beside`` its claims: what somebody read in it."""
        with self._registry.writing():
            return self._instead(Verb.CORRECT, self._seen(target, revision, beside), correction, why)

    def merge(self, target: Target, organisation: str, *, why: str = "", revision: str | None = None) -> Outcome:
        """The claim is that of an organisation the registry knows, by its id."""
        with self._registry.writing():
            about = self._seen(target, revision)
            return self._instead(Verb.MERGE, about, Correction(organisation=organisation), why)

    def add(
        self, target: Target, new: Newcomer, *, why: str = "", revision: str | None = None, beside: bool = False
    ) -> Outcome:
        """The claim is that of an organisation that was not invited and joins the registry by it. ``beside``: what
        somebody read in the message beside its claims is."""
        with self._registry.writing():
            about = self._seen(target, revision, beside)
            name = about.claims[0]["name"] if len(about.claims) == 1 else ""
            organisation = newcomer(self._db, new, name)
            return self._instead(Verb.ADD, about, replace(new.answer, organisation=organisation), why)

    def enter(self, claim: Claim, told: Told, *, why: str = "", revision: str | None = None) -> Outcome:
        """An answer that came without a message."""
        with self._registry.writing():
            if not told.by.strip():
                raise RulingError("say who told it (and better, whom)")
            said = sound(self._db, claim)
            self._check(revision, organisation_revision(self._db, str(said.organisation)))
            ruling = self._ruling(Verb.ENTER, why, revision or "")
            ruling = replace(ruling, claim=said, told_by=told.by, told_to=told.to or self._by, told_at=told.at)
            return self._append([replace(ruling, told_at=told.at or ruling.made_at)])

    def close(self, target: Target, *, why: str = "", revision: str | None = None) -> Outcome:
        """A question or a request was dealt with. What was read stands as it is."""
        with self._registry.writing():
            about = self._seen(target, revision)
            flags = [about.flag] if about.flag else [f for f in about.flags if f["code"] in SERVICES]
            open_ones = [flag for flag in flags if flag["code"] in SERVICES and flag["closed_at"] is None]
            if not open_ones:
                raise RulingError("only an open question or request can be closed; accept, correct or dismiss a doubt")
            ruling = replace(self._ruling(Verb.CLOSE, why, about.revision), message=about.message["id"])
            return self._append([replace(ruling, flag=flag["id"], entry=flag["claim_id"]) for flag in open_ones])

    def reopen(self, target: Target, *, why: str = "", revision: str | None = None) -> Outcome:
        """What was ruled on it never was: the ruling named, or all that hold on the claim, flag or message."""
        with self._registry.writing():
            if target.kind == "ruling":
                if revision is not None:
                    self._seen(target, revision)
                self._not_settled(target.id)
                wanted = [target.id]
            else:
                wanted = _ruled_on(self._seen(target, revision), target)
                if not wanted:
                    raise RulingError(f"no ruling holds on {target.kind} {target.id}; there is nothing to reopen")
            undoing = self._ruling(Verb.UNDO, why, revision or "")
            return self._append([replace(undoing, undoes=at) for at in reversed(wanted)])

    def _not_settled(self, ruling: int) -> None:
        """Refuse to undo what is part of a state in which messages were forgotten."""
        query = "select settled_at from settled join rulings using (organisation_id) where rulings.id = ? and id <= "
        row = self._db.execute(query + "rulings_up_to", [ruling]).fetchone()
        if row:
            raise RulingError(
                f"ruling {ruling} is from before messages were forgotten on {row[0][:10]}; enter an answer"
            )

    def _seen(self, target: Target, revision: str | None, beside: bool = False) -> Item:
        about = item(self._db, target)
        self._check(revision, about.revision)
        return replace(about, claims=()) if beside else about

    def _late(self, target: Target, revision: str | None) -> Item:
        about = self._seen(target, revision)
        if not any(flag["code"] == "late" for flag in about.flags):
            raise RulingError("it did not come late; accept, correct or dismiss it")
        return about

    def _check(self, seen: str | None, now: str) -> None:
        if seen is not None and seen != now:
            raise MeanwhileError(
                f"not ruled: {meanwhile(self._db, now)}, after you looked; look again (revision {seen} is {now} now)"
            )

    def _ruling(self, verb: Verb, why: str, revision: str) -> Ruling:
        return Ruling(0, verb, self._registry.now(), self._by, why.strip(), revision=revision)

    def _each(self, verb: Verb, about: Item, why: str) -> Outcome:
        """The same ruling on each claim, and on the message where nothing, or not all, was read in it."""
        ruling = replace(self._ruling(verb, why, about.revision), message=about.message["id"])
        each = [replace(ruling, entry=claim["id"]) for claim in about.claims]
        whole = about.claims == about.all_claims and about.supplied and verb is not Verb.ACCEPT
        return self._append([*each, ruling] if whole or not each else each)

    def _instead(self, verb: Verb, about: Item, correction: Correction, why: str) -> Outcome:
        if len(about.claims) > 1:
            names = ", ".join(f"c{claim['id']} ({claim['name']})" for claim in about.claims)
            raise RulingError(f"the message speaks of several organisations; name one claim of {names}")
        read = about.claims[0] if about.claims else None
        said = sound(self._db, corrected(claim_of(read) if read else None, correction))
        ruling = replace(self._ruling(verb, why, about.revision), message=about.message["id"], claim=said)
        return self._append([replace(ruling, entry=read["id"] if read else None)])

    def _append(self, rulings: Iterable[Ruling]) -> Outcome:
        ids, touched = [], set()
        for ruling in rulings:
            ruling_id, organisations = self._registry.rule_and_tell(ruling)
            ids.append(ruling_id)
            touched |= organisations
        query = """
        select * from flags where closed_at is null and code not in ('question', 'assistance') and message_id in
          (select message_id from rulings where id = ?)
        """
        still = tuple(self._db.query(query, [ids[-1]])) if ids else ()
        return Outcome(tuple(ids), tuple(sorted(touched)), still)


def _ruled_on(about: Item, target: Target) -> list[int]:
    """The rulings that hold on a target, in order: those on its claims, and those on the whole message."""
    if target.kind == "message":
        return [ruling["id"] for ruling in about.rulings]
    claims = {claim["id"] for claim in about.claims}
    code = about.flag["code"] if about.flag else None
    closing = {flag["id"] for flag in about.flags if flag["code"] == code}
    return [
        ruling["id"]
        for ruling in about.rulings
        if (ruling["flag_id"] in closing if code in SERVICES else ruling["claim_id"] in {*claims, None})
        and (ruling["verb"] == "close") == (code in SERVICES)
    ]
