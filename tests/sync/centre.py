"""A central store of a test, and who uses it."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import Any

import psycopg

from builders.chains import all_of
from fieldtool.domain.log.events import Event
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.event_store import Has
from sync.server import ADMIN, Server

OURS = "0123456789abcdef" * 4
THEIRS = "fedcba9876543210" * 4
PASSWORD = "it's a s3cret %/@:"  # noqa: S105  # of the tests' server alone


class Centre(AbstractContextManager["Centre"]):
    """A database with a central store in it."""

    def __init__(self, server: Server, database: str) -> None:
        self.server = server
        self.database = database
        self._stack = ExitStack()

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def address(self, login: str = ADMIN) -> str:
        return self.server.address(self.database, login)

    def store(
        self,
        login: str = "anna",
        inspection: str = OURS,
        address: str = "",
        waits: float = 60,
        has: Has | None = None,
    ) -> CentralStore:
        """The store as a login sees it, on a laptop that has something."""
        return self._stack.enter_context(
            CentralStore(address or self.address(login), inspection, waits=waits, has=has)
        )

    def sql(self, login: str = ADMIN) -> psycopg.Connection[Any]:
        """A connection of a login's own, as any SQL tool has it."""
        return self._stack.enter_context(self.server.connect(self.database, login, PASSWORD))

    def events(self, login: str = "anna", inspection: str = OURS, has: Has | None = None) -> list[Event]:
        """All that the store gives to somebody whose log is empty."""
        return all_of(self.store(login, inspection, has=has).take({}))
