"""Laptops that share an inspection, and a PostgreSQL: one server a session, one database a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from builders.teams import Laptop, invited, lead
from fieldtool.sync.central.schema import Administration
from sync.centre import OURS, PASSWORD, THEIRS, Centre
from sync.server import NoServer, Server, running

TEMPLATE = "central"
PEOPLE = (("anna", OURS, True), ("ben", OURS, True), ("rita", OURS, False), ("zoe", THEIRS, True))


@pytest.fixture
def lea() -> Iterator[Laptop]:
    """The laptop on which the inspection was set up."""
    with lead() as laptop:
        yield laptop


@pytest.fixture
def anna(lea: Laptop) -> Iterator[Laptop]:
    """A laptop that has joined by an invitation."""
    with invited(lea, "anna") as laptop:
        yield laptop


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
