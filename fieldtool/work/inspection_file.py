"""The file of an inspection: its headings, team and cases, there before anything else is loaded.

A terminal must show its first screen at once, and loading the models of the domain takes as long as
half of that; so what the first screen needs stands here, and `Inspection` builds on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fieldtool.domain.method.case_line import AtStake, CaseFilter, CaseLine, Heading, Person, Sent
from fieldtool.store.file.database import Closing, Database
from fieldtool.store.file.local import local, set_local
from fieldtool.store.views import case_lines

if TYPE_CHECKING:
    from fieldtool.store.copies.rollback_guard import RollbackGuard
    from fieldtool.store.copies.second_copy import Copies


class InspectionFile(Closing):
    """An open inspection, as far as lists of it go."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.why_read_only = "" if database.writable else "opened to look only"
        """Why nothing can be recorded here; empty if it can."""
        self.at_stake: AtStake | None = None
        """What would be lost if this laptop died now, as `look_at_copy` has last found it; None if it never has."""
        self.sent: Sent | None = None
        """When all was sent last; None if the inspection is not shared, or nobody has looked."""
        self.notice = ""
        """What the person should know of the file at once; empty if nothing is unusual."""
        self.key: bytes | None = None
        """The key of an encrypted one."""
        self.guard: RollbackGuard | None = None
        """Who remembers how far the file was when it is closed; None if nobody works in it."""

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
        if to_write and case_lines.views_behind(database):
            # Once after an upgrade; late, because it loads the models of the domain.
            from fieldtool.store.audit.file_check import catch_up

            catch_up(database)
        file = cls(database)
        file.key = key
        return file

    def close(self) -> None:
        """Close the file."""
        self.keep_guard()
        self.database.close()

    def keep_guard(self) -> None:
        """Have it remembered how far the file is: what others have seen must never be numbered anew here."""
        if self.guard is not None:
            self.guard.see(self.database)

    @cached_property
    def heading(self) -> Heading:
        """What every screen says of the inspection."""
        return case_lines.heading(self.database)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """The team, by id."""
        return case_lines.people(self.database)

    def forget(self) -> None:
        """Read heading and team again when they are next asked for: something was recorded about them."""
        for name in ("heading", "people"):
            self.__dict__.pop(name, None)

    @property
    def me(self) -> str | None:
        """The id of the person who works on this installation, if they have said so."""
        return local(self.database, "person")

    @me.setter
    def me(self, person: str) -> None:
        set_local(self.database, "person", person)

    @property
    def changes(self) -> int:
        """A number that is another one once anything was written here; known without asking the file."""
        return int(self.database.connection.total_changes)

    @property
    def version(self) -> tuple[int, int]:
        """Another one once anything was written, here or by whoever else has the file open."""
        return self.changes, self.database.data_version

    def look_at_copy(self, *, away: bool = False) -> AtStake:
        """Find out what would be lost if this laptop died now.

        Args:
            away: the folder of the copy could not be written when it was last tried.
        """
        copies = self._copies
        behind, copied = copies.behind(), copies.folder is not None
        urgent = behind > 0 and (away if copied else self.database.encrypted)
        self.at_stake = AtStake(behind, copied, urgent, copies.held)
        return self.at_stake

    @cached_property
    def _copies(self) -> Copies:
        # Late, because the first screen need not wait for it.
        from fieldtool.store.copies.second_copy import Copies

        return Copies(self.database)

    def refs(self, chosen: CaseFilter) -> list[str]:
        """The references of the cases that a filter lets through, in their order."""
        return case_lines.case_refs(self.database, chosen)

    @property
    def total(self) -> int:
        """How many cases there are."""
        return case_lines.case_count(self.database)

    def lines(self, refs: Sequence[str]) -> list[CaseLine]:
        """What the list says of some cases, in the order asked for."""
        return case_lines.case_lines(self.database, refs)

    def all_lines(self, chosen: CaseFilter) -> list[CaseLine]:
        """What the list says of every case that a filter lets through."""
        return case_lines.all_case_lines(self.database, chosen)
