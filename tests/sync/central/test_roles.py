"""Who may do what in the central store, tried as those very roles: nobody gets round the program by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from builders.chains import after, chain, holdings_of
from fieldtool.domain.log.events import Event
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.central.schema import Administration, inspection_key
from fieldtool.sync.event_store import SyncError
from sync.centre import OURS, PASSWORD, THEIRS, Centre
from sync.server import Server

DENIED = errors.InsufficientPrivilege
KEY = inspection_key(OURS)


@pytest.fixture
def events(centre: Centre) -> list[Event]:
    """What is in our inspection; there is another branch of it, of one event."""
    first = after(None, kind="case.added", slot="sample:", text='{"sample":"branch"}')
    events = [first, after(first)]
    store = centre.store("anna")
    store.send([events, [after(first, actor="INS-02")]])
    assert len(store.branches()) == 1
    return events


def readable(centre: Centre) -> list[str]:
    """The tables and views of the schema that hold something about inspections."""
    with centre.sql() as admin:
        rows = admin.execute(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
            "WHERE relnamespace = 'fieldtool'::regnamespace AND relkind IN ('r', 'v') AND attname = 'inspection'"
        )
        return sorted(row[0] for row in rows)


def seen(connection: psycopg.Connection[tuple[object, ...]], relation: str) -> set[object]:
    rows = connection.execute(f"SELECT inspection FROM fieldtool.{relation}".encode())  # noqa: S608  # our names
    return {row[0] for row in rows}


# ---------------------------------------------------------------------- people of another inspection


def test_a_stranger_is_told_so_by_the_store(centre: Centre, events: list[Event]) -> None:
    stranger = centre.store("zoe", OURS)
    for use in (
        stranger.holdings,
        lambda: list(stranger.take({})),
        lambda: stranger.send([[after(events[-1])]]),
    ):
        with pytest.raises(SyncError, match="zoe does not belong to this inspection"):
            use()
    # The same for an inspection that there is not: nobody learns which there are.
    with pytest.raises(SyncError, match="zoe does not belong to this inspection"):
        centre.store("zoe", "ab" * 16).holdings()
    assert centre.events() == events


def test_a_stranger_sees_nothing_of_ours_in_any_table_or_view(centre: Centre, events: list[Event]) -> None:
    centre.store("zoe", THEIRS).send([events, [after(events[0], actor="INS-02")]])
    zoe, anna = centre.sql("zoe"), centre.sql("anna")
    relations = readable(centre)
    assert {"event", "event_fork", "person", "answers", "cases", "progress", "rating_inputs", "heads"} <= set(
        relations
    )
    for relation in relations:
        assert KEY not in seen(zoe, relation), relation
    for relation in (
        "event",
        "event_fork",
        "person",
        "heads",
        "shown",
        "answers",
        "cases",
        "progress",
        "rating_inputs",
    ):
        assert seen(zoe, relation) == {inspection_key(THEIRS)}, relation
        assert seen(anna, relation) == {KEY}, relation


@pytest.mark.usefixtures("events")
def test_a_stranger_learns_nothing_by_functions_of_their_own(centre: Centre) -> None:
    """A cheap function in a condition runs early, and would see what the policy hides."""
    zoe = centre.sql("zoe")
    told: list[str] = []
    zoe.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
    zoe.execute(
        "CREATE FUNCTION pg_temp.tell(said text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 "
        "AS $$ BEGIN RAISE NOTICE '%', said; RETURN true; END $$"
    )
    for column, relation in (
        ("body", "event"),
        ("body", "event_fork"),
        ("value", "shown"),
        ("answer", "answers"),
        ("login", "person"),
    ):
        zoe.execute(f"SELECT * FROM fieldtool.{relation} WHERE pg_temp.tell({column})".encode())  # noqa: S608
    assert set(told) <= {"zoe"}


def test_a_stranger_cannot_write_into_ours(centre: Centre, events: list[Event]) -> None:
    zoe = centre.sql("zoe")
    row = "SELECT %s, 'x', 1, 1, 0, '', '', '', '', '', '', '{}'::text[], sha256('')"
    with pytest.raises(DENIED, match="row-level security"):
        zoe.execute(f"INSERT INTO fieldtool.event {row}".encode(), (KEY,))
    # An event that is there is refused with the very same words as one that is not.
    there = row.replace("'x', 1, 1", f"'{events[0].id.device}', 1, 1")
    with pytest.raises(DENIED, match="row-level security"):
        zoe.execute(f"INSERT INTO fieldtool.event {there} ON CONFLICT DO NOTHING".encode(), (KEY,))
    row = "SELECT %s, sha256(''), 'x', 1, 1, 0, '', '', '', '', '', '', '{}'::text[], sha256('')"
    for ending in ("", " ON CONFLICT DO NOTHING"):
        with pytest.raises(DENIED, match="row-level security"):
            zoe.execute(f"INSERT INTO fieldtool.event_fork {row}{ending}".encode(), (KEY,))
    with pytest.raises(DENIED):
        zoe.execute("INSERT INTO fieldtool.person VALUES ('zoe', %s, true)", (KEY,))
    with pytest.raises(DENIED):
        zoe.execute("UPDATE fieldtool.person SET inspection = %s", (KEY,))
    with pytest.raises(DENIED):
        zoe.execute("SET ROLE anna")
    with pytest.raises(DENIED):
        zoe.execute("SET SESSION AUTHORIZATION anna")
    # That switches the policies off for nobody but superusers: it makes a query fail instead.
    zoe.execute("SET row_security = off")
    with pytest.raises(DENIED):
        zoe.execute("SELECT * FROM fieldtool.event")
    assert centre.events() == events


def test_somebody_without_any_inspection_and_somebody_without_a_password(centre: Centre) -> None:
    with centre.sql() as admin:
        admin.execute("DROP ROLE IF EXISTS nobody_yet")
        admin.execute("CREATE ROLE nobody_yet LOGIN PASSWORD 'x'")
    try:
        nobody = centre.server.connect(centre.database, "nobody_yet", "x")
        with nobody, pytest.raises(DENIED):
            nobody.execute("SELECT * FROM fieldtool.event")
    finally:
        with centre.sql() as admin:
            admin.execute("DROP ROLE nobody_yet")


# ---------------------------------------------------------------------- nobody changes what happened

CHANGES = [
    statement.replace("fieldtool.event", table).replace("KEY", key)
    for statement in (
        "UPDATE fieldtool.event SET body = '{}'",
        "UPDATE fieldtool.event SET body = '{}' WHERE false",
        "DELETE FROM fieldtool.event",
        "TRUNCATE fieldtool.event",
        "INSERT INTO fieldtool.event SELECT * FROM fieldtool.event ON CONFLICT (KEY) DO UPDATE SET body = '{}'",
        "MERGE INTO fieldtool.event e USING fieldtool.event f ON e.seq = f.seq WHEN MATCHED THEN DELETE",
    )
    for table, key in (
        ("fieldtool.event", "inspection, device, incarnation, seq"),
        ("fieldtool.event_fork", "inspection, device, incarnation, seq, branch"),
    )
]
LOCKING = ("SELECT * FROM fieldtool.event FOR UPDATE", "SELECT * FROM fieldtool.event_fork FOR UPDATE")
BENDING = (
    "ALTER TABLE fieldtool.event DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE fieldtool.event_fork DISABLE ROW LEVEL SECURITY",
    "DROP POLICY sees_own ON fieldtool.event",
    "DROP POLICY adds_to_own ON fieldtool.event_fork",
    "CREATE POLICY mine ON fieldtool.event FOR DELETE USING (true)",
    "CREATE TRIGGER odd BEFORE INSERT ON fieldtool.event FOR EACH ROW EXECUTE FUNCTION "
    "suppress_redundant_updates_trigger()",
    "CREATE RULE odd AS ON INSERT TO fieldtool.event DO INSTEAD NOTHING",
    "DROP TABLE fieldtool.event",
    "DROP TABLE fieldtool.event_fork",
    "DROP SCHEMA fieldtool CASCADE",
    "CREATE TABLE fieldtool.mine (a int)",
    "CREATE OR REPLACE VIEW fieldtool.answers AS SELECT 1",
    "CREATE OR REPLACE FUNCTION fieldtool.said(body text) RETURNS json LANGUAGE sql AS 'SELECT NULL::json'",
    "DELETE FROM fieldtool.about",
    "DELETE FROM fieldtool.person",
)


@pytest.mark.parametrize("login", ["anna", "rita"])
def test_whoever_writes_cannot_change_or_delete(centre: Centre, events: list[Event], login: str) -> None:
    person = centre.sql(login)
    for statement in (*CHANGES, *LOCKING, *BENDING):
        with pytest.raises(psycopg.Error) as refused:
            person.execute(statement.encode())
        said = str(refused.value)
        assert "permission denied" in said or "must be owner" in said, statement
    # PostgreSQL only warns of this one.
    person.execute("GRANT ALL ON fieldtool.event TO PUBLIC")
    with centre.sql() as admin:
        granted = admin.execute("SELECT has_table_privilege('zoe', 'fieldtool.event', 'DELETE')").fetchone()
    assert granted == (False,)
    assert centre.events() == events


@pytest.fixture
def owned(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """A central store that is owned by somebody who is no superuser, as on a hosted server."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with server.connect() as admin:
        admin.execute(
            psycopg.sql.SQL("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD {}").format(
                psycopg.sql.Literal(PASSWORD)
            )
        )
        # The role is there already, from the template; on a server of its own keeper would have made it.
        admin.execute("GRANT fieldtool_people TO keeper WITH ADMIN OPTION")
        name = server.database()
        admin.execute(f"ALTER DATABASE {name} OWNER TO keeper".encode())
    with Centre(server, name) as centre:
        administration = Administration(centre.address("keeper"))
        assert administration.set_up() is True
        assert administration.set_up() is False
        for login, inspection in (("anna", OURS), ("zoe", THEIRS)):
            administration.add(inspection, login)
        yield centre
    server.drop(name)
    with server.connect() as admin:
        admin.execute("DROP OWNED BY keeper")
        admin.execute("DROP ROLE keeper")


def test_not_even_the_owner_changes_or_deletes_or_sees(owned: Centre) -> None:
    ours = chain(number=3)
    owned.store("anna").send([ours])
    keeper = owned.sql("keeper")
    for statement in CHANGES:
        with pytest.raises(DENIED, match="permission denied"):
            keeper.execute(statement.encode())
    assert seen(keeper, "event") == set()
    assert seen(keeper, "person") == {KEY, inspection_key(THEIRS)}
    assert owned.events() == ours


def test_somebody_else_cannot_set_up_what_is_there(owned: Centre) -> None:
    for act in (
        lambda: Administration(owned.address("anna")).set_up(),
        lambda: Administration(owned.address("anna")).add(THEIRS, "anna"),
        lambda: Administration(owned.address("anna")).remove(THEIRS, "zoe"),
    ):
        with pytest.raises(SyncError, match="anna may not do this in the central store"):
            act()


# ---------------------------------------------------------------------- who belongs


def test_who_may_only_read(centre: Centre, events: list[Event]) -> None:
    rita = centre.store("rita")
    assert rita.holdings() == holdings_of(events)
    assert centre.events("rita") == events
    with pytest.raises(
        SyncError, match="rita may read this inspection in the central store and not add to it"
    ):
        rita.send([[after(events[-1])]])
    with pytest.raises(DENIED, match="row-level security"):
        centre.sql("rita").execute(
            "INSERT INTO fieldtool.event SELECT inspection, 'x', 1, 1, at, wall, actor, "
            "kind, subject, slot, body, parents, hash FROM fieldtool.event LIMIT 1"
        )
    with pytest.raises(DENIED, match="row-level security"):
        centre.sql("rita").execute(
            "INSERT INTO fieldtool.event_fork SELECT inspection, hash, device, incarnation, seq, at, wall, actor, "
            "kind, subject, slot, body, parents, hash FROM fieldtool.event LIMIT 1"
        )
    Administration(centre.address()).add(OURS, "rita")
    assert rita.send([[after(events[-1])]]).new == 1


def test_whoever_is_removed_sees_nothing_any_more_and_what_they_sent_stays(
    centre: Centre, events: list[Event]
) -> None:
    anna = centre.store("anna")
    assert anna.holdings() == holdings_of(events)
    open_already = centre.sql("anna")
    administration = Administration(centre.address())
    assert administration.remove(OURS, "anna") is True
    assert administration.remove(OURS, "anna") is False
    for use in (anna.holdings, lambda: anna.send([[after(events[-1])]])):
        with pytest.raises(SyncError, match="anna does not belong to this inspection"):
            use()
    assert seen(open_already, "event") == set()
    assert centre.events("ben") == events


def test_one_person_in_two_inspections(centre: Centre, events: list[Event]) -> None:
    Administration(centre.address()).add(THEIRS, "anna", writes=False)
    centre.store("zoe", THEIRS).send([chain("laptop-z", 2)])
    assert centre.events("anna", THEIRS) == chain("laptop-z", 2)
    assert seen(centre.sql("anna"), "event") == {UUID(OURS[:32]), UUID(THEIRS[:32])}
    with pytest.raises(SyncError, match="and not add to it"):
        centre.store("anna", THEIRS).send([chain()])
    assert centre.store("anna").send([[after(events[-1])]]).new == 1


def test_a_login_that_there_is_not(centre: Centre) -> None:
    with pytest.raises(SyncError, match=r"The server has no login wanda: add --create"):
        Administration(centre.address()).add(OURS, "wanda")


def test_a_login_is_created_with_a_password_that_no_log_has(centre: Centre, server: Server) -> None:
    login, secret = 'o"dd; DROP SCHEMA fieldtool', "the-secret-of-wanda"
    administration = Administration(centre.address())
    administration.add(OURS, login, password=secret)
    try:
        with server.connect(
            centre.database, login.replace('"', "%22").replace(" ", "%20"), secret
        ) as connection:
            assert seen(connection, "event") == set()
        # Who is there keeps the password that they have.
        administration.add(OURS, login, password=secret[::-1])
        assert ('o"dd; DROP SCHEMA fieldtool', True) in administration.people(OURS)
    finally:
        with centre.sql() as admin:
            admin.execute(
                psycopg.sql.SQL("DROP OWNED BY {}; DROP ROLE {}").format(*[psycopg.sql.Identifier(login)] * 2)
            )
    assert any("CREATE ROLE" in line and "SCRAM-SHA-256" in line for line in server.log)
    assert not any(secret in line for line in server.log)


def test_the_connection_is_one_login_s_own(centre: Centre, events: list[Event]) -> None:
    """Two people on one computer: what one has opened does not serve the other."""
    with CentralStore(centre.address("anna"), OURS) as anna, CentralStore(centre.address("zoe"), OURS) as zoe:
        assert anna.holdings() == holdings_of(events)
        with pytest.raises(SyncError):
            zoe.holdings()
