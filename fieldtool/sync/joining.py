"""Joining: an invitation gives a laptop the inspection, and the roster says whose laptops belong to it.

An invitation is one sealed file with everything that is known so far: framework, team, cases, and the keys with
which laptops seal and sign what they send. A short code opens it, which is told by voice and never written beside
it. Guessing the code costs as much for each try as guessing a passphrase does.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined
from fieldtool.store.chain import event_lines
from fieldtool.store.chain.event_lines import Unreadable, as_json
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import set_local
from fieldtool.store.keys.membership import Membership, keep, take_part
from fieldtool.store.keys.recovery_code import ALPHABET, GROUP, characters_of, grouped
from fieldtool.store.keys.sealing import Cost, is_cut_short, seal, stretched, unseal
from fieldtool.store.keys.team import why_not_lead
from fieldtool.store.views import case_lines

FORMAT, VERSION = "fieldtool invitation", 1

OPERATIONS, MEMORY = 3, 256 * 1024 * 1024
"""What one guess of a code costs, by Argon2id; the same for every invitation of this version."""

LENGTH = 12
"""Of a code, five random bits each: 60 bits, and nobody makes a million guesses of this price."""


class BadInvitation(StoreError):  # noqa: N818  # what is wrong says more than "error"
    """An invitation that cannot be used, and why."""


class WrongCode(BadInvitation):
    """The code does not open the invitation; a damaged file may look the same."""


class Invitation(NamedTuple):
    """What an invitation gives."""

    membership: Membership
    person: str
    """The id of whom it is for."""
    title: str
    """What the inspection is called."""
    lines: Sequence[bytes]
    """Every event that was known when it was made, as lines."""


def invite(database: Database, log: Log, person: str) -> tuple[str, bytes]:
    """Put a laptop of somebody on the roster, and make the invitation with which it joins.

    Args:
        log: of the lead's laptop.
        person: the id of one of the team.

    Returns:
        The code, which is kept nowhere, and what the file holds.

    Raises:
        StoreError: who works here may not invite, this laptop does not take part itself, or its file could not be
            read or written.
    """
    why_not = why_not_lead(database, log.actor)
    if why_not:
        raise StoreError(why_not)
    theirs = take_part(database, log).of_another()
    log.record("", LaptopInvited(key=theirs.key, person=person))
    about = {
        "inspection": theirs.inspection,
        "identity": theirs.identity,
        "key": theirs.secret.hex(),
        "host": theirs.host,
        "voucher": theirs.voucher,
        "person": person,
        "title": case_lines.heading(database).title,
    }
    content = event_lines.packed([as_json(about), *map(event_lines.line_of, read_events(database))])
    code = grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
    salt = secrets.token_bytes(_SALT)
    first = as_json({"format": FORMAT, "version": VERSION, "salt": salt.hex()})
    return code, b"\n".join([first, seal(content, first, _stretched(code, salt))])


def open_invitation(data: bytes, code: str) -> Invitation:
    """Open an invitation with its code, however that is spaced and whatever its case; slow on purpose.

    Raises:
        WrongCode: it does not open it.
        BadInvitation: the file is none, damaged, or of a newer program.
    """
    first, _, sealed = data.partition(b"\n")
    salt = _salt(first)
    content = _unsealed(sealed, first, _stretched(_plain(code), salt))
    try:
        about, *lines = event_lines.unpacked(content)
        values = event_lines.from_json(about)
        membership = Membership(
            values["inspection"],
            values["identity"],
            bytes.fromhex(values["key"]),
            host=values["host"],
            voucher=values["voucher"],
        )
        return Invitation(membership, values["person"], values["title"], lines)
    except (Unreadable, KeyError, TypeError, ValueError) as error:
        raise BadInvitation(
            f"This invitation does not hold what it should ({error}): ask for another."
        ) from error


def join(database: Database, invitation: Invitation) -> Log:
    """Fill a new inspection file with what an invitation gives, and let it take part as a device of its own.

    Returns:
        The log of the new laptop.

    Raises:
        StoreError: what the invitation holds does not fit together, or it could not be saved.
    """
    device = new_device(database)
    log = Log(database, device, invitation.person)
    try:
        log.receive(map(event_lines.event_of, invitation.lines))
    except Unreadable as error:
        raise BadInvitation(
            f"This invitation does not hold what it should ({error}): ask for another."
        ) from error
    with database.transaction():
        keep(database, invitation.membership)
        log.record_within("", LaptopJoined(device=device.id, key=invitation.membership.key))
    set_local(database, "person", invitation.person)
    return log


# ---------------------------------------------------------------------- the file and its code


def _plain(code: str) -> str:
    """A code as it was made, from how it was typed.

    Raises:
        WrongCode: it cannot be one.
    """
    typed = characters_of(code)
    if len(typed) != LENGTH or not set(typed) <= set(ALPHABET):
        raise WrongCode(
            f"This is not the code of an invitation: one has {LENGTH} letters and digits, in groups of {GROUP}."
        )
    return grouped(typed)


def _salt(first: bytes) -> bytes:
    try:
        values = event_lines.from_json(first) if len(first) < _LONGEST_HEADER else None
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise BadInvitation("This is not an invitation of fieldtool: it is another kind of file.")
        if values.get("version") != VERSION:
            raise BadInvitation(
                "This invitation was made by a newer fieldtool: update this one to join with it."
            )
        # One of another length would be no salt; what it is made of is a wrong key, and no more.
        return bytes.fromhex(values["salt"])[:_SALT].ljust(_SALT)
    except (Unreadable, KeyError, TypeError, ValueError) as error:
        raise BadInvitation("This is not an invitation of fieldtool: it is another kind of file.") from error


def _stretched(code: str, salt: bytes) -> bytes:
    return stretched(code.encode(), salt, Cost(OPERATIONS, MEMORY), "for an invitation")


def _unsealed(sealed: bytes, first: bytes, key: bytes) -> bytes:
    if is_cut_short(sealed):
        raise BadInvitation("This invitation is not all there: copy it again.")
    content = unseal(sealed, first, key)
    if content is None:
        raise WrongCode(
            "This code does not open this invitation: have it told again, character by character; if it is right, the "
            "file is damaged."
        )
    return content


_LONGEST_HEADER, _SALT = 1024, 16
