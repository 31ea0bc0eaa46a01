"""`fieldtool [PATH]` and `fieldtool demo`: open an inspection in the terminal."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from fieldtool import files
from fieldtool.cli.dispatch import OPEN, Refused
from fieldtool.cli.output import quoted, say
from fieldtool.cli.session import A_PATH, as_option
from fieldtool.cli.terminal import why_no_screen

if TYPE_CHECKING:
    from fieldtool.tui.setup_app import Chosen
    from fieldtool.work.access import Access
    from fieldtool.work.inspection_file import InspectionFile

WHO_IN_THE_DEMO = "INS-04"


@click.command(OPEN, hidden=True)
@click.argument("path", required=False, type=A_PATH)
@as_option
def open_(path: Path | None, person: str | None) -> None:
    """Open the inspection in the file PATH in the terminal; without PATH, the one that was opened last.

    Where there is no file PATH, a new inspection can be set up.
    """
    from fieldtool.cli.recent import remember
    from fieldtool.settings import state_folder
    from fieldtool.store.file.database import Locked
    from fieldtool.work.access import Access

    chosen = path or _usual()
    _need_screen(chosen)
    key = None
    if path is not None and not path.exists():
        begun = _begun(path, person)
        if begun is None:
            return
        chosen, key = begun.path, begun.key
        person = None if begun.new else person
    with Access(chosen, state_folder(), key=key) as access:
        try:
            file = access.open()
        except Locked:
            file = None
        remember(chosen)
        _show(access, file, partial(_who_works, person))


def _begun(path: Path, person: str | None) -> Chosen | None:
    """Offer to set up an inspection where there is none yet."""
    from fieldtool.cli.dispatch import near_file
    from fieldtool.settings import load_settings, state_folder
    from fieldtool.tui.setup_app import offer

    settings = load_settings()
    return offer(path, near_file(path), state_folder(), person or settings.person or "", settings.theme)


@click.command(short_help="Open a copy of the sample inspection.")
@click.option("--finished", is_flag=True, help="The one at the end of its fieldwork.")
@as_option
def demo(finished: bool, person: str | None) -> None:
    """Open a copy of the sample inspection, to try things on: every start gets a fresh one.

    It stands in the midst of its fieldwork; with --finished, at its end.

    \b
    Examples:
      fieldtool demo
      fieldtool demo --finished --as LEAD-1
    """
    import shutil
    import tempfile

    from fieldtool.work.access import Access
    from fieldtool.work.demo import MIDWAY, copy_sample, live_in, sample_file

    sample = sample_file()
    _need_screen(sample)
    with Access.look(sample) as file:
        who = _on_the_team(file, person or WHO_IN_THE_DEMO)
    gc.disable()
    try:
        copy = Path(tempfile.mkdtemp(prefix="fieldtool-demo-")) / sample.name
    except OSError as error:
        raise Refused(f"No copy of the sample could be made: {files.why(error)}.") from error
    copy_sample(copy, who, until=None if finished else MIDWAY)
    say([f"A copy of the sample inspection, for you to try things on; it is gone when you leave: {copy}"])
    live_in(copy)
    try:
        # What is remembered of a file that nobody goes on with goes where that file is.
        with Access(copy, copy.parent) as access:
            _show(access, access.open(), lambda _: who, "Try things on: all of it is gone when you leave.")
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)


def _show(
    access: Access, file: InspectionFile | None, who: Callable[[InspectionFile], str | None], notice: str = ""
) -> NoReturn:
    person = None if file is None else who(file)
    # The app collects again once its first screen is there: until then, it would only cost time.
    gc.disable()
    from fieldtool.settings import load_settings
    from fieldtool.tui.app import run

    raise SystemExit(run(access, file, person, load_settings(), who=who, notice=notice))


def _usual() -> Path:
    """The inspection that is meant where none is named.

    Raises:
        Refused: none was ever opened, or it is not there any more.
    """
    from fieldtool.cli.recent import last_opened
    from fieldtool.settings import load_settings

    last, named = last_opened(), load_settings().inspection
    for path in (last, named):
        if path is not None and path.exists():
            return path
    begin = "name one, as in `fieldtool PATH`, or try the sample with `fieldtool demo`."
    if last or named:
        raise Refused(f"{last or named} is not there any more: {begin}")
    raise Refused(f"No inspection was opened here yet: {begin}")


def _need_screen(path: Path) -> None:
    """Check that the app can be shown.

    Raises:
        Refused: it cannot; the words name the commands that do without.
    """
    why = why_no_screen()
    if why:
        name = quoted(path)
        raise Refused(
            f"{why}: for plain lines, use `fieldtool ratings {name}` or `fieldtool case {name} REF`."
        )


def _who_works(person: str | None, file: InspectionFile) -> str | None:
    """Who works here: the person named, or who did so before, or whom the settings name; and remember it.

    Raises:
        StoreError: the person named is not on the team.
    """
    from fieldtool.settings import load_settings

    usual = file.me or load_settings().person
    known = person or file.me or usual in [each.id for each in file.people]
    who = _on_the_team(file, person) if person else usual if known else None
    if who and file.me is None and file.database.writable:
        file.me = who
    return who


def _on_the_team(file: InspectionFile, person: str) -> str:
    """The person, if the inspection knows them.

    Raises:
        StoreError: it does not; the words name those that it knows.
    """
    from fieldtool.store.file.database import StoreError

    people = [known.id for known in file.people]
    if person not in people:
        team = f"the team is {', '.join(people)}" if people else "it has no team yet"
        raise StoreError(f"{person} is not on the team of this inspection: {team}.")
    return person
