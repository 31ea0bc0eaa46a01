"""A PostgreSQL for the tests of this folder: one server a session, one database a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from fieldtool.sync.central.schema import Administration
from sync.centre import OURS, PASSWORD, THEIRS, Centre
from sync.server import NoServer, Server, running

TEMPLATE = "central"
PEOPLE = (("anna", OURS, True), ("ben", OURS, True), ("rita", OURS, False), ("zoe", THEIRS, True))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server with the logins anna, ben, rita and zoe, and a central store to copy."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except NoServer as error:
            pytest.skip(str(error))
        with server.connect() as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        centre = Administration(server.address(TEMPLATE))
        centre.set_up()
        for login, inspection, writes in PEOPLE:
            centre.add(inspection, login, writes=writes, password=PASSWORD)
        yield server


@pytest.fixture
def centre(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """An empty central store: anna and ben belong to our inspection, rita may read it, zoe is of another."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    name = server.database(TEMPLATE)
    with Centre(server, name) as centre:
        yield centre
    server.drop(name)
