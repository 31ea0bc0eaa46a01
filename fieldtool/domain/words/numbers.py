"""Numbers and names in words, the same wherever they are said."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: int) -> str:
    """A number with commas between its thousands."""
    return f"{value:,}"


def counted(value: int, one: str, many: str = "") -> str:
    """A number with its noun, as "1 case" or "2 cases"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def listed(names: Sequence[str], link: str = "and") -> str:
    """Names in a row, as "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {link} {names[-1]}"
