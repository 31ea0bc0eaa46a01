"""The way to a PostgreSQL server: its address, the password, TLS, and what goes wrong put into words."""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from fieldtool.sync.event_store import AskPassword, SyncError

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

OLDEST = 15
"""The first version of PostgreSQL whose views can keep to the policies of who reads them."""

KEYRING = "fieldtool central store"
"""Under which name the system's keyring keeps passwords for us."""


@dataclass(frozen=True)
class Address:
    """Where a central store is and who logs in, as libpq understands it, without the password."""

    parameters: Mapping[str, str] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `postgresql://login@host/database?sslmode=verify-full`, or libpq's `host=… dbname=…`.

        Raises:
            SyncError: it is not such an address, or has a password in it.
        """
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        if "=" not in text and "://" not in text:
            raise SyncError(f"This is not the address of a PostgreSQL server: {_FORM}.")
        parameters: Mapping[str, object] = {}
        with suppress(psycopg.Error):  # and forgotten: what libpq says may quote the password
            parameters = conninfo_to_dict(text)
        if "password" in parameters or "sslpassword" in parameters or _PASSWORD.search(text):
            raise SyncError(
                "Leave the password out of the address, where others can read it: you will be asked for it, "
                "or keep it with `fieldtool central password`, in .pgpass or in PGPASSWORD."
            )
        if not parameters:
            raise SyncError(f"The address of the central store cannot be read: {_FORM}.")
        return cls({name: str(value) for name, value in parameters.items() if value is not None})

    @property
    def login(self) -> str:
        """The name that the server knows the person by; empty where libpq works it out."""
        return self.parameters.get("user") or os.environ.get("PGUSER", "")

    @property
    def place(self) -> str:
        """What errors call the server."""
        return self._host or self.parameters.get("service") or "this computer"

    def __str__(self) -> str:
        port = self.parameters.get("port") or os.environ.get("PGPORT", "5432")
        database = self.parameters.get("dbname") or os.environ.get("PGDATABASE", "")
        return f"{self.login}@{self._host or 'localhost'}:{port}/{database}"

    def complete(self) -> dict[str, str]:
        """The parameters to connect with: those given, and ours where nothing was said.

        Over a network, the server must prove who it is, unless the address says otherwise.
        """
        own = {
            "application_name": "fieldtool",
            "client_encoding": "UTF8",
            "connect_timeout": os.environ.get("PGCONNECT_TIMEOUT", "10"),
            # A network that has silently gone is noticed in half a minute instead of in hours.
            "keepalives_idle": "15",
            "keepalives_interval": "5",
            "keepalives_count": "3",
            "tcp_user_timeout": "30000",
        }
        given = self.parameters
        if not (self.local or "sslmode" in given or "service" in given or "PGSSLMODE" in os.environ):
            own["sslmode"] = "verify-full"
            own |= _authorities(given)
        return own | dict(given)

    @property
    def local(self) -> bool:
        """Whether the server is on this computer, so that nothing goes over a network."""
        return all(_is_local(host) for host in self._host.split(","))

    @property
    def _host(self) -> str:
        given = self.parameters
        return given.get("host") or given.get("hostaddr") or os.environ.get("PGHOST", "")


_PASSWORD = re.compile(r"://[^?]*:[^?]*@")
"""A password in a URL, also one whose characters would make libpq take its parts for something else."""

_FORM = "it should look like postgresql://login@server/database"


def _is_local(host: str) -> bool:
    return host in {"", "localhost", "::1"} or host.startswith(("/", "@", "127."))


def _authorities(given: Mapping[str, str]) -> dict[str, str]:
    """Whose certificates hold: those the address or libpq's own file names, else those the system trusts."""
    home = os.path.expanduser("~/.postgresql/root.crt")  # noqa: PTH111  # without a home it stays as it is
    if "sslrootcert" in given or "PGSSLROOTCERT" in os.environ or os.path.exists(home):  # noqa: PTH110
        return {}
    return {"sslrootcert": ssl.get_default_verify_paths().cafile or "system"}


def connect(address: Address, ask: AskPassword | None = None) -> Connection:
    """Log in, with the password from PGPASSWORD or .pgpass, else the keyring, else the person.

    Raises:
        SyncError: why that was not possible, and what to do.
    """
    import psycopg
    from psycopg.conninfo import make_conninfo

    parameters = address.complete()
    for find in (None, kept_password, ask):
        password = find(str(address)) if find is not None else None
        if find is not None and not password:
            continue
        try:
            connection = psycopg.connect(
                make_conninfo("", **parameters, **({"password": password} if password else {})),
                autocommit=True,
                # A pooler may give each transaction another connection, which knows no statement of ours.
                prepare_threshold=None,
            )
        except (psycopg.Error, UnicodeError) as error:
            if find is None and _wants_password(error):
                continue
            raise worded(error, address) from error
        return _settled(connection, address)
    raise SyncError(
        f"The central store at {address.place} wants a password and none was found: keep it with "
        "`fieldtool central password`, in .pgpass or in PGPASSWORD."
    )


def _wants_password(error: Exception) -> bool:
    return bool(getattr(getattr(error, "pgconn", None), "needs_password", False))


def _settled(connection: Connection, address: Address) -> Connection:
    if connection.info.server_version < OLDEST * 10_000:
        version = connection.info.parameter_status("server_version") or "?"
        connection.close()
        raise SyncError(
            f"The server at {address.place} is PostgreSQL {version.split()[0]}: the central store needs "
            f"{OLDEST} or later, ask its administrator."
        )
    try:
        connection.execute(_SETTINGS)
    except BaseException as error:
        connection.close()
        if isinstance(error, Exception):
            raise worded(error, address) from error
        raise
    return connection


# What a laptop that was cut off holds on the server is let go in a minute or two.
_SETTINGS = """
    SET statement_timeout = '120s'; SET lock_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
    SET client_min_messages = warning
"""


def kept_password(place: str) -> str | None:
    """The password that the system's keyring keeps for an address, if there is a keyring and it has one."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(KEYRING, place)
    except (KeyringError, OSError, RuntimeError):  # locked, or no service to ask
        return None


def keep_password(place: str, password: str) -> None:
    """Let the system's keyring keep the password for an address.

    Raises:
        SyncError: there is no keyring that can.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise SyncError(
            "There is no keyring to keep it in: install the Python package keyring, or use .pgpass."
        ) from None
    try:
        keyring.set_password(KEYRING, place, password)
    except (KeyringError, OSError, RuntimeError):
        # Not `from error`: nobody knows what a keyring's error quotes.
        raise SyncError("The keyring of this computer does not take the password: use .pgpass.") from None


class Patience(AbstractContextManager["Patience"]):
    """Cuts the connection when the server leaves a step unanswered, and puts errors into words.

    A network with a login page in between may take everything and answer nothing, for as long as one waits.
    The block ends with SyncError if the server said no, went away or fell silent.
    """

    def __init__(self, connection: Connection, address: Address, seconds: float) -> None:
        self._connection = connection
        self._address = address
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self._over = False

    def __enter__(self) -> Self:
        self.again()
        return self

    def again(self) -> None:
        """Begin to wait anew: the step goes on."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(self._seconds, self._hang_up)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        import psycopg

        if self._timer is not None:
            self._timer.cancel()
        if not isinstance(error, psycopg.Error | UnicodeError):
            return
        if self._over:
            raise SyncError(
                f"The server at {self._address.place} has not answered for {self._seconds:g} seconds: "
                "see whether the network works, and do it again; what it has acknowledged is kept."
            ) from error
        raise worded(error, self._address) from error

    def _hang_up(self) -> None:
        import psycopg

        self._over = True
        try:
            line = socket.socket(fileno=self._connection.fileno())
        except (OSError, psycopg.Error):  # closed by now
            return
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        finally:
            line.detach()


def worded(error: Exception, address: Address) -> SyncError:
    """An error of the driver, the network or the server in one sentence with what to do."""
    state = getattr(error, "sqlstate", None) or ""
    said = str(error)
    names = {"place": address.place, "login": address.login or "this login", "why": _first_line(error)}
    for known, sentence in _STATES.items():
        if state.startswith(known):
            return SyncError(sentence.format(**names))
    for phrases, sentence in _PHRASES:
        if any(phrase in said for phrase in phrases):
            return SyncError(sentence.format(**names))
    return SyncError("The central store at {place} could not be used: {why}.".format(**names))


def _first_line(error: Exception) -> str:
    # Without DETAIL and CONTEXT, which may quote what people wrote.
    diagnosis = getattr(getattr(error, "diag", None), "message_primary", None)
    line: str = (diagnosis or str(error) or type(error).__name__).splitlines()[0]
    return line.rpartition("FATAL:")[2].strip().rstrip(".")


_AGAIN = "what was sent so far is kept, do it again when the network works."
_NOT_LET_IN = "The server at {place} does not let {login} in with this password: check both, and try again."
_NO_STORE = (
    "The database at {place} is not a central store yet: its administrator runs `fieldtool central init`."
)
_CROWDED = "The server at {place} has too many people connected: try again in a minute."
_RESTARTING = "The server at {place} is being stopped or started: try again in a minute."
_STATES = {
    "28": _NOT_LET_IN,
    "3D000": "The server at {place} has no database of this name: check the address.",
    "3F000": _NO_STORE,
    "42P01": _NO_STORE,
    "42501": "{login} may not do this in the central store at {place}: ask the lead inspector or its "
    "administrator ({why}).",
    "53100": "The disk of the central store at {place} is full, nothing of this batch was kept: tell its "
    "administrator, and send again.",
    "53300": _CROWDED,
    "53": "The server at {place} is short of room ({why}): tell its administrator, and try again.",
    "57014": "The central store at {place} took too long and gave up: try again, or tell its administrator.",
    "55P03": "Somebody else is sending the same events to {place} just now: try again in a minute.",
    "57P": _RESTARTING,
    "25P03": "The connection to {place} was idle for too long and was closed: do it again.",
    "25006": "The server at {place} is a copy that cannot be written: ask its administrator for the right address.",
    "40": "Several laptops were in each other's way at {place}: do it again.",
    "22003": "An event has a number that is too large for the central store ({why}).",
    "XX": "The central store at {place} is damaged ({why}): tell its administrator; the laptops have everything.",
}
"""By SQLSTATE, or how it begins; the first that fits."""

_PHRASES = (
    (
        ("expected authentication request from server", "invalid response to SSL negotiation"),
        "What answered at {place} is not PostgreSQL: often a Wi-Fi login page is in between; open any web page, "
        "log in there, and do it again.",
    ),
    (("password authentication failed",), _NOT_LET_IN),
    (
        ("no pg_hba.conf entry", "pg_hba.conf rejects"),
        "The server at {place} does not let {login} in from here: ask its administrator ({why}).",
    ),
    (
        ("translate host name", "not known", "nodename nor servname", "name resolution", "resolve host"),
        "There is no server {place} to be found from here: check the name, and whether the network works.",
    ),
    (
        ("Connection refused",),
        "Nothing answers as PostgreSQL at {place}: check server and port, or tell its administrator.",
    ),
    (
        ("does not support SSL",),
        "The server at {place} does not encrypt, so that others could read along: tell its administrator.",
    ),
    (
        ("certificate", "SSL", "TLS", "tls"),
        "The server at {place} cannot prove that it is the right one, or not encrypt ({why}): do not go on, "
        "tell its administrator.",
    ),
    (("starting up", "shutting down", "terminating connection"), _RESTARTING),
    (("too many clients", "remaining connection slots", "too many connections"), _CROWDED),
    (
        ("timeout expired", "timed out", "imeout"),
        "The server at {place} does not answer: check the address, and whether the network works.",
    ),
    (
        ("unreachable", "No route to host"),
        "There is no way from here to the server at {place}: see whether the network works.",
    ),
    (
        ("No such file or directory",),
        "No PostgreSQL is running at {place}: check the address, or start it.",
    ),
    (
        ("does not exist",),
        "The server at {place} knows no such login or database ({why}): check the address.",
    ),
    (
        (
            "closed the connection",
            "connection is closed",
            "connection is lost",
            "onnection reset",
            "roken pipe",
            "server closed",
            "lost synchronization",
            "could not receive data",
            "could not send data",
            "EOF detected",
            "connection to server",
            "the connection is",
        ),
        f"The connection to the central store at {{place}} was lost: {_AGAIN}",
    ),
)
"""What libpq says where there is no SQLSTATE, as before a login; the first that fits."""
