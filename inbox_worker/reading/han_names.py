"""Names of people in Chinese: by surname and what stands around, by title, and foreign ones by their dots."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.segments import is_ideograph
from inbox_worker.reading.sounded_names import DOTS, sounded_names
from inbox_worker.reading.text import Token

_LEADS = ("由", "派", "为", "是", "即")  # before who is meant
_DOES = (
    "将",
    "会",
    "也",
    "已",
    "均",
    "都",
    "接替",
    "代替",
    "顶替",
    "参",
    "出席",
    "前往",
    "代表",
    "作为",
    "两人",
    "二人",
)
FOREIGN = 6  # characters of a part of a foreign name
Found = tuple[int, int, int, int]  # tokens: where title or name begins, the name begins, the name ends, title ends


def han_names(tokens: Sequence[Token], lexicon: Lexicon) -> list[Found]:
    """The names among tokens."""
    foreign = dict(sounded_names(tokens, lexicon))
    found: list[Found] = []
    i = 0
    while i < len(tokens):
        if i in foreign:
            end = foreign[i]
            found.append((i, i, end, _title_end(tokens, end, lexicon)))
            i = found[-1][3]
            continue
        end = min(_run(tokens, i, lexicon), next((start for start in foreign if start > i), len(tokens)))
        if end == i:
            i += 1
            continue
        spans = _names(tokens, i, end, lexicon, found)
        found += spans
        i = max(end, spans[-1][3] if spans else end)
    return sorted([*found, *_between(tokens, lexicon, found)])


def fills(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether all tokens of a cell are one name, whatever its characters mean by themselves: a surname and one or two
    characters, or three after one of two characters."""
    said = "".join(t.raw for t in tokens)
    whole = bool(said) and all(is_ideograph(c) for c in said) and tokens[-1].end - tokens[0].start == len(said)
    single, double = said[:1] in lexicon.lists["surnames"], said[:2] in lexicon.lists["surnames"]
    return whole and ((2 <= len(said) <= 3 and single) or (3 <= len(said) <= 4 and double)) and len(tokens) > 1


def _title_end(tokens: Sequence[Token], end: int, lexicon: Lexicon) -> int:
    """Where the title ends that follows a name, ``end`` if there is none."""
    after = tokens[end] if end < len(tokens) else None
    titled = after is not None and after.norm in lexicon.lists["titles"] and after.start == tokens[end - 1].end
    return end + 1 if titled else end


def _between(tokens: Sequence[Token], lexicon: Lexicon, found: Sequence[Found]) -> list[Found]:
    """What stands in a list beside a name and is as long as one, whatever its characters mean by themselves."""
    more: list[Found] = []
    for k, mark in enumerate(tokens):
        if mark.raw != "、":
            continue
        for start, end in (_piece_before(tokens, k), _piece_after(tokens, k)):
            beside = any(f[3] == start - 1 or f[1] == end + 1 for f in found)
            taken = any(f[1] < end and start < f[3] for f in (*found, *more))
            piece = tokens[start:end]
            size = sum(len(t.raw) for t in piece)
            if beside and not taken and 2 <= size <= 8 and all(len(t.raw) == 1 for t in piece):
                more.append((start, start, end, end))
    return more


def _piece_before(tokens: Sequence[Token], k: int) -> tuple[int, int]:
    start = k
    while start and is_ideograph(tokens[start - 1].raw[0]):
        start -= 1
    return start, k


def _piece_after(tokens: Sequence[Token], k: int) -> tuple[int, int]:
    end = k + 1
    while end < len(tokens) and is_ideograph(tokens[end].raw[0]):
        end += 1
    return k + 1, end


def _free(token: Token, lexicon: Lexicon) -> bool:
    """Whether a token may be a character of a name: one that is no word by itself, or a name the file knows."""
    if token.norm in lexicon.lists["given_names"] or token.norm in lexicon.lists["surnames"]:
        return True
    return is_ideograph(token.raw[0]) and len(token.raw) == 1 and token.norm not in lexicon.lists["stopwords"]


def _run(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> int:
    at = start
    while at < len(tokens) and at - start < 3 * FOREIGN:
        dot = tokens[at].raw in DOTS and at > start and at + 1 < len(tokens) and is_ideograph(tokens[at + 1].raw[0])
        if not (dot or (tokens[at].is_word and _free(tokens[at], lexicon))):
            break
        if at > start and tokens[at].start != tokens[at - 1].end:
            break
        at += 1
    return at


def _names(tokens: Sequence[Token], start: int, end: int, lexicon: Lexicon, found: Sequence[Found]) -> list[Found]:
    titles, functions = lexicon.lists["titles"], lexicon.lists["functions"]
    after = tokens[end] if end < len(tokens) else None
    before = tokens[start - 1] if start else None
    title_end = _title_end(tokens, end, lexicon)
    titled = title_end > end
    office = before is not None and (before.norm in functions or before.norm in titles)
    office = office or (after is not None and after.norm in functions)
    length = sum(len(t.raw) for t in tokens[start:end])
    if any(t.raw in DOTS for t in tokens[start:end]):
        return [(start, start, end, title_end)]
    if length == len(tokens[start].raw) and tokens[start].norm in lexicon.lists["given_names"] and length > 2:
        return [(start, start, end, title_end)]
    listed = _listed(before, after, found, start, lexicon)
    at = _surname(tokens, start, end, lexicon)
    size = sum(len(t.raw) for t in tokens[at:end]) if at is not None else 0
    compound = at is not None and len(tokens[at].raw) == 2
    if at is not None and (2 <= size <= 3 or (compound and size <= 4)):
        alone = at == start
        opens = before is None or not before.is_word or before.norm in lexicon.lists["and"]
        if titled or (alone and (office or listed or size == 3 or _comes(after, lexicon, opens))):
            return [(at, at, end, title_end)]
    if before is None and length == 2 and end + 1 < len(tokens) and tokens[end + 1].norm in functions and listed:
        return [(start, start, end, title_end)]  # 海怡，主席
    if (titled or listed) and 3 <= length <= FOREIGN and (titled or at == start or _beside(found, start)):
        return [(start, start, end, title_end)]
    return []


def _surname(tokens: Sequence[Token], start: int, end: int, lexicon: Lexicon) -> int | None:
    """Where a name of two or three characters at the end of a run begins; compound surnames first."""
    surnames = lexicon.lists["surnames"]
    for at in range(max(start, end - 4), end):
        if len(tokens[at].raw) == 2 and tokens[at].norm in surnames and end > at + 1:
            return at
    return next((at for at in range(max(start, end - 3), end - 1) if tokens[at].norm in surnames), None)


def _listed(before: Token | None, after: Token | None, found: Sequence[Found], start: int, lexicon: Lexicon) -> bool:
    """Whether a run stands between marks or "and", as an item of a list."""
    joins = lexicon.lists["and"]
    opens = before is None or before.raw in "、，,：:；;（(|．.)）-" or before.norm in joins
    if before is not None and before.raw.endswith(_LEADS):
        opens = True  # 由柯蕾（理事）代表
    if before is not None and len(before.raw) > 1 and after is not None and after.norm in joins:
        opens = True  # 我们这边韩明和两位同事: "and" joins somebody to a name
    closes = (
        after is None or after.raw in "、，,；;。.（(）)|—-：:" or after.norm in joins or after.norm in lexicon.numbers
    )
    return opens and closes


def _beside(found: Sequence[Found], start: int) -> bool:
    return bool(found) and start - found[-1][3] <= 2


def _comes(after: Token | None, lexicon: Lexicon, opens: bool) -> bool:
    """Whether what follows a name of two characters says what its bearer does."""
    if after is not None and after.norm.startswith(("不", "无法", "未能", "因")):
        return True
    if opens and after is not None and after.norm.startswith(_DOES):
        return True
    return after is not None and after.norm in {"将", "去", "来", "出席", "参加", "前往", "代表", "同志"}
