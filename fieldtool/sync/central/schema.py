"""The central store set up: its schema, its version, and which logins belong to which inspection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from fieldtool.sync.central.connection import Address, Patience, connect
from fieldtool.sync.event_store import AskPassword, SyncError

if TYPE_CHECKING:
    from fieldtool.sync.central.connection import Connection

VERSION = 2
"""The number of the tables that this version of the program knows; other views alone are no reason for another."""

PEOPLE = "fieldtool_people"
"""The role that everybody is a member of who belongs to an inspection."""

WAITS = 300.0
"""Seconds that setting up may take."""


def inspection_key(id: str) -> UUID:
    """Under what the store keeps an inspection: the first half of its id, 128 bits of a hash, or a UUID.

    Raises:
        SyncError: that is not the id of an inspection.
    """
    try:
        return UUID(id.replace("-", "")[:32])
    except ValueError:
        raise SyncError(
            f"{id!r} is not the id of an inspection, which has 32 or more characters from 0 to 9 and a to f."
        ) from None


class Member(NamedTuple):
    """A login that belongs to an inspection."""

    login: str
    writes: bool


class Administration:
    """What the owner of the central store can do with it.

    Args:
        ask: how the password is asked for where it is found nowhere.
    """

    def __init__(self, address: str, ask: AskPassword | None = None) -> None:
        self.address = Address.parse(address)
        self._ask = ask

    def set_up(self) -> bool:
        """Make the schema, or bring it up to date; harmless where there is nothing to do.

        Returns:
            Whether there was none before.

        Raises:
            SyncError: nothing was changed, and why.
        """
        with self._transaction() as connection:
            encoding = connection.execute("SHOW server_encoding").fetchone()
            if encoding != ("UTF8",):
                raise SyncError(
                    "The database must keep its texts as UTF8: create another one with ENCODING 'UTF8' "
                    "TEMPLATE template0, and name that."
                )
            before = _version(connection)
            if before is not None and before > VERSION:
                raise _newer(self.address)
            if not _role_exists(connection, PEOPLE):
                connection.execute(f"CREATE ROLE {PEOPLE} NOLOGIN".encode())
            connection.execute(_text("tables.sql"))
            connection.execute(_IS_OBJECT if connection.info.server_version >= 160_000 else _IS_OBJECT_15)
            connection.execute(_text("views.sql"))
            connection.execute(_DATABASE_RIGHTS)
            connection.execute("DELETE FROM fieldtool.about")
            connection.execute("INSERT INTO fieldtool.about VALUES (%s)", (VERSION,))
        return before is None

    def add(self, inspection: str, login: str, *, writes: bool = True, password: str | None = None) -> None:
        """Let a login belong to an inspection, or change whether it may add to it.

        Args:
            password: makes the login, if there is none of this name, with this password.

        Raises:
            SyncError: there is no such login, or this may not be done here.
        """
        from psycopg import sql

        with self._transaction() as connection:
            check_version(connection, self.address)
            role = sql.Identifier(login)
            if not _role_exists(connection, login):
                if password is None:
                    raise SyncError(
                        f"The server has no login {login}: add --create, or ask its administrator to create it."
                    )
                # Scrambled here, so that the password appears in no log of the server.
                scrambled = connection.pgconn.encrypt_password(
                    password.encode(), login.encode(), b"scram-sha-256"
                ).decode()
                create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(scrambled))
                connection.execute(create)
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(PEOPLE), role))
            connection.execute(_ADD, (login, inspection_key(inspection), writes))

    def remove(self, inspection: str, login: str) -> bool:
        """Take a login out of an inspection: it sees nothing more of it. What it sent stays.

        Returns:
            Whether it belonged to it.

        Raises:
            SyncError: this may not be done here.
        """
        with self._transaction() as connection:
            check_version(connection, self.address)
            return connection.execute(_REMOVE, (login, inspection_key(inspection))).rowcount > 0

    def people(self, inspection: str) -> list[Member]:
        """The logins that belong to an inspection, by name.

        Raises:
            SyncError: this may not be done here.
        """
        with self._transaction() as connection:
            check_version(connection, self.address)
            return [Member(*row) for row in connection.execute(_PEOPLE, (inspection_key(inspection),))]

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with (
            connect(self.address, self._ask) as connection,
            Patience(connection, self.address, WAITS),
            connection.transaction(),
        ):
            yield connection


def check_version(connection: Connection, address: Address) -> None:
    """See that the store is of the version that this program knows.

    Raises:
        SyncError: it is not set up, or older or newer.
    """
    version = _version(connection)
    if version is None:
        raise SyncError(
            f"The database at {address.place} is not a central store yet: its administrator runs "
            "`fieldtool central init`."
        )
    if version > VERSION:
        raise _newer(address)
    if version < VERSION:
        raise SyncError(
            f"The central store at {address.place} is older than this fieldtool: its administrator runs "
            "`fieldtool central init` again."
        )


def _newer(address: Address) -> SyncError:
    return SyncError(
        f"The central store at {address.place} was set up by a newer fieldtool: update this one to use it."
    )


def _version(connection: Connection) -> int | None:
    there = connection.execute("SELECT to_regclass('fieldtool.about') IS NOT NULL").fetchone()
    if there != (True,):
        return None
    row = connection.execute("SELECT max(version) FROM fieldtool.about").fetchone()
    return None if row is None else row[0]


def _role_exists(connection: Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is not None


def _text(name: str) -> bytes:
    return files("fieldtool.sync.central").joinpath(name).read_bytes()


_ADD = """
    INSERT INTO fieldtool.person (login, inspection, writes) VALUES (%s, %s, %s)
    ON CONFLICT (login, inspection) DO UPDATE SET writes = excluded.writes
"""
_REMOVE = "DELETE FROM fieldtool.person WHERE login = %s AND inspection = %s"
_PEOPLE = 'SELECT login, writes FROM fieldtool.person WHERE inspection = %s ORDER BY login COLLATE "C"'
# Some administrators take these two from everybody, which is what they are by default.
_DATABASE_RIGHTS = f"""
    DO $$ BEGIN
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO {PEOPLE}', current_database());
    END $$
"""
_IS_OBJECT = """
    CREATE OR REPLACE FUNCTION fieldtool.is_object(body text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT body IS JSON OBJECT'
"""
# PostgreSQL 15 can only try.
_IS_OBJECT_15 = """
    CREATE OR REPLACE FUNCTION fieldtool.is_object(body text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE AS $$
        BEGIN RETURN json_typeof(body::json) = 'object';
        EXCEPTION WHEN data_exception OR invalid_text_representation THEN RETURN false; END
    $$
"""
