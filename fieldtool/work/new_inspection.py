"""A new inspection: what must be known of it, and its file and key file made, or neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from fieldtool.domain.errors import Mistyped
from fieldtool.domain.words.days import day_as_typed

if TYPE_CHECKING:
    from fieldtool.domain.method.framework import Framework
    from fieldtool.store.file.database import Database

Role = Literal["lead_inspector", "inspector", "local_assessor"]
ROLES: tuple[Role, ...] = ("lead_inspector", "inspector", "local_assessor")
USUAL_FRAMEWORK = "crc_2019"
UNENCRYPTED = "whoever finds this file may read it"
"""What somebody must say who wants an inspection without a passphrase."""

LONGEST_ID = 40

FEWEST = 8
"""Characters of a new passphrase."""

_ESTIMATED = 72
"""How many characters zxcvbn takes; longer passphrases are at least as hard to guess as their beginning."""

_WORDS = ("too easy", "too easy", "fair", "good", "strong")


class Facts(NamedTuple):
    """What a new inspection knows from the beginning."""

    provider: str
    title: str
    framework: Framework
    id: str
    """Of the person who sets it up."""
    name: str
    role: Role
    fieldwork_from: date | None
    fieldwork_to: date | None


class NewFile(NamedTuple):
    """The file of an inspection that is there as soon as nothing more goes wrong."""

    key: bytes | None
    """None where it is not encrypted."""
    code: str
    """The recovery code, which is kept nowhere else; empty where it is not encrypted."""


@contextmanager
def new_file(
    path: Path,
    fill: Callable[[Database], object],
    passphrase: str | None,
    recipients: Sequence[str] = (),
    *,
    state: Path,
) -> Iterator[NewFile]:
    """Make the file of an inspection; if filling it or the block raises anything, nothing is left of it.

    Args:
        passphrase: to encrypt it with; None leaves it open to whoever finds it.
        recipients: public keys of age, whose owners can open it as well.
        state: the folder in which this laptop remembers how far its files are.

    Raises:
        StoreError: there is a file already, a recipient is none, or the folder cannot be written.
    """
    from fieldtool.store.copies.rollback_guard import RollbackGuard
    from fieldtool.store.file.database import Database, key_file_of
    from fieldtool.store.file.driver import discard
    from fieldtool.store.keys.key_file import create_key

    must_be_free(path)
    with ExitStack() as undo:
        key, code = None, ""
        if passphrase is not None:
            key, code = create_key(path, passphrase, recipients)
            undo.callback(key_file_of(path).unlink, missing_ok=True)
        with Database.create(path, key) as database:
            undo.callback(discard, path)
            fill(database)
            # So that this laptop knows it for its own when it is opened.
            RollbackGuard(state).see(database)
        yield NewFile(key, code)
        undo.pop_all()


def record_facts(database: Database, facts: Facts) -> None:
    """Record in a new file what the inspection knows from the beginning."""
    from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened, PersonJoined
    from fieldtool.work.inspection import Inspection
    from fieldtool.work.inspection_file import InspectionFile

    file = InspectionFile(database)
    opened = InspectionOpened(
        provider=facts.provider,
        title=facts.title,
        fieldwork_from=facts.fieldwork_from,
        fieldwork_to=facts.fieldwork_to,
    )
    joined = PersonJoined(person=facts.id, name=facts.name, role=facts.role)
    Inspection(file, facts.id).record(opened, FrameworkChosen(framework=facts.framework), joined)
    file.me = facts.id


def must_be_free(path: Path) -> None:
    """Check that there can be a new file.

    Raises:
        StoreError: there is one already, or no folder for it.
    """
    from fieldtool.store.file.database import StoreError, must_have_folder

    if path.exists():
        raise StoreError(f"{path} exists already: choose another name, or open it.")
    must_have_folder(path)


def about_code() -> tuple[str, ...]:
    """What to do with a recovery code, a sentence each."""
    return (
        "Write it down on paper now: it is shown only this once. Keep the paper away from this laptop.",
        "Whoever has it and the file opens the inspection without the passphrase",
    )


# ---------------------------------------------------------------------- what is said of it, read


def some_text(said: str) -> str:
    """Read a name or a title.

    Raises:
        Mistyped: there is none.
    """
    text = " ".join(said.split())
    if not text:
        raise Mistyped("something must be said here.")
    return text


def person_id(said: str) -> str:
    """Read the id of a person.

    Raises:
        Mistyped: it cannot be one.
    """
    if not said or not said.isprintable() or len(said.split()) != 1 or len(said) > LONGEST_ID:
        raise Mistyped(f"an id is one word of up to {LONGEST_ID} characters, no spaces.")
    return said


def role(said: str) -> Role:
    """Read a role.

    Raises:
        Mistyped: there is none of that name.
    """
    words = said.lower().replace(" ", "_").replace("-", "_")
    for known in ROLES:
        if known == words:
            return known
    raise Mistyped(f"there are {', '.join(ROLES[:-1])} and {ROLES[-1]}.")


def in_order(first: date | None, last: date | None) -> None:
    """Check the days of fieldwork.

    Raises:
        Mistyped: the last one is before the first.
    """
    if first and last and last < first:
        raise Mistyped(
            f"Fieldwork cannot end on {day_as_typed(last)}, before it begins on {day_as_typed(first)}."
        )


def is_unencrypted_wanted(said: str) -> bool:
    """Whether somebody has said what it means to do without a passphrase."""
    return " ".join(said.lower().split()).rstrip(".") == UNENCRYPTED


def strength(passphrase: str, known: Iterable[str] = ()) -> tuple[str, str]:
    """Why a passphrase will not do, empty if it will; and how long it would hold.

    Args:
        known: words that whoever guesses would try first, as the name of the provider.
    """
    if len(passphrase) < FEWEST:
        return f"This is too short: a passphrase has {FEWEST} characters or more.", ""
    from zxcvbn import zxcvbn

    guessed = zxcvbn(passphrase[:_ESTIMATED], user_inputs=[*known, "fieldtool"])
    holds = guessed["crack_times_display"]["offline_slow_hashing_1e4_per_second"]
    says = f"{_WORDS[guessed['score']]}, found in {holds} by 10,000 guesses a second"
    if guessed["score"] < 2:
        return f"This is {says}: choose four or five words at random.", ""
    return "", f"Strength {guessed['score']} of 4: {says}."
