"""A delegation and what additions, replacements and removals make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inbox_worker.decision.names import alike, same_person, tokens
from inbox_worker.model import Person


@dataclass(frozen=True)
class Delegation:
    """How many come, None where nobody knows, and the names known so far."""

    number: int | None
    people: tuple[Person, ...]

    def find(self, name: str) -> Person | None:
        """The one person of the delegation that a name means, or None where it is nobody or not sure who."""
        found = [p for p in self.people if same_person(p.name, name)] or [
            p for p in self.people if alike(p.name, name) or _part_of(name, p.name)
        ]
        return found[0] if len(found) == 1 else None


def _part_of(name: str, full: str) -> bool:
    """A name such as "Ms. Koh" for "Koh Mei Ling": a single word that is one of the full name's."""
    words = [word for word in tokens(name) if len(word) > 2]
    return len(words) == 1 and words[0] in tokens(full)


def given(known: Delegation, said: Delegation) -> Delegation:
    """Both together, where neither contradicts the other: the number that is known, all the names."""
    people = list(known.people)
    for person in said.people:
        at = next((i for i, other in enumerate(people) if same_person(other.name, person.name)), None)
        if at is None:
            people.append(person)
        else:
            people[at] = _fuller(people[at], person)
    number = said.number if known.number is None else known.number
    return Delegation(number, tuple(people))


def _fuller(one: Person, other: Person) -> Person:
    name = max(one.name, other.name, key=lambda n: (len(n.split()), n == one.name))
    return Person(name, one.title or other.title, one.function or other.function)


def added(known: Delegation, more: Delegation, leaves: Iterable[str]) -> Delegation | str:
    """The delegation with people added or replaced, or why that cannot be known."""
    people = list(known.people)
    for name in leaves:
        gone = Delegation(known.number, tuple(people)).find(name)
        if gone is not None:
            people.remove(gone)
        elif known.number is not None and len(people) >= known.number:
            return f'it takes out "{name}", who is not among those who come'
    new = [person for person in more.people if not any(same_person(person.name, p.name) for p in people)]
    if more.number == 0:
        problem = _replace(known, people, new, bool(tuple(leaves)))
        return problem or Delegation(known.number, tuple(people))
    if more.number is not None and more.people and len(new) < min(more.number, len(more.people)):
        there = next(p.name for p in more.people if all(p is not n for n in new))
        return f'it adds "{there}", who is among those who come already'
    people += new
    if known.number is None or more.number is None:
        return Delegation(None, tuple(people))
    return Delegation(known.number + more.number, tuple(people))


def _replace(known: Delegation, people: list[Person], new: list[Person], left: bool) -> str | None:
    """Put new names into a delegation whose number stays; why not, where it is not clear for whom."""
    for person in new:
        misspelt = [p for p in people if alike(p.name, person.name)]
        if known.number is None or len(people) < known.number or left:
            people.append(person)
        elif len(misspelt) == 1:
            people[people.index(misspelt[0])] = person
        elif len(people) == 1:
            people[0] = person
        else:
            return f'it names "{person.name}" for somebody, but does not say for whom'
    if known.number is not None and len(people) > known.number:
        return "it names more people than the number it leaves unchanged"
    return None


def removed(known: Delegation, gone: Delegation) -> Delegation | str:
    """The delegation without those who leave, or why that cannot be known."""
    people = list(known.people)
    for person in gone.people:
        found = Delegation(known.number, tuple(people)).find(person.name)
        if found is not None:
            people.remove(found)
        elif known.number is not None and len(people) >= known.number:
            return f'it takes out "{person.name}", who is not among those who come'
    if known.number is None or gone.number is None:
        return Delegation(None, tuple(people))
    number = known.number - gone.number
    if number < 1:
        return f"it takes out {gone.number} of {known.number}: nobody would be left, and it does not decline"
    if len(people) > number:
        return f"it takes out {gone.number} of {known.number}, but not clearly whom"
    return Delegation(number, tuple(people))
