"""Who a predicate speaks of."""

from __future__ import annotations

from inbox_worker.reading.grammar.said import Said, Who


def subject_of(said: Said, start: int, pivot: int, end: int, own: frozenset[int], others: frozenset[int]) -> Who:
    """Who the predicate at ``pivot`` speaks of: the nearest that may be its subject before it, else after it."""
    best, who = -1, Who.UNSAID
    kinds = {
        "we": Who.WE,
        "our": Who.WE,
        "i": Who.I,
        "undersigned": Who.I,
        "colleague": Who.PERSON,
        "other_party": Who.OTHER,
        "pronoun": Who.PERSON,
        "you": Who.OTHER,
    }
    if any(h.kind == "nobody" and start <= h.start <= pivot for h in said.hits):
        return Who.NOBODY
    if any(h.kind == "me" and h.start <= start + 1 and h.start >= start for h in said.hits) and any(
        h.kind == "companion" and start < h.start <= start + 2 for h in said.hits
    ):
        best, who = start, Who.I  # "me and my colleague"
    spent = max((h.start for h in said.hits if h.kind == "absent" and start <= h.start and h.end <= pivot), default=0)
    weak = False  # "our" may belong to somebody else's name: "our sister organisation X"
    for hit in said.hits:
        if not start <= hit.start <= pivot or hit.start < spent:
            continue  # "I am away, the organisation is represented by": who is away is not who comes
        if hit.kind == "you" and not pivot - 2 <= hit.start < pivot:
            continue  # "we ask you to register two", but "would you come to our launch"
        if hit.kind in kinds and hit.start >= best and not (hit.kind == "our" and hit.start == best):
            best, who, weak = hit.start, kinds[hit.kind], hit.kind == "our"
    for mention in said.names:
        if start <= mention.start <= pivot and mention.start > best:
            best, who, weak = mention.start, Who.PERSON, False
    for i in range(start, min(pivot, len(said.words))):
        if i in own and i > best and not _object_of(said, who, best, i):
            best, who, weak = i, Who.WE, False
        elif i in others and i > best and (best < start or weak):
            best, who = i, Who.OTHER
    if who is Who.UNSAID and any(pivot <= m.start < min(end, pivot + 9) and not m.vague for m in said.names):
        return Who.PERSON
    after = next((h for h in said.hits if h.kind in {"i", "undersigned"} and pivot < h.start <= pivot + 1), None)
    if who is Who.UNSAID and after is not None and after.start < end:
        return Who.I  # "podría ir yo"
    if who is Who.UNSAID and any(
        h.kind in {"colleague", "undersigned"} and pivot <= h.start < min(end, pivot + 6) for h in said.hits
    ):
        return Who.PERSON
    return who


def _object_of(said: Said, who: Who, subject: int, at: int) -> bool:
    """Whether the writer stands before an organisation of whom he tells what he does: "I shall represent X"."""
    if who is not Who.I or subject < 0:
        return False
    return not any(h.kind in {"perform", "send"} and subject - 1 <= h.start < at for h in said.hits)
