"""The base of every domain model, frozen and strict about keys it does not know, and the texts that models hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)]
"""A short id in small letters, digits and underscores."""

Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.]*$", max_length=20)]
"""The number of a standard, key question or prompt, as "2.1.3.a"."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Wording: never empty."""

Applicability = Mapping[Slug, tuple[str, ...]]
"""For each case fact named, the values with which an item applies; all of them must hold."""


class Model(BaseModel):
    """A value of the domain: it never changes, and it refuses fields that it does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")
