"""`fieldtool sync`, `reconcile`, `invite` and `join`: send and take, see whether all agree, let laptops in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool import files
from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import quoted, say, say_json
from fieldtool.cli.session import (
    A_PATH,
    FOUND,
    as_option,
    file_to_write,
    json_option,
    path_argument,
    who_works,
    working_in,
)

if TYPE_CHECKING:
    from fieldtool.store.file.database import Database

CODE = "FIELDTOOL_INVITATION_CODE"
"""The variable by which a script says the code of an invitation; the command line can be seen by others."""

_LARGEST = 256 * 1024 * 1024
"""No invitation is longer, in bytes."""

place_argument = click.argument("place", required=False)
"""A folder, or the address of a central store."""


@click.command(short_help="Send what is new here, and take what the others sent.")
@path_argument
@place_argument
@as_option
@json_option
@click.pass_context
def sync(ctx: click.Context, path: Path, place: str | None, person: str | None, as_json: bool) -> None:
    """Send what is new in the inspection PATH to PLACE, and take what the others sent there.

    PLACE is a folder, as on a stick or a shared drive, or the address of a central store; without it, the one that
    was used last. It can be done again at any time, and stopped anywhere. That something was sent is said only when
    the place, asked afterwards, has it; else, and whenever something needs a look, the exit code is 1.

    \b
    Examples:
      fieldtool sync hiow.db /media/stick
      fieldtool sync hiow.db postgresql://ines@db.example.org/work
      fieldtool sync hiow.db
    """
    from fieldtool.cli.central import ask_password
    from fieldtool.sync.places import synchronise

    with working_in(path, person) as inspection:

        def before_sending() -> None:
            inspection.sign_off()
            inspection.file.keep_guard()

        database = inspection.file.database
        chosen = _place(database, place)
        done = synchronise(database, inspection.log, chosen, ask=ask_password, before_sending=before_sending)
    if as_json:
        from fieldtool.cli.json_of_tasks import Exchange

        say_json(Exchange.made_of(done))
    else:
        from fieldtool.sync import exchange_words

        all_there = exchange_words.ALL_THERE if done.complete else _NOT_KNOWN
        say(
            [
                f"{exchange_words.named(done.place)}: {exchange_words.passed_on(done)}",
                *exchange_words.amiss(done, again=False),
                all_there,
            ]
        )
    if not done.complete or done.failures:
        ctx.exit(FOUND)


@click.command(short_help="See whether this laptop, the others and a place agree.")
@path_argument
@place_argument
@json_option
@click.pass_context
def reconcile(ctx: click.Context, path: Path, place: str | None, as_json: bool) -> None:
    """See whether the inspection PATH, what is at PLACE, and what the other laptops said they have, agree.

    Nothing is sent or taken. Every bundle in a folder is opened again. Each difference is a line: who lacks what
    of whom, since when. With any of them, the exit code is 1.

    \b
    Examples:
      fieldtool reconcile hiow.db
      fieldtool reconcile hiow.db /media/stick --json
    """
    from fieldtool.cli.central import ask_password
    from fieldtool.store.chain.log import Log, new_device
    from fieldtool.store.chain.reading import device_of
    from fieldtool.sync.places import compare

    with file_to_write(path) as file:
        database, who = file.database, who_works(file, None)
        log = Log(database, device_of(database) or new_device(database), who)
        chosen = _place(database, place)
        differences, unusable = compare(database, log, chosen, ask_password)
    if as_json:
        from fieldtool.cli.json_of_tasks import Agreement

        agreed = not differences
        say_json(Agreement.made_of(place=chosen, agree=agreed, differences=differences, unusable=unusable))
    else:
        from fieldtool.sync.exchange_words import difference_in_words

        say(map(difference_in_words, differences))
        say(f"Cannot be used: {each}" for each in unusable)
        if not differences:
            say([f"This laptop, {chosen} and the other laptops agree."])
    if differences or unusable:
        ctx.exit(FOUND)


@click.command(short_help="Let another laptop join the inspection.")
@path_argument
@click.option(
    "--for", "guest", metavar="PERSON", required=True, help="Whose laptop: the id of one of the team."
)
@click.option(
    "--to", "target", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The file to make."
)
@as_option
def invite(path: Path, guest: str, target: Path, person: str | None) -> None:
    """Make an invitation to the inspection PATH: a sealed FILE with which the laptop of PERSON joins.

    It holds everything that is here. Hand it over by stick or mail; tell the code that opens it by voice, and write
    it nowhere beside the file.

    \b
    Example:
      fieldtool invite hiow.db --for INS-04 --to ines.invitation
    """
    from fieldtool.sync import joining

    if target.exists():
        raise Refused(f"{target} exists already: choose another name.")
    with working_in(path, person) as inspection:
        team = [each.id for each in inspection.file.people]
        if guest not in team:
            raise Refused(f"{guest} is not on the team of this inspection: the team is {', '.join(team)}.")
        code, data = joining.invite(inspection.file.database, inspection.log, guest)
        # Before it leaves this laptop: what others have seen must never be numbered anew here.
        inspection.file.keep_guard()
        _write_new(target, data)
    say(
        [
            f"{target} lets one laptop of {guest} join, with `fieldtool join`.",
            "",
            f"Code:  {code}",
            "",
            "Tell it by voice; it is shown only this once. Then send what is new, with `fieldtool sync`.",
        ]
    )


@click.command(short_help="Join an inspection with an invitation.")
@click.argument("invitation", metavar="FILE", type=A_PATH)
@path_argument
def join(invitation: Path, path: Path) -> None:
    """Join an inspection with the invitation FILE, and keep it in the new file PATH, under a passphrase of yours.

    The code comes from whoever made the invitation. Scripts put it into FIELDTOOL_INVITATION_CODE, and the passphrase
    into FIELDTOOL_PASSPHRASE.

    \b
    Example:
      fieldtool join ines.invitation hiow.db
    """
    from fieldtool.cli.passphrase_prompt import PASSPHRASE, new_passphrase
    from fieldtool.cli.recent import remember
    from fieldtool.settings import state_folder
    from fieldtool.sync import joining
    from fieldtool.work.new_inspection import must_be_free, new_file

    must_be_free(path)
    opened = joining.open_invitation(_read(invitation), _code())
    say([f"An invitation to {opened.title}, for {opened.person}."])
    passphrase = new_passphrase(PASSPHRASE, (opened.title, opened.person))
    fill = partial(joining.join, invitation=opened)
    with new_file(path, fill, passphrase, state=state_folder()) as made:
        say(_joined(path, made.code))
    remember(path)


def _joined(path: Path, recovery: str) -> Iterator[str]:
    from fieldtool.work.new_inspection import about_code

    yield f"{path} is ready: open it with `fieldtool {quoted(path)}`."
    yield ""
    yield f"Recovery code:  {recovery}"
    yield ""
    yield about_code()[0]


# ---------------------------------------------------------------------- the file, who works in it, and the place


def _place(database: Database, named: str | None) -> str:
    """Where to send to: what was named, or what was used last.

    Raises:
        Refused: neither is known.
    """
    from fieldtool.sync.places import usual_place

    chosen = named or usual_place(database)
    if chosen is None:
        raise Refused("Say where to: a folder, as on a stick, or the address of a central store.")
    return chosen if "://" in chosen else str(Path(chosen).absolute())


def _code() -> str:
    from fieldtool.cli.passphrase_prompt import ask, at_terminal

    given = os.environ.get(CODE)
    if given is None and not at_terminal():
        raise Refused(f"Put the code of the invitation into {CODE}, or ask from a terminal.")
    return ask("Code of the invitation: ") if given is None else given


def _read(file: Path) -> bytes:
    try:
        data = files.read_at_most(file, _LARGEST)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {files.why(error)}.") from error
    if len(data) > _LARGEST:
        raise Refused(f"{file} is no invitation: it is too large.")
    return data


def _write_new(file: Path, data: bytes) -> None:
    try:
        files.write_new(file, data)
    except FileExistsError:
        raise Refused(f"{file} exists already: choose another name.") from None
    except OSError as error:
        file.unlink(missing_ok=True)
        raise Refused(f"{file} could not be written: {files.why(error)}.") from error


_NOT_KNOWN = "Not everything that is on this laptop is known to be there."
