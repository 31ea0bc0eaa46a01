"""The base of every domain model: frozen, and strict about keys it does not know."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A value of the domain: it never changes, and it refuses fields that it does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")
