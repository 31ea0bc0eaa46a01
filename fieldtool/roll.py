"""The roll of an inspection: its headings, team and cases, there before anything else is loaded.

A terminal must show its first screen at once, and loading the models of the domain takes as long as
half of that; so what the first screen needs stands here, and `Inspection` builds on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from fieldtool.domain.listing import CaseFilter, CaseLine, Heading, Person
from fieldtool.store import listing
from fieldtool.store.database import Database, Locked, StoreError

__all__ = ["Locked", "Roll", "StoreError"]


class Roll:
    """An open inspection, as far as lists of it go."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.why_read_only = "" if database.writable else "opened to look only"
        """Why nothing can be recorded here; empty if it can."""

    @classmethod
    def open(cls, path: Path, *, to_write: bool, key: bytes | None = None) -> Self:
        """Open the file of an inspection, to work in it or only to look.

        Args:
            key: of an encrypted one.

        Raises:
            Locked: it is encrypted, and no key was given.
            StoreError: it cannot be opened, in one sentence that says why.
        """
        database = (Database.open if to_write else Database.open_read_only)(path, key)
        if to_write and listing.views_behind(database):
            # Once after an upgrade; late, because it loads the models of the domain.
            from fieldtool.store.check import catch_up

            catch_up(database)
        return cls(database)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @cached_property
    def heading(self) -> Heading:
        """What every screen says of the inspection."""
        return listing.heading(self.database)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """The team, by id."""
        return listing.people(self.database)

    def forget(self) -> None:
        """Read heading and team again when they are next asked for: something was recorded about them."""
        for name in ("heading", "people"):
            self.__dict__.pop(name, None)

    @property
    def me(self) -> str | None:
        """The id of the person who works on this installation, if they have said so."""
        return listing.local(self.database, "person")

    @me.setter
    def me(self, person: str) -> None:
        listing.set_local(self.database, "person", person)

    def refs(self, chosen: CaseFilter) -> list[str]:
        """The references of the cases that a filter lets through, in their order."""
        return listing.case_refs(self.database, chosen)

    @property
    def total(self) -> int:
        """How many cases there are."""
        return listing.case_count(self.database)

    def lines(self, refs: Sequence[str]) -> list[CaseLine]:
        """What the list says of some cases, in the order asked for."""
        return listing.case_lines(self.database, refs)

    def all_lines(self, chosen: CaseFilter) -> list[CaseLine]:
        """What the list says of every case that a filter lets through."""
        return listing.all_case_lines(self.database, chosen)
