"""Lines of a terminal as pieces of text with a role each; the colours of the roles come from the theme."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

Pieces = list[tuple[str, str]]
"""One line: texts, each with the name of its role, or an empty name for plain."""

DIM, STRONG, HEADING, YES, NO, WARN, MARK = "dim", "strong", "heading", "yes", "no", "warn", "mark"
BANDS = ("band0", "band1", "band2", "band3")
"""Roles of the bands, from the lowest to the highest: orange to blue, which stay apart for every eye."""

CONTESTED = "≠"
"""Two people said something without knowing of each other, and nobody has settled it."""

CURSOR = "▌"
PLAIN = "plain"
"""The role of what has none: what the widget itself looks like, remembered like the others."""


class _Look(NamedTuple):
    """What a role looks like."""

    colour: str = ""
    """A variable of the theme, or a colour; empty: that of the text around it."""
    bold: bool = False


_LOOKS = {
    DIM: _Look("text-muted"),
    STRONG: _Look(bold=True),
    HEADING: _Look("primary", bold=True),
    YES: _Look("text-secondary", bold=True),
    NO: _Look("text-warning", bold=True),
    WARN: _Look("text-warning", bold=True),
    MARK: _Look("text-accent"),
    "band0": _Look("#e08214", bold=True),
    "band1": _Look("#d9b365"),
    "band2": _Look("#74add1"),
    "band3": _Look("#56b4e9", bold=True),
}
# Not component classes: Textual works those out for each widget whenever anything of a screen is styled again, which
# was a third of the time in which a case opens.


class Painted(Widget):
    """A widget that draws its own lines."""

    _styles_of_roles: dict[str, Style] | None = None

    def painted(
        self, pieces: Pieces, width: int, *, cursor: bool = False, last: tuple[str, str] | None = None
    ) -> Strip:
        """Turn pieces into a strip that is exactly `width` cells wide.

        Args:
            cursor: whether the cursor is on it.
            last: what stands in the last cell, with its role; the cursor does not reach there.
        """
        base = self._style_of("cursor" if cursor else PLAIN)
        segments = [
            Segment(text, base + self._style_of(role) if role else base) for text, role in pieces if text
        ]
        if last is None:
            return Strip(segments).adjust_cell_length(width, base)
        strip = Strip(segments).adjust_cell_length(width - 1, base)
        plain = self._style_of(PLAIN)
        sign, role = last
        return Strip([*strip, Segment(sign, plain + self._style_of(role) if role else plain)], width)

    def notify_style_update(self) -> None:
        """Forget the colours of a theme that is no longer used."""
        super().notify_style_update()
        self._styles_of_roles = None

    def _style_of(self, role: str) -> Style:
        if self._styles_of_roles is None:
            self._styles_of_roles = {}
        style = self._styles_of_roles.get(role)
        if style is None:
            style = self._styles_of_roles[role] = self._mixed(role)
        return style

    def _mixed(self, role: str) -> Style:
        """The style of a role, its transparent colours laid over the background."""
        if role in (PLAIN, "cursor"):
            base = self.rich_style
            return base if role == PLAIN else base + self._laid_over(role)
        return self._laid_over(role)

    def _laid_over(self, role: str) -> Style:
        behind, variables = self.background_colors[1], self.app.theme_variables
        if role == "cursor":
            return Style.from_color(bgcolor=_over(behind, Color.parse(variables["boost"])).rich_color)
        look = _LOOKS[role]
        style = Style(bold=True) if look.bold else Style()
        named, _, per_cent = variables.get(look.colour, look.colour).partition(" ")
        if named == "auto":
            alpha = int(per_cent.rstrip("%")) / 100 if per_cent else 1.0
            muted = behind + behind.get_contrast_text(alpha)
            style += Style.from_color(color=muted.rich_color)
        elif named:
            colour = Color.parse(named)
            style += Style.from_color(color=_legible(_over(behind, colour), behind).rich_color)
            # A terminal's own colours cannot be mixed with what is behind them.
            style += Style(dim=True) if colour.ansi is not None and per_cent else Style()
        return style


def _over(behind: Color, colour: Color) -> Color:
    # Mixing turns the colours of a terminal's own palette into others; they are never transparent.
    return colour if colour.a == 1 else behind + colour


LEGIBLE = 4.5
"""The contrast of text and ground, at least, as the Web Content Accessibility Guidelines (WCAG 2) measure it."""


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours, from 1 for none to 21 for black and white (WCAG 2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _legible(colour: Color, behind: Color) -> Color:
    """The colour as it is or, where it cannot be read on its ground, made lighter or darker until it can."""
    if colour.ansi is not None or behind.ansi is not None:
        return colour  # what the terminal makes of its own colours, nobody knows here
    towards = behind.get_contrast_text(1)
    steps = (colour.blend(towards, tenth / 10) for tenth in range(11))
    return next((each for each in steps if contrast(each, behind) >= LEGIBLE), towards)


def band_role(place: int, bands: int) -> str:
    """The role of a band by its place among so many, the lowest being 0."""
    return BANDS[place * (len(BANDS) - 1) // max(bands - 1, 1)]


def bar(percent: int | None, width: int) -> str:
    """A percentage as blocks, in so many cells; dots where nothing counts."""
    if percent is None:
        return "·" * width
    eighths = percent * width * 8 // 100
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width, "░")[:width]


def scale(percent: int | None, width: int, boundaries: tuple[int, ...]) -> str:
    """A percentage as a bar in so many cells, with a mark where each band begins."""
    marks = {boundary * width // 100 for boundary in boundaries}
    filled = 0 if percent is None else (percent * width + 50) // 100
    return "".join(
        ("▓" if cell in marks else "█") if cell < filled else ("┊" if cell in marks else "·")
        for cell in range(width)
    )


def fitted(text: str, width: int) -> str:
    """A text in exactly so many cells: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    text = harmless(text)
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"


@lru_cache(maxsize=2048)
def wrapped(text: str, width: int) -> tuple[str, ...]:
    """A text in lines of at most so many cells; at least one line."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        plain = harmless(paragraph)
        wide = cell_len(plain) != len(plain)
        lines.extend(_wrapped_by_cells(plain, max(width, 8)) if wide else wrap(plain, max(width, 8)))
    return tuple(lines) or ("",)


def _wrapped_by_cells(text: str, width: int) -> list[str]:
    """Wrap a text in which some characters take two cells, as Chinese ones do, or none."""
    lines = [""]
    for word in text.split():
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.extend(chop_cells(word, width))
    return lines[1:]


def harmless(text: str) -> str:
    """A text without characters that a terminal would obey: whatever was typed is only shown."""
    return _COMMANDS.sub(" ", text)


def harmless_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return "\n".join(harmless(line) for line in text.split("\n"))


_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
