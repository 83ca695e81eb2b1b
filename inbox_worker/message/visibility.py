"""What a person does not see of HTML: the parts of CSS that hide words, from style attributes and style sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

Declarations = dict[str, str]

NAMED_COLOURS = {
    "white": (255, 255, 255),
    "#fff": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "whitesmoke": (245, 245, 245),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
}
Colour = tuple[int, int, int]
RGB = re.compile(r"rgba?\(\s{0,5}(\d{1,3})\s{0,5}[, ]\s{0,5}(\d{1,3})\s{0,5}[, ]\s{0,5}(\d{1,3})")
HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])")
NUMBER = re.compile(r"-?\d{0,6}(?:\.\d{0,6})?")
SIMPLE_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?(?:([.#])([\w-]+))?\Z", re.IGNORECASE)
COMMENT = re.compile(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/")
NEAR = 6  # difference of a colour channel that nobody sees
FAR_AWAY = -500  # pixels: text moved out of sight
SMALLEST = 1.0  # a font of this many points or pixels, or less, is not read
RELEVANT = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "font-size",
        "font",
        "color",
        "background",
        "background-color",
        "mso-hide",
        "max-height",
        "height",
        "width",
        "overflow",
        "left",
        "top",
        "text-indent",
        "position",
        "clip",
        "border",
        "border-left",
        "text-decoration",
    ]
)
MAX_STYLESHEET = 200_000  # characters


@dataclass(frozen=True)
class Look:
    """What an element's text inherits. A background of None is an image: nothing is said on contrast."""

    colour: Colour = (0, 0, 0)
    background: Colour | None = (255, 255, 255)
    tiny: bool = False
    invisible: bool = False

    @cached_property
    def readable(self) -> bool:
        """Whether a person sees text that looks so."""
        if self.tiny or self.invisible:
            return False
        return self.background is None or any(
            abs(a - b) > NEAR for a, b in zip(self.colour, self.background, strict=True)
        )


@lru_cache(maxsize=256)  # mail programs write the same few styles on every element
def declarations(style: str) -> Mapping[str, str]:
    """The declarations of a style attribute that can hide words."""
    found: Declarations = {}
    for piece in style[:4000].lower().split(";"):
        name, colon, value = piece.partition(":")
        name = name.strip()
        if colon and name in RELEVANT:
            found[name] = value.replace("!important", "").strip()
    return found


@lru_cache(maxsize=16)  # and the same sheet in every message
def style_sheet(css: str) -> StyleSheet:
    """The rules of the style sheets of a page; not to be changed."""
    return StyleSheet(css)


class StyleSheet:
    """Rules with a simple selector (element, class or id). Rules inside @media are left out: they are for others."""

    def __init__(self, css: str) -> None:
        self.rules: dict[tuple[str, str, str], Declarations] = {}
        depth, start, selector = 0, 0, ""
        css = COMMENT.sub(" ", css[:MAX_STYLESHEET]).replace("<!--", " ").replace("-->", " ")
        for match in re.finditer(r"[{};]", css):
            if match.group() == "{":
                if depth == 0:
                    selector = css[start : match.start()].strip()
                depth, start = depth + 1, match.end()
            elif match.group() == "}":
                if depth == 1 and not selector.startswith("@"):
                    self._add(selector, declarations(css[css.rfind("{", 0, match.start()) + 1 : match.start()]))
                depth, start = max(depth - 1, 0), match.end()
            elif depth == 0:
                start = match.end()  # @import and the like

    def _add(self, selectors: str, found: Mapping[str, str]) -> None:
        if not found:
            return
        for selector in selectors[:2000].split(","):
            simple = SIMPLE_SELECTOR.match(selector.strip())
            if simple and simple.group():
                key = ((simple.group(1) or "").lower(), simple.group(2) or "", simple.group(3) or "")
                self.rules.setdefault(key, {}).update(found)

    def apply(self, tag: str, attributes: Mapping[str, str]) -> Declarations:
        """The declarations for an element, its own style attribute last."""
        merged: Declarations = {}
        if self.rules:
            keys = [(tag, "", "")]
            for name in attributes.get("class", "").split()[:20]:
                keys += [("", ".", name), (tag, ".", name)]
            if identifier := attributes.get("id"):
                keys += [("", "#", identifier), (tag, "#", identifier)]
            for key in keys:
                merged.update(self.rules.get(key, {}))
        if style := attributes.get("style"):
            merged.update(declarations(style))
        return merged


def is_removed(found: Declarations, attributes: Mapping[str, str]) -> bool:
    """Whether an element and all in it is out of sight."""
    if "hidden" in attributes:
        return True
    clipped = "hidden" in found.get("overflow", "")
    return (
        found.get("display") == "none"
        or found.get("mso-hide") == "all"
        or _number(found.get("opacity"), 1) <= 0.02
        or _number(found.get("max-height"), 1) == 0
        or (clipped and (_number(found.get("height"), 1) == 0 or _number(found.get("width"), 1) == 0))
        or _number(found.get("text-indent"), 0) <= FAR_AWAY
        or (
            found.get("position") in ("absolute", "fixed")
            and min(_number(found.get("left"), 0), _number(found.get("top"), 0)) <= FAR_AWAY
        )
        or ("position" in found and found.get("clip", "").replace(" ", "").startswith(("rect(0,0,0,0", "rect(0000")))
    )


def inherit(look: Look, found: Declarations, attributes: Mapping[str, str]) -> Look:
    """The look of an element inside one that looks so."""
    if not found and not attributes:
        return look
    colour = _colour(found.get("color") or attributes.get("color") or attributes.get("text"))
    if colour:
        look = replace(look, colour=colour)
    ground = found.get("background-color") or found.get("background") or attributes.get("bgcolor")
    if (ground and "url(" in ground) or "background" in attributes:
        look = replace(look, background=None)
    elif ground and (background := _colour(ground)):
        look = replace(look, background=background)
    if size := found.get("font-size"):
        look = replace(look, tiny=_number(size, 12) <= (SMALLEST if size.endswith(("px", "pt")) else 0))
    if visibility := found.get("visibility"):
        look = replace(look, invisible=visibility in ("hidden", "collapse"))
    return look


def _number(value: str | None, default: float) -> float:
    match = NUMBER.match(value.strip()) if value else None
    try:
        return float(match.group()) if match else default
    except ValueError:
        return default


def _colour(value: str | None) -> Colour | None:
    if not value:
        return None
    text = value[:200].strip().lower()
    if match := HEX.search(text):
        digits = match.group(1)
        digits = "".join(d * 2 for d in digits) if len(digits) == len("fff") else digits
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := RGB.search(text):
        red, green, blue = match.groups()
        return int(red), int(green), int(blue)
    return next((NAMED_COLOURS[word] for word in text.split()[:5] if word in NAMED_COLOURS), None)
