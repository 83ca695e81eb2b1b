"""An organisation's story in plain words, as a person would tell it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from inbox_worker.commands.opinions import dropped_lines, opinion_lines, opinions_of
from inbox_worker.commands.showing import Row, person, sender
from inbox_worker.registry.dossier import Dossier, Letter

NUMBERS = ("nobody", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
QUOTES = 3  # that are shown of a claim
LONGEST = 160  # characters of a quote
RULED = {
    "accept": "accepted it as it was read",
    "correct": "corrected it",
    "dismiss": "dismissed it: it says nothing for the registry",
    "admit": "admitted it as if it had been in time",
    "refuse": "refused it as late",
    "merge": "said that it is this organisation's answer",
    "add": "added the organisation to the registry with this answer",
    "close": "closed the question",
    "undo": "took a ruling back",
}


def tell(story: Dossier, zone: tzinfo | None) -> Iterator[str]:
    """The whole story, times in the event's zone: where the organisation stands, then what happened, in order."""
    yield _standing(story)
    doubts = story.participation.get("open_doubts") or 0
    if doubts:
        yield f"{_upper(_count(doubts, 'doubt'))} about it {'waits' if doubts == 1 else 'wait'} for a person."
    for report in story.not_delivered:
        when = _day(report["received_at"], zone)
        yield f"Not delivered: our mail to {report['address']} came back on {when} (m{report['message_id']})."
    if not story.letters and not story.entered:
        yield "Nothing has come from them."
    told: list[tuple[str, list[str]]] = []
    for letter in story.letters:
        told.append((letter.message["received_at"] or "9999", list(_letter(letter, story.organisation["id"], zone))))
    told += [(ruling["told_at"] or ruling["made_at"], list(_entered(ruling, zone))) for ruling in story.entered]
    for _, lines in sorted(told, key=lambda one: one[0]):
        yield ""
        yield from lines


def number(count: int) -> str:
    """A number as one writes it in a sentence."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else str(count)


def _count(count: int, noun: str) -> str:
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def listed(items: Iterable[str]) -> str:
    """ "A, B and C"."""
    *most, last = list(items) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _standing(story: Dossier) -> str:
    row, name = story.participation, f"{story.organisation['name']} ({story.organisation['id']})"
    if not row:
        return f"{name} is not in the registry."
    if row["partstat"] == "needs-action":
        return f"{name} has not answered{'' if story.organisation['invited'] else ', and is not on the invited list'}."
    late = ", and answered after the deadline" if row["late"] else ""
    if row["partstat"] == "declined":
        return f"{name} does not come{late}."
    verb = "comes" if row["partstat"] == "accepted" else "may come"
    people = [person(delegate) for delegate in story.delegates]
    return f"{name} {verb}{_company(row['delegates'], people)}{late}."


def _company(count: int | None, people: Sequence[str]) -> str:
    names = listed(people)
    if count is None:
        return f", nobody knows with how many; named so far: {names}" if people else ", nobody knows with how many"
    if not people:
        return f" with {_people(count)}"
    if len(people) == count:
        return f" with {_people(count)}: {names}" if count > 1 else f" with one person, {names}"
    known = f"{_count(len(people), 'name')} {'is' if len(people) == 1 else 'are'} known"
    return f" with {_people(count)}, of whom {known}: {names}"


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{number(count)} people"


def _letter(letter: Letter, organisation: str, zone: tzinfo | None) -> Iterator[str]:
    message = letter.message
    subject = " ".join(message["subject"].split()) or "(no subject)"
    yield f'{_day(message["received_at"], zone)}, {sender(message)} wrote "{subject}" (m{message["id"]}).'
    for claim in letter.claims:
        elsewhere = "" if claim["organisation_id"] == organisation else f" It was read as {claim['name']}'s answer."
        yield f"  {said(claim)}{elsewhere} {_fate(claim, letter)}".rstrip()
        if quotes := _quotes(claim):
            yield f"  In their words: {'; '.join(quotes)}"
    if not letter.claims and not letter.rulings:
        yield "  What it says could not be read; somebody has to look."
    if opinions := opinions_of(letter.opinions):
        yield "  Side by side, as each reader reads it (* where they differ):"
        yield from (f"    {line}" for line in opinion_lines(opinions))
        yield from (f"  {line}" for line in dropped_lines(opinions))
    for flag in letter.flags:
        state = "waits for a person" if flag["closed_at"] is None else "is settled"
        yield f"  Flagged {flag['code']}, which {state}: {_stop(flag['detail'])}"
    for ruling in letter.rulings:
        instead = f": {said(json.loads(ruling['claim'])).rstrip('.')}" if ruling["claim"] else ""
        why = f", because {ruling['why'].rstrip('.')}" if ruling["why"] else ""
        gone = "" if ruling["holds"] or ruling["verb"] == "undo" else " That was taken back."
        yield f"  {_day(ruling['made_at'], zone)}, {ruling['made_by']} {RULED[ruling['verb']]}{instead}{why}.{gone}"


def _entered(ruling: Row, zone: tzinfo | None) -> Iterator[str]:
    told = f"{ruling['told_by'] or 'somebody'} told {ruling['told_to'] or ruling['made_by']}"
    yield f"{_day(ruling['told_at'] or ruling['made_at'], zone)}, {told}, without a message (r{ruling['id']})."
    why = f", because {ruling['why'].rstrip('.')}" if ruling["why"] else ""
    yield f"  {said(json.loads(ruling['claim']))}"
    yield f"  {_day(ruling['made_at'], zone)}, {ruling['made_by']} entered it{why}."


def said(claim: Row) -> str:
    """What a claim says, as a sentence."""
    people = [person(p) for p in json.loads(claim["people"])]
    count, leaves = claim["delegates"], json.loads(claim["leaves"])
    gone = f", in the place of {listed(leaves)}" if leaves else ""
    if claim["op"] == "add" and count == 0:
        return f"They name {listed(people)}{gone}; the number stays." if people else "They correct a name."
    named = f": {listed(people)}" if people else ""
    if claim["op"] == "add":
        who = "More people" if count is None else "One more person" if count == 1 else f"{number(count)} more people"
        return f"{_upper(who)} {'joins' if count == 1 else 'join'}{named}{gone}."
    if claim["op"] == "remove":
        fewer = "Somebody" if count is None else _people(count)
        return f"{_upper(fewer)} {'drops' if count in (None, 1) else 'drop'} out{named}."
    if claim["partstat"] == "declined":
        return "They do not come."
    if claim["partstat"] == "needs-action":
        return "Whether they come is not clear."
    surely = claim["partstat"] == "accepted"
    if count is None or len(people) not in (0, count):
        return f"They {'come' if surely else 'may come'}{_company(count, people)}{gone}."
    return f"{_upper(_people(count))} {('comes' if count == 1 else 'come') if surely else 'may come'}{named}{gone}."


def _stop(text: str) -> str:
    """A sentence with its stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fate(claim: Row, letter: Letter) -> str:
    """What became of a claim that nobody ruled on."""
    if any(ruling["claim_id"] == claim["id"] and ruling["holds"] for ruling in letter.rulings):
        return ""
    conflicts = [f for f in letter.flags if f["code"] == "conflict" and f["claim_id"] == claim["id"]]
    if any(flag["closed_at"] is None for flag in conflicts):
        return "It contradicts what was said before, which stands until somebody rules."
    if claim["effect"] == "wait":
        return "It waits for somebody to rule."
    if conflicts:
        return "It contradicted what was said before; a later message settled it."
    return "It was written down without the number." if claim["effect"] == "without-number" else "It was written down."


def _quotes(claim: Row) -> list[str]:
    """The words it rests on: what says most in least, each once."""
    fields = ("partstat", "op", "delegates")
    texts = [" ".join(e["text"].split()) for e in json.loads(claim["evidence"]) if e["field"] in fields]
    alone = sorted({t for t in texts if len(t) > 2}, key=texts.index)
    whole = [t for t in alone if not any(t != other and t in other for other in alone)]
    return [f'"{t[:LONGEST]}{"…" if len(t) > LONGEST else ""}"' for t in whole[:QUOTES]]


def _day(stamp: str | None, zone: tzinfo | None) -> str:
    if not stamp:
        return "At a time that nothing tells"
    local = datetime.fromisoformat(stamp).astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"
