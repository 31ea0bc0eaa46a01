"""What comes of a campaign: numbers that add up from its parts, and what was lost."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Self


@dataclass
class Figures:
    """The numbers of one campaign; each kind of campaign adds its own."""

    losses: list[str] = field(default_factory=list)
    """What should not have happened, each with what makes it happen again."""

    def add(self, other: Self) -> None:
        """Count what came of another part."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def __str__(self) -> str:
        numbers = {each.name: getattr(self, each.name) for each in fields(self)}
        said = [f"{number:,} {name}" for name, number in numbers.items() if isinstance(number, int)]
        return ", ".join([*said, f"{len(self.losses)} losses"])
