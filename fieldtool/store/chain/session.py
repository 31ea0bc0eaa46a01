"""One run of the program in which a person works: what it puts on record beside what the person records.

Nothing is recorded by opening and looking. Before the first event of a run come who signs this chain, if
that is new, and that a session began; before any event that meets a clock that has jumped, the jump.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from fieldtool import __version__
from fieldtool.domain.kinds.devices import ChainSigned, ClockJumped, DeviceJoined, SessionBegan, SessionEnded
from fieldtool.domain.kinds.kind import Body, body_text
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain import signatures
from fieldtool.store.chain.clock import SteadyClock, told
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import inspection_id, shown_value
from fieldtool.store.file.database import Database

BACK, AHEAD = -5.0, 15 * 60.0
"""By how many seconds the wall clock may go otherwise than the steady one before it has jumped."""

BEFORE_TODAY = timedelta(minutes=1)
"""By how much it may be behind the last event of the session before."""

_SETTLED = 60.0
"""After so many seconds, what the two clocks show is where they are compared from."""


class _Who(TypedDict):
    """The fields with which a device speaks of itself."""

    device: str
    incarnation: int


class Session:
    """What one installation puts on record of a run of the program.

    Args:
        device: the installation.
        steady: a clock that only goes forward.
    """

    def __init__(self, database: Database, device: ChainId, person: str, steady: SteadyClock) -> None:
        self._database = database
        self._device = device
        self._who = _Who(device=device.id, incarnation=device.incarnation)
        self._person = person
        self._steady = steady
        self._began: SessionBegan | None = None
        self._jumps: list[ClockJumped] = []
        self._told = self._at = 0.0
        self._rollbacks = database.rollbacks

    def due(self, wall: datetime) -> Sequence[Body]:
        """What has to be recorded before the next event, in the same transaction; nearly always nothing."""
        at, seconds = self._steady(), wall.timestamp()
        ahead = seconds - self._told - at + self._at
        if self._rollbacks != self._database.rollbacks:
            return self._again(wall, at, seconds, ahead)
        if self._began is None:
            return tuple(self._beginning(wall, at, seconds))
        if BACK <= ahead <= AHEAD:
            if at - self._at > _SETTLED:
                self._at, self._told = at, seconds
            return ()
        return (self._jump(wall, at, seconds, ahead),)

    def sign_off(self, log: Log) -> None:
        """End the session and sign the chain as far as it goes; nothing happens if it is signed already.

        Whatever is recorded later begins another session.

        Raises:
            StoreError: nothing was saved, and why.
        """
        last = self._database.row(_LAST_KIND, self._device)
        if last is None or last[0] == ChainSigned.model_fields["kind"].default:
            return
        with self._database.transaction():
            # A run that recorded nothing begins with this: it signs what another left, as when that was killed.
            (end,) = log.record_within("", self._ended())
            secret = signatures.secret_of(self._database, *self._device)
            if secret is not None:
                log.record_within(
                    "", signatures.signed(secret, inspection_id(self._database), end.id, end.hash)
                )
        self._began = None

    def _ended(self) -> SessionEnded:
        return SessionEnded(**self._who, steady=_rounded(self._steady()))

    def _beginning(self, wall: datetime, at: float, seconds: float) -> Iterator[Body]:
        secret = signatures.secret_of(self._database, *self._device)
        if secret is None or not self._announced(signatures.public_key(secret)):
            key = signatures.public_key(secret or signatures.new_secret(self._database, *self._device))
            yield DeviceJoined(**self._who, public_key=key, person=self._person, version=__version__)
        last = self._last_wall()
        if last is not None and wall < last - BEFORE_TODAY:
            yield ClockJumped(
                **self._who,
                expected=told(last),
                found=told(wall),
                noticed="between sessions",
                steady=_rounded(at),
            )
        self._at, self._told = at, seconds
        self._jumps.clear()
        self._began = SessionBegan(**self._who, steady=_rounded(at), version=__version__)
        yield self._began

    def _jump(self, wall: datetime, at: float, seconds: float, ahead: float) -> ClockJumped:
        jump = ClockJumped(
            **self._who,
            expected=told(wall - timedelta(seconds=ahead)),
            found=told(wall),
            noticed="within a session",
            steady=_rounded(at),
        )
        self._jumps.append(jump)
        self._at, self._told = at, seconds
        return jump

    def _again(self, wall: datetime, at: float, seconds: float, ahead: float) -> Sequence[Body]:
        """What is due after a transaction was taken back: also what was taken back with it."""
        self._rollbacks = self._database.rollbacks
        if self._began is not None and not self._on_record(self._began):
            self._began = None
        if self._began is None:
            return tuple(self._beginning(wall, at, seconds))
        lost = [jump for jump in self._jumps if not self._on_record(jump)]
        if not BACK <= ahead <= AHEAD:
            lost.append(self._jump(wall, at, seconds, ahead))
        return lost

    def _on_record(self, body: Body) -> bool:
        row = self._database.row(
            "SELECT 1 FROM event WHERE device = ? AND incarnation = ? AND kind = ? AND body = ?",
            (*self._device, body.kind, body_text(body)),
        )
        return row is not None

    def _announced(self, key: str) -> bool:
        slot = Slot(Aspect.DEVICE, str(self._device))
        return f'"public_key":"{key}"' in (shown_value(self._database, "", slot) or "")

    def _last_wall(self) -> datetime | None:
        row = self._database.row(
            "SELECT wall FROM event WHERE device = ? ORDER BY incarnation DESC, seq DESC LIMIT 1",
            (self._device.id,),
        )
        try:
            last = None if row is None else datetime.fromisoformat(row[0])
        except ValueError:  # altered: `verify` tells
            return None
        return None if last is None or last.tzinfo is None else last


_LAST_KIND = "SELECT kind FROM event WHERE device = ? AND incarnation = ? ORDER BY seq DESC LIMIT 1"


def _rounded(seconds: float) -> float:
    return round(seconds, 3)
