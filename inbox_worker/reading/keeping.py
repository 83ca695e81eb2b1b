"""What was worked out of an invited list, kept for as long as the same list is read with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from inbox_worker.model import Organisation

Organisations = tuple[Organisation, ...]
Result = TypeVar("Result")

KEPT = 8  # lists


def kept(function: Callable[[Organisations], Result]) -> Callable[[Organisations], Result]:
    """The function, worked out once for a list. It is known by being the same object: to compare or to hash thousands
    of organisations for each message would cost more than most of what is asked of them."""
    known: OrderedDict[int, tuple[Organisations, Result]] = OrderedDict()  # with the list, so that its id stays its own

    def asked(organisations: Organisations) -> Result:
        found = known.get(id(organisations))
        if found is None:
            found = known[id(organisations)] = organisations, function(organisations)
            if len(known) > KEPT:
                known.popitem(last=False)
        return found[1]

    return asked
