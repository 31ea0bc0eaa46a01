"""`fieldtool copy`, `restore` and `backup`: keep an inspection in a second place, and bring it back from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import say
from fieldtool.cli.session import A_PATH, FOUND, file_to_look_at, file_to_write, path_argument
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.store.copies.restore import Restored
    from fieldtool.store.copies.second_copy import Copies


@click.command(short_help="Keep a second copy in a folder elsewhere, as on a stick.")
@path_argument
@click.option("--to", "folder", metavar="DIR", type=A_PATH, help="The folder, named once; it must be there.")
@click.option("--stop", is_flag=True, help="Keep no second copy any more; what is in the folder stays there.")
def copy(path: Path, folder: Path | None, stop: bool) -> None:
    """Keep a second copy of the inspection PATH in a folder on a stick or another disk.

    Name the folder once: from then on, what is new goes there by itself while you work. Without --to, the copy is
    brought up to date now and read back; what is damaged in it is copied again. Of an encrypted inspection, the
    copy is encrypted too.

    \b
    Examples:
      fieldtool copy hiow.db --to /media/stick
      fieldtool copy hiow.db
      fieldtool copy hiow.db --stop
    """
    from fieldtool.store.copies.second_copy import Copies

    if folder is not None and stop:
        raise Refused("Say --to or --stop, not both.")
    with file_to_write(path) as file:
        say([file.notice] if file.notice else [])
        copies = Copies(file.database, file.key)
        say(_stopped(copies) if stop else _copied(copies, path, folder))


def _copied(copies: Copies, path: Path, folder: Path | None) -> Iterator[str]:
    copied = copies.copy() if folder is None else copies.begin(folder)
    if folder is not None:
        yield f"The second copy of {path} is in {copies.own_folder}, and keeps up by itself from now on."
        if folder.stat().st_dev == path.stat().st_dev:
            yield "It is on the same disk as the inspection: if that disk fails, both are lost; a stick is safer."
    damaged = copies.damaged()
    if damaged:
        yield from (f"Damaged in the copy: {file}." for file in damaged)
        copied = copies.copy(anew=True)
        yield "All of it was copied again."
    new = counted(copied.events, "entry", "entries")
    yield f"{new} copied now, and read back: the copy holds everything in {path}."


def _stopped(copies: Copies) -> Iterator[str]:
    own = copies.own_folder
    copies.stop()
    yield (
        "No second copy is kept any more."
        if own is None
        else (f"No second copy is kept any more; what is in {own} stays there.")
    )


@click.command(short_help="Bring an inspection back from its second copy.")
@click.argument("place", metavar="COPY", type=A_PATH)
@click.option(
    "--to", "target", metavar="PATH", type=A_PATH, help="The file to make; usually the name it had."
)
@click.option("--code", is_flag=True, help="Ask for the recovery code instead of the passphrase.")
@click.pass_context
def restore(ctx: click.Context, place: Path, target: Path | None, code: bool) -> None:
    """Make the inspection anew from its second copy in the folder COPY, on this laptop or another.

    What was being typed comes back too. Nothing is written over. What colleagues have merges with it later, whatever
    is older. If something in the copy is damaged, all else is brought back and the exit code is 1.

    \b
    Examples:
      fieldtool restore /media/stick
      fieldtool restore /media/stick --to rescued.db
      fieldtool restore /media/stick --code
    """
    from fieldtool.cli.passphrase_prompt import key_by_passphrase
    from fieldtool.cli.passphrases import key_by_code
    from fieldtool.cli.recent import remember
    from fieldtool.settings import state_folder
    from fieldtool.store.copies.copy_files import KEY_FILE_OF
    from fieldtool.store.copies.restore import copy_at, is_sealed
    from fieldtool.store.copies.restore import restore as restore_from

    found = copy_at(place)
    key = None
    if is_sealed(found):
        key = (key_by_code if code else key_by_passphrase)(found / KEY_FILE_OF)
    elif code:
        raise Refused(f"{found} is not encrypted: it needs no recovery code.")
    restored = restore_from(found, target, state_folder(), key)
    remember(restored.path)
    say(_brought_back(restored, found))
    if restored.unreadable or restored.missing:
        ctx.exit(FOUND)


def _brought_back(restored: Restored, found: Path) -> Iterator[str]:
    until = f", until {restored.until.replace('T', ' ')[:16]}" if restored.until else ""
    entries = counted(restored.events, "entry", "entries")
    yield f"{restored.path} is back: {entries} in {counted(restored.cases, 'case')}{until}."
    if restored.drafts:
        texts = counted(restored.drafts, "text was", "texts were")
        yield f"{texts} still being written, and will be there when its writer opens the inspection."
    yield from (f"Not readable in the copy: {file}." for file in restored.unreadable)
    yield from (
        f"Missing, until a colleague sends it: entries {gap} of the record." for gap in restored.missing
    )
    if restored.goes_on:
        yield f"Its second copy goes on in {found.parent}; `fieldtool copy PATH --to DIR` names another folder."
    else:
        yield "It has no second copy now, for this one cannot be written: `fieldtool copy PATH --to DIR` begins one."


@click.command(short_help="Write the whole inspection into one more file.")
@path_argument
@click.argument("target", metavar="TO", type=A_PATH)
@click.pass_context
def backup(ctx: click.Context, path: Path, target: Path) -> None:
    """Write all of the inspection PATH, as it is now, into the new file TO, or into a file in the folder TO.

    It can be made while somebody works in the inspection, and is read back at once. Of an encrypted one, the backup
    is encrypted, and its key file lies beside it: keep the two together.

    \b
    Examples:
      fieldtool backup hiow.db /media/disk
      fieldtool backup hiow.db hiow-friday.db
    """
    from fieldtool.store.copies.backup import back_up
    from fieldtool.store.file.database import key_file_of

    with file_to_look_at(path) as file:
        made = back_up(file.database, target, file.key)
    beside = f", with its key file {key_file_of(made.path).name}" if file.key is not None else ""
    say([f"{made.path} holds {counted(made.events, 'entry', 'entries')}, read back without a fault{beside}."])
    if made.findings:
        say([f"What is wrong with {path} is wrong with it too:", *made.findings])
        ctx.exit(FOUND)
