"""Figures of another inspection, or of a group of services, that an inspection is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from fieldtool.domain.base import Model
from fieldtool.domain.method.tally import whole_percent

Whose = Literal["previous", "comparison"]
"""Whose figures: of the same service at its previous inspection, or of the group that it is compared with."""

TITLES: Mapping[Whose, str] = {"previous": "Previous inspection", "comparison": "Comparison group"}


class Figure(Model):
    """One figure of a prompt or key question: yes of N where both are known, else a whole per cent alone."""

    stated: int | None = Field(default=None, ge=0, le=100)
    """The whole per cent, of which no numbers are known."""
    n: int | None = Field(default=None, ge=0)
    of: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.n is None) is not (self.of is None) or (self.n is None) is (self.stated is None):
            raise ValueError("a figure is n of N, or else a per cent")
        if self.n is not None and self.of is not None and self.n > self.of:
            raise ValueError("n is above N")
        return self

    @property
    def percent(self) -> int:
        """The whole per cent, halves up."""
        counted = None if self.n is None or self.of is None else whole_percent(self.n, self.of)
        return self.stated or 0 if counted is None else counted
