"""An inspection opened by a command: to look at it, or to record in it, and signed when the command is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused

if TYPE_CHECKING:
    from fieldtool.work.inspection import Inspection
    from fieldtool.work.inspection_file import InspectionFile
    from fieldtool.work.lead.lead import Lead

FOUND = 1
"""The exit code that says: there is something to look at."""

A_PATH = click.Path(readable=False, path_type=Path)

path_argument = click.argument("path", type=A_PATH)
"""The file of the inspection."""

json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")

complete_only_option = click.option("--complete-only", is_flag=True, help="Count complete cases alone.")

as_option = click.option(
    "--as",
    "person",
    metavar="PERSON",
    help="Who works here: the id of one of the team; usually who did before.",
)


@contextmanager
def looking_at(path: Path) -> Iterator[Inspection]:
    """Open an inspection to read it; of an encrypted one, the passphrase is asked for.

    Raises:
        Refused: it is encrypted, and nobody can be asked.
        StoreError: it cannot be opened, in one sentence that says why.
    """
    from fieldtool.work.inspection import Inspection

    with file_to_look_at(path) as file:
        yield Inspection(file)


def file_to_look_at(path: Path) -> InspectionFile:
    """Open a file to read it; of an encrypted one, the passphrase is asked for.

    Raises:
        Refused: it is encrypted, and nobody can be asked.
        StoreError: it cannot be opened, in one sentence that says why.
    """
    from fieldtool.work.access import Access

    return _unlocked(path, partial(Access.look, path))


@contextmanager
def file_to_write(path: Path) -> Iterator[InspectionFile]:
    """Open a file to write in it while no other program does; of an encrypted one, the passphrase is asked for.

    Raises:
        Refused: nobody can be asked.
        StoreError: it cannot be opened, or another program has it open, in one sentence that says why.
    """
    from fieldtool.settings import state_folder
    from fieldtool.work.access import Access

    with Access(path, state_folder()) as access:
        access.must_write()
        with _unlocked(path, access.open) as file:
            yield file


def _unlocked(path: Path, open_file: Callable[[bytes | None], InspectionFile]) -> InspectionFile:
    """Open a file; what is wrong with it is said before anybody is asked for its passphrase."""
    from fieldtool.cli.passphrase_prompt import key_by_passphrase
    from fieldtool.store.file.database import Locked

    try:
        return open_file(None)
    except Locked:
        return open_file(key_by_passphrase(path))


@contextmanager
def working_in(path: Path, person: str | None) -> Iterator[Inspection]:
    """Open an inspection for somebody to work in it; of an encrypted one, the passphrase is asked for.

    Raises:
        Refused: nobody can be asked, or it is not known who works here.
        StoreError: it cannot be opened, or another program has it open, in one sentence that says why.
    """
    from fieldtool.store.chain.clock import steady_clock
    from fieldtool.work.inspection import Inspection

    with file_to_write(path) as file:
        inspection = Inspection(file, who_works(file, person), steady=steady_clock)
        yield inspection
        inspection.sign_off()


@contextmanager
def leading(path: Path, person: str | None) -> Iterator[Lead]:
    """The same for somebody to work in it as the lead inspector."""
    from fieldtool.work.lead.lead import Lead

    with working_in(path, person) as inspection:
        yield Lead(inspection)


def who_works(file: InspectionFile, person: str | None) -> str:
    """Who works here: the person named, or who did so before, or whom the settings name; and tell them of the file.

    Raises:
        Refused: it is not known, or they are not on the team.
    """
    from fieldtool.settings import load_settings
    from fieldtool.store.keys.team import left

    team = [known.id for known in file.people]
    who = person or file.me or load_settings().person
    if who in team:
        if file.notice:
            click.echo(file.notice, err=True)
        return who
    gone = left(file.database).get(who or "")
    if gone is not None:
        raise Refused(
            f"{who} was removed from the team by {gone.by} on {gone.wall.partition('T')[0]} ({gone.why}): if that is a "
            "mistake, ask the lead inspector."
        )
    people = f"one of {', '.join(team)}" if team else "once it has a team"
    raise Refused(f"It is not known who works here: say --as PERSON, {people}.")
