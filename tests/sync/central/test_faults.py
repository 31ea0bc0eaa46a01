"""What goes wrong on the way to the central store: nothing is half kept, and a sentence says what to do."""

from __future__ import annotations

import os
import random
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import psycopg
import pytest

from builders.chains import all_of, chain, holdings_of, in_batches
from fieldtool.domain.log.events import Event
from fieldtool.store.chain.receiving import Received
from fieldtool.sync.central import connection
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.central.connection import Address, connect, keep_password, kept_password, worded
from fieldtool.sync.event_store import SyncError
from sync.centre import OURS, PASSWORD, Centre
from sync.proxy import LOGIN_PAGE, Proxy

SEEDS = 400 if os.environ.get("FIELDTOOL_LARGE") == "1" else 40


@pytest.fixture
def proxy(centre: Centre) -> Iterator[Proxy]:
    with Proxy(centre.server.socket / ".s.PGSQL.5432") as proxy:
        yield proxy


def refusal(store: CentralStore) -> str:
    """The one sentence with which a store refuses; it, and nothing that led to it, has the password."""
    with pytest.raises(SyncError) as refused:
        store.holdings()
    error: BaseException | None = refused.value
    while error is not None:
        assert PASSWORD not in f"{error} {error!r} {error.args}"
        error = error.__cause__
    assert PASSWORD not in repr(store)
    said = str(refused.value)
    assert "\n" not in said
    assert said.endswith((".", "`"))
    return said


# ---------------------------------------------------------------------- connections cut at any byte


def history() -> tuple[list[Event], list[list[Event]]]:
    """Three chains, and in which batches they are sent."""
    events = [*chain("laptop-a", 60), *chain("laptop-b", 30, 2), *chain("laptop-c", 25)]
    return events, [list(batch) for batch in in_batches(events, 20)]


def test_sending_is_cut_anywhere_and_goes_on_where_it_was(centre: Centre, proxy: Proxy) -> None:
    events, batches = history()
    with centre.store(address=proxy.address(centre.database), inspection=OURS) as store:
        store.send(batches)
        whole = proxy.passed
    ends = [events.index(batch[-1]) + 1 for batch in batches]
    cut = 0
    for seed in range(SEEDS):
        dice = random.Random(seed)  # noqa: S311  # which byte
        inspection = f"{seed:032x}"
        with centre.sql() as admin:
            admin.execute("INSERT INTO fieldtool.person VALUES ('anna', %s, true)", (inspection,))
        with centre.store(address=proxy.address(centre.database), inspection=inspection) as store:
            for _ in range(dice.randint(1, 3)):
                proxy.left = dice.randint(1, whole)
                try:
                    store.send(batches)
                except SyncError:
                    cut += 1
                proxy.left = None
                kept = all_of(store.take({}))
                # Whole batches, the first ones, in every case.
                assert kept == events[: len(kept)], f"seed {seed}"
                assert len(kept) in {0, *ends}, f"seed {seed}"
                assert store.holdings() == holdings_of(kept), f"seed {seed}"
            assert store.send(batches) == Received(len(events) - len(kept), len(kept)), f"seed {seed}"
            assert all_of(store.take({})) == events, f"seed {seed}"
    assert cut >= SEEDS / 2


def test_taking_is_cut_anywhere_and_what_came_is_good(
    centre: Centre, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldtool.sync.central.central_store.PAGE", 9)
    events, batches = history()
    centre.store().send(batches)
    with centre.store(address=proxy.address(centre.database)) as store:
        assert all_of(store.take({})) == events
        whole = proxy.passed
    cut = 0
    for seed in range(SEEDS):
        dice = random.Random(seed)  # noqa: S311  # which byte
        got: list[Event] = []
        with centre.store(address=proxy.address(centre.database)) as store:
            while len(got) < len(events):
                proxy.left = dice.randint(1, whole)
                try:
                    for batch in store.take(holdings_of(got)):
                        got.extend(batch)
                except SyncError:
                    cut += 1
                assert got == events[: len(got)], f"seed {seed}"
        assert got == events, f"seed {seed}"
    assert cut >= SEEDS / 2


def test_a_server_that_stops_and_starts_again(centre: Centre) -> None:
    store, events = centre.store(), chain(number=4)
    store.send([events[:2]])
    with centre.sql() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'anna'")
    assert "is being stopped or started" in refusal(store)
    assert store.holdings() == holdings_of(events[:2])
    assert store.send([events]) == Received(2, 2)


def test_a_network_that_falls_silent(centre: Centre, proxy: Proxy) -> None:
    """What is in between takes everything and answers nothing."""
    store = centre.store(address=proxy.address(centre.database), waits=0.3)
    assert store.holdings() == {}
    proxy.silent = True
    assert "has not answered for 0.3 seconds" in refusal(store)
    proxy.silent = False
    assert store.send([chain()]) == Received(5, 0)


def test_the_way_in_is_cut_everywhere(centre: Centre, proxy: Proxy) -> None:
    store = centre.store(address=proxy.address(centre.database))
    store.holdings()
    store.close()
    whole = proxy.passed
    for left in range(1, whole, max(1, whole // 40)):
        proxy.left = left
        refusal(store)
        store.close()


# ---------------------------------------------------------------------- who answers, and how


def test_a_login_page_answers_instead_of_the_server(centre: Centre) -> None:
    with Proxy(centre.server.socket, page=LOGIN_PAGE) as hotel:
        for mode in ("disable", "prefer", "require"):
            store = centre.store(address=hotel.address(centre.database, more=f"sslmode={mode}"))
            assert "often a Wi-Fi login page is in between; open any web page" in refusal(store)


def test_nobody_answers(centre: Centre, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        store = centre.store(address=f"postgresql://anna@127.0.0.1:{port}/x")
        assert "Nothing answers as PostgreSQL at 127.0.0.1" in refusal(store)
    store = centre.store(address=f"postgresql://anna@/x?host={tmp_path}")
    assert "No PostgreSQL is running at" in refusal(store)
    store = centre.store(address="postgresql://anna@db.invalid/x")
    assert "There is no server db.invalid to be found from here" in refusal(store)


def test_who_answers_is_silent_from_the_start(centre: Centre) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        store = centre.store(address=f"postgresql://anna@127.0.0.1:{port}/x?connect_timeout=2")
        assert "does not answer: check the address" in refusal(store)


def test_login_password_and_database_are_wrong(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = centre.store(address=centre.server.address("none", "anna"))
    assert "knows no such login or database" in refusal(missing)
    monkeypatch.setenv("PGPASSWORD", PASSWORD[:-1])
    assert "does not let anna in with this password" in refusal(centre.store())
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setattr(connection, "kept_password", lambda _: None)
    assert "wants a password and none was found" in refusal(centre.store())


def test_a_server_that_is_too_old(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OLDEST", 99)
    assert f"is PostgreSQL {centre.server.version}" in refusal(centre.store())


def test_what_is_not_a_pool_of_connections_for_ever(centre: Centre) -> None:
    with centre.sql() as admin:
        admin.execute("ALTER ROLE anna CONNECTION LIMIT 0")
        try:
            assert "too many people connected" in refusal(centre.store())
        finally:
            admin.execute("ALTER ROLE anna CONNECTION LIMIT -1")


def test_a_copy_that_cannot_be_written(centre: Centre) -> None:
    with centre.sql() as admin:
        admin.execute("ALTER ROLE anna SET default_transaction_read_only = on")
    try:
        with pytest.raises(SyncError, match="is a copy that cannot be written"):
            centre.store().send([chain()])
    finally:
        with centre.sql() as admin:
            admin.execute("ALTER ROLE anna RESET default_transaction_read_only")


def test_the_disk_of_the_server_is_full(centre: Centre) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    disk = centre.server.socket / f"small-{centre.database}"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size=1m,uid={centre.server.socket.stat().st_uid}", "tmpfs", disk],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    try:
        with centre.sql() as admin:
            admin.execute(f"CREATE TABLESPACE {centre.database} LOCATION '{disk}'".encode())
            admin.execute(f"ALTER TABLE fieldtool.event SET TABLESPACE {centre.database}".encode())
        store, events = centre.store(), chain(number=9000)
        with pytest.raises(
            SyncError, match=r"The disk of the central store at .* is full, nothing of this batch"
        ):
            store.send([events[:500], events[500:]])
        assert all_of(store.take({})) == events[:500]
        with centre.sql() as admin:
            admin.execute("ALTER TABLE fieldtool.event SET TABLESPACE pg_default")
            admin.execute(f"DROP TABLESPACE {centre.database}".encode())
        assert store.send([events]) == Received(8500, 500)
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (psycopg.errors.DiskFull("x"), "is full"),
        (psycopg.errors.OutOfMemory("x"), "is short of room"),
        (psycopg.errors.QueryCanceled("x"), "took too long"),
        (psycopg.errors.LockNotAvailable("x"), "sending the same events"),
        (psycopg.errors.CannotConnectNow("x"), "is being stopped or started"),
        (psycopg.errors.DataCorrupted("x"), "is damaged"),
        (psycopg.errors.SerializationFailure("x"), "in each other's way"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), "was lost"),
        (psycopg.OperationalError("FATAL: no pg_hba.conf entry for host"), "does not let anna in from here"),
        (
            psycopg.OperationalError("FATAL:  wondrous.\nDETAIL: what people wrote"),
            "could not be used: wondrous.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_errors_in_words(error: psycopg.Error, said: str) -> None:
    sentence = str(worded(error, Address.parse("postgresql://anna@db.example.org/x")))
    assert said in sentence
    assert "db.example.org" in sentence
    assert "wrote" not in sentence


# ---------------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, made = folder / "key.pem", folder / "cert.pem"
    words = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    try:
        subprocess.run(
            ["openssl", *words.split(), "-keyout", key, "-out", made], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl to make a certificate with")
    return key, made


@pytest.fixture
def encrypted(centre: Centre, certificate: tuple[Path, Path]) -> Iterator[Proxy]:
    key, made = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    with Proxy(centre.server.socket / ".s.PGSQL.5432", tls=context) as proxy:
        yield proxy


def test_a_server_that_proves_who_it_is(
    centre: Centre, encrypted: Proxy, certificate: tuple[Path, Path]
) -> None:
    more = f"sslmode=verify-full&sslrootcert={certificate[1]}"
    store = centre.store(address=encrypted.address(centre.database, more=more))
    assert store.send([chain()]) == Received(5, 0)


def test_a_server_that_cannot_prove_who_it_is(
    centre: Centre, encrypted: Proxy, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever is not on this computer must prove it, unless the address says otherwise.
    monkeypatch.setattr(connection, "_is_local", lambda _: False)
    store = centre.store(address=encrypted.address(centre.database, more=""))
    assert "cannot prove that it is the right one" in refusal(store)
    store = centre.store(address=encrypted.address(centre.database, more="sslmode=require"))
    assert store.holdings() == {}
    store = centre.store(address=proxy.address(centre.database, more=""))
    assert "does not encrypt" in refusal(store)


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("postgresql://anna@db.example.org/x", "verify-full"),
        ("host=db1.example.org,localhost user=anna", "verify-full"),
        ("postgresql://anna@db.example.org/x?sslmode=require", "require"),
        ("postgresql://anna@localhost/x", None),
        ("postgresql://anna@/x?host=/run/postgresql", None),
        ("service=central", None),
        ("postgresql://anna@[::1]:5432/x", None),
    ],
)
def test_over_a_network_the_server_must_prove_who_it_is(address: str, mode: str | None) -> None:
    complete = Address.parse(address).complete()
    assert complete.get("sslmode") == mode
    assert ("sslrootcert" in complete) == (mode == "verify-full")


# ---------------------------------------------------------------------- passwords


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://anna:{'secret'}@db.example.org/x",
        "postgresql://anna@db.example.org/x?password=secret",
        "postgresql://anna:/secret/@db.example.org/x",
        "postgresql://anna:secret@x@db.example.org/x",
        "postgresql://anna:secret%zz@db.example.org/x",
        "host=db.example.org password=secret",
        "host=db.example.org sslpassword=secret",
    ],
)
def test_an_address_with_a_password_is_refused(address: str) -> None:
    with pytest.raises(SyncError, match="Leave the password out of the address") as refused:
        CentralStore(address, OURS)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hiow.db",
        "https://db.example.org/x",
        "host=db.example.org password='secret",
        "hots=db.example.org",
    ],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(
        SyncError, match=r"postgresql://login@server/database|Leave the password out"
    ) as refused:
        CentralStore(address, OURS)
    assert "secret" not in f"{refused.value} {refused.value.__cause__} {refused.value.__context__}"


class Keyring(keyring.backend.KeyringBackend):
    """A keyring in memory; locked, it refuses."""

    priority = 1

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked
        self.kept[service, username] = password


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    ring = Keyring()
    monkeypatch.setattr("keyring.get_password", ring.get_password)
    monkeypatch.setattr("keyring.set_password", ring.set_password)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    return ring


@pytest.mark.usefixtures("ring")
def test_the_password_comes_from_the_keyring(centre: Centre) -> None:
    store = centre.store()
    keep_password(str(store.address), PASSWORD)
    assert kept_password(str(store.address)) == PASSWORD
    assert store.holdings() == {}


def test_the_password_is_asked_for_where_it_is_found_nowhere(centre: Centre, ring: Keyring) -> None:
    asked: list[str] = []

    def ask(place: str) -> str | None:
        asked.append(place)
        return PASSWORD if len(asked) == 1 else None

    with CentralStore(centre.address("anna"), OURS, ask) as store:
        assert store.holdings() == {}
    assert asked == [str(store.address)]
    ring.locked = True
    with CentralStore(centre.address("anna"), OURS, ask) as store:
        assert "wants a password and none was found" in refusal(store)
    with pytest.raises(SyncError, match="The keyring of this computer does not take the password"):
        keep_password("x", PASSWORD)


def test_the_password_comes_from_a_file(centre: Centre, ring: Keyring, home: Path) -> None:
    ring.kept["fieldtool central store", str(Address.parse(centre.address("anna")))] = "wrong"
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    file = home / ".pgpass"
    file.write_text(f"*:*:*:anna:{escaped}\n")
    file.chmod(0o600)
    assert centre.store().holdings() == {}


def test_no_keyring_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert kept_password("x") is None
    with pytest.raises(SyncError, match="install the Python package keyring"):
        keep_password("x", PASSWORD)


def test_no_log_has_a_password(centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(0):
        store = centre.store()
        store.send([chain()])
        connection: Any = connect(store.address)
        connection.close()
    assert PASSWORD not in caplog.text
    assert not any(PASSWORD in line for line in centre.server.log)
    assert PASSWORD not in repr(store.address) + str(store.address) + repr(store)
