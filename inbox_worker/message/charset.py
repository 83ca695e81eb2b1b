"""Bytes to text as a mail program would show them: what is declared, unless the bytes say otherwise."""

from __future__ import annotations

import codecs
import re
from functools import cache

ALIASES = {  # names seen in mail that Python does not know, or knows too narrowly (WHATWG Encoding Standard)
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "cp950",
    "x-big5": "cp950",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso8859_8",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "utf8mb4": "utf-8",
    "utf-8-mac": "utf-8",
}
WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
STATEFUL = {"utf-7", "hz", "iso2022_jp", "iso2022_jp_ext", "iso2022_kr", "iso2022_jp_1", "iso2022_jp_2"}
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
SURROGATE = re.compile("[\ud800-\udfff]")
SAMPLE = 20_000  # bytes looked at to guess a charset
FREQUENT = {  # letters that are frequent where a charset is the right one; the first wins a tie
    "cp1252": "éèàçêüöäßñóíáãõôâîûúùøåæëïÉÈÀÖÜÄÓÁÍ’‘“”–—…€«»°º\xa0",
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжОСВПНКМДАИЗУ",
    "koi8_r": "оеаинтсрвлкмдпуяыьгзбчйхжОСВПНКМДАИЗУ",
    "cp1256": "اليمنوترةعبدسكفهقحجشصطخأإىئ",
    "cp1250": "ąćęłńśźżčšžřěýéůúđőűăţşĄĆĘŁŚŻŠČŽ",
    "cp1253": "αοιετσνηυρπκμλςάίόέήώύ",
    "cp1254": "ıİşğŞĞçöüÇÖÜ",
    "cp1255": "יוהלאתרמשבנכחדקפעטגס",
}
EAST_ASIAN = {
    "gb18030": re.compile(
        "[的是在不了我们人有他这中大来上为个国和地到以说时要就出会可也你对生能子那得加将参我会议代表您邀请先生女士]"
    ),
    "cp950": re.compile(
        "[的是在不了我們人有他這中大來上為個國和地到以說時要就出會可也你對生能子那得加將參議代表您邀請先生女士]"
    ),
    "cp932": re.compile("[ぁ-んァ-ヶー、。]"),
    "euc_jp": re.compile("[ぁ-んァ-ヶー、。]"),
    "cp949": re.compile("[가-힣]"),
}


def decode_bytes(data: bytes, declared: str | None) -> tuple[str, str | None]:
    """The text of ``data`` without NULs, and a sentence about what could not be decoded, or None."""
    text, problem = _decode(data, declared)
    if not text.isascii() and SURROGATE.search(text):
        text = SURROGATE.sub("\ufffd", text)
    return text.replace("\0", ""), problem


def _decode(data: bytes, declared: str | None) -> tuple[str, str | None]:
    if data.isascii() and not declared and b"\x1b" not in data and b"\0" not in data:
        return data.decode("ascii"), None
    for bom, name in BOMS:
        if data.startswith(bom) and not (name.startswith("utf-32") and len(data) % 4):
            return _lenient(data[len(bom) :], name)
    codec = python_codec(declared)
    if codec in WIDE or (data[:SAMPLE].count(0) * 5 > len(data[:SAMPLE]) > 3):
        return _wide(data, codec)
    if codec is None:
        return _undeclared(data, declared)
    if codec not in STATEFUL and _is_utf8(data, codec):
        return data.decode("utf-8"), None
    text = _strictly(data, codec)
    if text is not None:
        return text, None
    return _contradicted(data, codec)


def python_codec(name: str | None) -> str | None:
    """Python's name for a charset label, or None where it knows none that gives text."""
    label = (name or "").strip(" \t'\"<>;,").lower()[:60]
    label = ALIASES.get(label, label)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError, TypeError, UnicodeError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in NOT_CHARSETS:
        return None
    return ALIASES.get(info.name, info.name)


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _lenient(data: bytes, codec: str) -> tuple[str, str | None]:
    text = _strictly(data, codec)
    if text is not None:
        return text, None
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        text = data.decode("cp1252", "replace")
    bad = text.count("\ufffd")
    return text, f"{bad or 'some'} characters are not valid {codec} and are shown as \ufffd"


def _is_utf8(data: bytes, codec: str) -> bool:
    """Whether the bytes are UTF-8 whatever was declared: chance gives no run of valid multibyte sequences."""
    if data.isascii():
        return False
    needed = 1 if codec in ("ascii", "utf-8", "cp1252", "iso8859-15") else 3
    return len(MULTIBYTE.findall(data[:SAMPLE])) >= needed and _strictly(data, "utf-8") is not None


def _wide(data: bytes, codec: str | None) -> tuple[str, str | None]:
    """UTF-16 and UTF-32 without a byte order mark: the side on which the zeros stand decides."""
    if codec not in WIDE or codec in ("utf-16", None):
        head = data[:SAMPLE]
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if codec is None and min(even, odd) * 3 > max(even, odd):
            return _undeclared(data, None)
        if codec is not None and codec not in WIDE:
            return _lenient(data, codec) if max(even, odd) < len(head) / 4 else _lenient(data, _side(even, odd))
        codec = _side(even, odd) if even != odd else "utf-16-le"
    return _lenient(data, codec or "utf-16-le")


def _side(even: int, odd: int) -> str:
    return "utf-16-be" if even > odd else "utf-16-le"


def _undeclared(data: bytes, declared: str | None) -> tuple[str, str | None]:
    if b"\x1b$" in data and (japanese := _strictly(data, "iso2022_jp_ext")) is not None:
        return japanese, None
    text = _strictly(data, "utf-8")
    if text is not None:
        return text, None
    codec = guess(data)
    text, _ = _lenient(data, codec)
    said = f"the charset {declared[:40]!r} is unknown" if declared else "no charset is declared"
    return text, f"{said}; read as {codec} by the look of the text"


def _contradicted(data: bytes, codec: str) -> tuple[str, str | None]:
    """A declared charset in which the bytes are not valid: other readings before damaged characters."""
    text = _strictly(data, "utf-8")
    if text is not None and codec not in STATEFUL:
        return text, None
    damaged, problem = _lenient(data, codec)
    bad = damaged.count("\ufffd")
    foreign = sum(1 for c in damaged[:SAMPLE] if c > "\x7f")
    if codec in STATEFUL or bad * 3 < foreign or (codec != "utf-8" and bad <= 3):
        return damaged, problem
    other = guess(data)
    if other == codec:
        return damaged, problem
    text, _ = _lenient(data, other)
    return text, f"the text is not valid {codec} as declared; read as {other} by the look of it"


def guess(data: bytes) -> str:
    """The charset of text that is not UTF-8, by the letters that come out of it; cp1252 where nothing tells."""
    high = bytes(b for b in data[:SAMPLE] if b > 0x7F)
    if not high:
        return "cp1252"
    scores = {codec: _share(high.decode(codec, "replace"), codec) for codec in FREQUENT}
    best = max(scores, key=lambda codec: scores[codec])
    east, share = _guess_east_asian(data[:SAMPLE])
    return east if share > max(0.3, scores[best]) else best


def _share(text: str, codec: str) -> float:
    frequent = _frequent(codec)
    return sum(1 for c in text if c in frequent) / max(len(text), 1)


@cache
def _frequent(codec: str) -> frozenset[str]:
    return frozenset(FREQUENT[codec])


def _guess_east_asian(head: bytes) -> tuple[str, float]:
    best, best_share = "gb18030", 0.0
    for codec, common in EAST_ASIAN.items():
        text = head.decode(codec, "replace")
        foreign = sum(1 for c in text if c > "\x7f")
        broken = text.count("\ufffd")
        if foreign < 2 or broken * 20 > foreign:
            continue
        floor = 0.25 if codec in ("gb18030", "cp950") else 0.0
        share = min(1.0, floor + 2 * len(common.findall(text)) / foreign)
        if share > best_share:
            best, best_share = codec, share
    return best, best_share
