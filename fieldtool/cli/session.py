"""An inspection opened to record in it by a command, and signed when the command is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused

if TYPE_CHECKING:
    from fieldtool.store.file.database import Database
    from fieldtool.work.inspection import Inspection
    from fieldtool.work.inspection_file import InspectionFile

as_option = click.option(
    "--as", "person", metavar="PERSON", help="Who works here, if it was not said before."
)


@contextmanager
def working_in(path: Path, person: str | None) -> Iterator[Inspection]:
    """Open an inspection for somebody to work in it; of an encrypted one, the passphrase is asked for.

    Raises:
        Refused: nobody can be asked, or it is not known who works here.
        StoreError: it cannot be opened, or another program has it open, in one sentence that says why.
    """
    from fieldtool.cli.passphrase_prompt import key_by_passphrase
    from fieldtool.settings import state_folder
    from fieldtool.store.chain.clock import steady_clock
    from fieldtool.store.copies.incarnation import settle_incarnation
    from fieldtool.store.copies.rollback_guard import RollbackGuard
    from fieldtool.store.file.database import key_file_of
    from fieldtool.store.file.file_lock import held
    from fieldtool.work.inspection import Inspection
    from fieldtool.work.inspection_file import InspectionFile

    with held(path):
        key = key_by_passphrase(path) if key_file_of(path).exists() else None
        with InspectionFile.open(path, to_write=True, key=key) as file:
            who = _who(file, person)
            notice = settle_incarnation(file.database, state_folder(), key)
            if notice:
                click.echo(notice, err=True)
            file.guard = RollbackGuard(state_folder())
            inspection = Inspection(file, who, steady=steady_clock)
            yield inspection
            inspection.sign_off()


def _who(file: InspectionFile, person: str | None) -> str:
    from fieldtool.settings import load_settings

    team = [known.id for known in file.people]
    who = person or file.me or load_settings().person
    if who not in team:
        refuse_who_left(file.database, who)
        people = f"one of {', '.join(team)}" if team else "once it has a team"
        raise Refused(f"It is not known who works here: say --as PERSON, {people}.")
    return who


def refuse_who_left(database: Database, who: str | None) -> None:
    """Say of somebody who is not on the team that they were, if they were.

    Raises:
        Refused: they were taken off it; by whom, when and why.
    """
    from fieldtool.store.keys.team import left

    gone = left(database).get(who or "")
    if gone is not None:
        raise Refused(
            f"{who} was removed from the team by {gone.by} on {gone.wall.partition('T')[0]} ({gone.why}): if that is a "
            "mistake, ask the lead inspector."
        )
