"""Foreign names written in Chinese by their sound: parts of certain characters, with a dot between them."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.segments import is_ideograph
from inbox_worker.reading.text import Token

DOTS = "·・•‧．"
JOINS = DOTS + "-–－‐"  # 让-雅克·鲁索
LONGEST = 9  # tokens of a part of a name
# They write sounds, and are words too: as the last character of a name where nothing, or a title, follows, or where the
# name has one character without it.
WORDS_TOO = frozenset("因加以可都本代于子博修通儿")
LEADS = frozenset("因以代于为由")  # words before a name, unless it begins as one of these
BEGINNINGS = tuple("因加 因德 因戈 因娜 因诺 以撒 以利 以赛 以斯 以马 于连 于尔 于格 于斯".split())  # noqa: SIM905
INSTEAD = frozenset("代因以")  # between two names
JEAN = "让"  # and "let" before any other name
Span = tuple[int, int]  # tokens


def sounded_names(tokens: Sequence[Token], lexicon: Lexicon) -> list[Span]:
    """The names among tokens, in order."""
    found: list[Span] = []
    for k, dot in enumerate(tokens):
        if dot.raw not in DOTS or (found and k < found[-1][1]):
            continue
        start, end = _begin(tokens, k, lexicon), _end(tokens, k, lexicon)
        if found and start < found[-1][1]:  # 甲·乙代丙·丁
            start = found[-1][1] + (tokens[found[-1][1]].raw in INSTEAD)
        if start < k and end > k + 1:
            found.append((start, end))
    return found


def _begin(tokens: Sequence[Token], dot: int, lexicon: Lexicon) -> int:
    """Where a name with a dot begins; the dot itself where nothing before it is of a name."""
    at = part = dot
    while at > 0 and tokens[at - 1].end == tokens[at].start and part - at < LONGEST:
        before = tokens[at - 1]
        if before.raw in JOINS and at > 1 and at < part:
            if not (_sounds(tokens[at - 2], lexicon) or tokens[at - 2].norm == JEAN):
                break
            at = part = at - 1
        elif _sounds(before, lexicon) or (before.norm == JEAN and tokens[at].raw in JOINS):
            at -= 1
        else:
            break
    leads = tokens[at].raw in LEADS and at + 1 < dot
    return at + 1 if leads and not (tokens[at].raw + tokens[at + 1].raw).startswith(BEGINNINGS) else at


def _end(tokens: Sequence[Token], dot: int, lexicon: Lexicon) -> int:
    """Where a name with a dot ends; just behind the dot where nothing after it is of a name."""
    at = part = dot + 1
    while at < len(tokens) and tokens[at - 1].end == tokens[at].start and at - part < LONGEST:
        if tokens[at].raw in JOINS and at + 1 < len(tokens) and at > part:
            if not _sounds(tokens[at + 1], lexicon):
                break
            if (apart := next((k for k in range(part + 2, at - 1) if tokens[k].raw in INSTEAD), None)) is not None:
                return apart  # of two names
            at = part = at + 1
        elif _sounds(tokens[at], lexicon):
            at += 1
        else:
            break
    while sum(len(t.raw) for t in tokens[part:at]) > 2 and _is_word(tokens, at - 1, lexicon):
        at -= 1
    return at


def _sounds(token: Token, lexicon: Lexicon) -> bool:
    """Whether a token may be of a name: all its characters write sounds, and it is no title."""
    if token.norm in lexicon.lists["given_names"]:
        return True
    if token.norm in lexicon.lists["titles"] or token.norm in lexicon.lists["functions"]:
        return False
    return all(c in lexicon.sounds for c in token.raw)


def _is_word(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """Whether the last character of what may be a name is a word of the sentence."""
    if tokens[at].raw not in WORDS_TOO or at + 1 >= len(tokens):
        return False
    after = tokens[at + 1]
    follows = after.start == tokens[at].end and is_ideograph(after.raw[0])
    return follows and after.norm not in lexicon.lists["titles"] | lexicon.lists["functions"] | lexicon.lists["and"]
