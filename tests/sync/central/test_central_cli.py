"""`fieldtool central`: set up, people, password, each on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.chains import chain
from builders.commands import asked, refused, run, tiny
from builders.laptops import chains
from fieldtool.store.chain.reading import inspection_id, read_events
from fieldtool.store.file.database import Database
from sync.centre import OURS, PASSWORD, Centre
from sync.server import Server


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    """An empty database."""
    name = server.database()
    yield server.address(name)
    server.drop(name)


def test_set_up_twice(url: str, server: Server) -> None:
    said = asked("central", "init", url)
    assert (said.exit_code, said.stdout) == (
        0,
        f"The central store at {server.socket} is set up, as version 2.\n",
    )
    again = asked("central", "init", url)
    assert (again.exit_code, again.stdout) == (
        0,
        f"The central store at {server.socket} is up to date, as version 2.\n",
    )


def test_people_are_added_listed_and_removed(centre: Centre) -> None:
    url = centre.address()
    assert asked("central", "people", url, "list", OURS).stdout == "anna\nben\nrita  (may only read)\n"
    assert asked("central", "people", url, "add", OURS, "zoe", "--read-only").stdout == (
        "zoe belongs to the inspection now, and may only read it.\n"
    )
    assert "zoe  (may only read)\n" in asked("central", "people", url, "list", OURS).stdout
    assert asked("central", "people", url, "remove", OURS, "zoe").exit_code == 0
    gone = asked("central", "people", url, "remove", OURS, "zoe")
    assert (gone.exit_code, gone.stdout) == (1, "zoe did not belong to the inspection.\n")
    nobody = asked("central", "people", url, "list", "ab" * 32)
    assert nobody.stdout == "Nobody belongs to this inspection in the central store.\n"


def test_an_inspection_is_named_by_its_file(centre: Centre, tmp_path: Path) -> None:
    path = tiny(tmp_path / "tiny.db")
    assert asked("central", "people", centre.address(), "add", path, "anna").exit_code == 0
    with Database.open_read_only(path) as database:
        id, events = inspection_id(database), chains(read_events(database))
    store = centre.store("anna", id)
    store.send(events)
    assert store.misfits == {}
    assert centre.events("anna", id) == [event for chain in events for event in chain]


def test_a_login_is_created(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    words = "wet tulip sings nine"
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", words)
    try:
        answer = asked("central", "people", centre.address(), "add", OURS, "wanda", "--create")
        assert answer.exit_code == 0, answer.stderr
        assert "wanda belongs to the inspection now.\n" in answer.stdout
        assert words not in answer.stdout + answer.stderr
        monkeypatch.setenv("PGPASSWORD", words)
        assert centre.store("wanda").send([chain()]).new == 5
    finally:
        with centre.sql() as admin:
            admin.execute("DROP OWNED BY wanda")
            admin.execute("DROP ROLE wanda")


def test_refusals_are_one_sentence(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    url = centre.address()
    for args, said in (
        (["init", "hiow.db"], "it should look like postgresql://login@server/database"),
        (["init", f"postgresql://anna:{PASSWORD[-3:]}@/x"], "Leave the password out of the address"),
        (["people", url, "list", "hiow"], "is not the id of an inspection"),
        (["people", url, "list", "hiow.db"], "There is no file hiow.db"),
        (["people", url, "add", OURS], "Say which login"),
        (["people", url, "add", OURS, "wanda"], "The server has no login wanda"),
        (["people", url, "set", OURS], "add"),
        (
            ["people", centre.address("anna"), "add", "ab" * 16, "anna"],
            "anna may not do this in the central store",
        ),
        (["init", centre.address("anna")], "anna may not do this in the central store"),
        (["password", url], "A password is asked for on a terminal"),
    ):
        assert said in refused(asked("central", *args)), args
    monkeypatch.setenv("PGPASSWORD", "wrong")
    assert "does not let anna in with this password" in refused(
        asked("central", "init", centre.address("anna"))
    )
    monkeypatch.delenv("PGPASSWORD")
    assert "wants a password and none was found" in refused(run("central", "init", centre.address("anna")))
