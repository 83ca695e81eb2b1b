"""Who may change what: a sender's standing towards what an organisation said before."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Entry, Known, is_free_mail


def domain(address: str) -> str:
    """The part of an address after its last @, in lower case, or ""."""
    return address.rpartition("@")[2].casefold()


def within(name: str, domains: frozenset[str]) -> bool:
    """Whether a domain, or one above it, is among ``domains``."""
    labels = name.split(".")
    return any(".".join(labels[at:]) in domains for at in range(len(labels) - 1))


def in_thread(entry: Entry, earlier: Sequence[Entry]) -> bool:
    """Whether a message answers one of the organisation's earlier ones. That two answer our invitation is no thread."""
    return any(other.message_id and other.message_id in entry.refers for other in earlier)


def same_writer(entry: Entry, earlier: Sequence[Entry]) -> bool:
    """Whether the same address wrote before."""
    return bool(entry.sender) and any(entry.sender.casefold() == other.sender.casefold() for other in earlier)


def is_stranger(entry: Entry, earlier: Sequence[Entry], known: Known) -> bool:
    """Whether address and domain are both new to the organisation, and the message is outside its threads.

    A free-mail domain is new whoever used it before. What a person ruled on or entered is nobody's but theirs.
    """
    if entry.ruled or not entry.sender or same_writer(entry, earlier) or in_thread(entry, earlier):
        return False
    if entry.sender.casefold() in known.addresses:
        return False
    name = domain(entry.sender)
    used = {domain(other.sender) for other in earlier}
    return not within(name, known.domains) and (is_free_mail(name) or name not in used)


def speaks_for_itself(entry: Entry, earlier: Sequence[Entry], known: Known) -> bool:
    """Whether the organisation itself writes, after others (a federation, a coordinator) answered for it."""

    def own(other: Entry) -> bool:
        return within(domain(other.sender), known.own) or other.sender.casefold() in known.addresses

    return own(entry) and bool(earlier) and not any(own(other) or other.ruled for other in earlier)
