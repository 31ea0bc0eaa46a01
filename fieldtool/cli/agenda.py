"""`fieldtool agenda`: meetings, focus groups, interviews and observations, what was noted and answered there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from fieldtool.cli.agenda_lines import agenda_lines, count_lines, counts_data, item_lines, items_data
from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import say, say_json
from fieldtool.cli.session import as_option, json_option, looking_at, path_argument, working_in
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.work.inspection import Inspection
    from fieldtool.work.lead.agenda import Agenda

Command = TypeVar("Command", bound=Callable[..., object])

KINDS = {
    "meeting": "meeting",
    "focus-group": "focus_group",
    "officer": "officer_interview",
    "user": "user_interview",
    "observation": "observation",
}
"""What a kind of item is called here, and in the record."""

day_option = click.option("--day", metavar="DAY", help="The day, as 16/03/2020 or 2020-03-16.")
ids_argument = click.argument("ids", metavar="ITEM...", nargs=-1, required=True)


def plan_options(command: Command) -> Command:
    """The options that say what is planned, beside the day."""
    for option in (
        click.option(
            "--goes", metavar="PEOPLE", help="Who of the team goes there: ids, with commas between."
        ),
        click.option(
            "--with", "whom", metavar="WORDS", help="Whom: their roles, never a service user's name."
        ),
        click.option("--place", metavar="WORDS", help="Where."),
        click.option("--time", "at", metavar="TIME", help="When it begins, as 9:30."),
    ):
        command = option(command)
    return command


@contextmanager
def _planning(path: Path, person: str | None) -> Iterator[Agenda]:
    with working_in(path, person) as inspection:
        yield _agenda(inspection)


@click.group(
    no_args_is_help=False, short_help="Meetings, interviews and observations, and what was noted there."
)
def agenda() -> None:
    """Plan what the team attends beside its cases, and keep what was noted and answered there.

    The lead inspector plans, moves and cancels. Whoever goes there notes, answers, and says that it took place.

    \b
    Examples:
      fieldtool agenda add hiow.db officer --day 16/03/2020 --time 10:00 --goes INS-04
      fieldtool agenda list hiow.db
      fieldtool agenda cancel hiow.db --from 16/03/2020 --because "travel was stopped"
    """


@agenda.command("list", short_help="What is planned, done and cancelled.")
@path_argument
@day_option
@json_option
def list_(path: Path, day: str | None, as_json: bool) -> None:
    """List the agenda of the inspection PATH by day, with what came of each item.

    \b
    Examples:
      fieldtool agenda list hiow.db
      fieldtool agenda list hiow.db --day 16/03/2020 --json
    """
    from fieldtool.domain.words.days import typed_day

    with looking_at(path) as inspection:
        agenda = _agenda(inspection)
        wanted = None if day is None else typed_day(day)
        items = [item for item in agenda.items if wanted in (None, item.plan.day)]
        if as_json:
            say_json(items_data(agenda, items))
        else:
            say(agenda_lines(agenda, items))


@agenda.command(short_help="One item, with all that was noted and answered there.")
@path_argument
@click.argument("item")
def show(path: Path, item: str) -> None:
    """Show an ITEM of the agenda of the inspection PATH, its notes by standard, and the answers of an interview.

    \b
    Example:
      fieldtool agenda show hiow.db FG-k7fm
    """
    with looking_at(path) as inspection:
        agenda = _agenda(inspection)
        say(item_lines(agenda, agenda.item(item)))


@agenda.command(short_help="Plan something.")
@path_argument
@click.argument("kind", type=click.Choice([*KINDS]))
@click.option("--day", required=True, metavar="DAY", help="The day, as 16/03/2020 or 2020-03-16.")
@plan_options
@click.option("--id", default="", metavar="ITEM", help="An id of your own, in place of one that is made up.")
@as_option
def add(path: Path, kind: str, day: str, id: str, person: str | None, **said: str | None) -> None:
    """Put an item onto the agenda of the inspection PATH: a meeting, a focus group, an interview or an observation.

    Interviews are with a responsible officer or with a service user ("user"). Say whom the team meets by their roles;
    the names of service users have no place here.

    \b
    Examples:
      fieldtool agenda add hiow.db meeting --day 2/3/2020 --time 9:30 --with "heads of service"
      fieldtool agenda add hiow.db officer --day 3/3/2020 --place Hub --goes INS-04 --id RO-1
    """
    from fieldtool.domain.method.framework import AgendaKind

    with _planning(path, person) as agenda:
        typed = {name: words or "" for name, words in said.items()}
        plan = agenda.read(AgendaKind(KINDS[kind]), day=day, id=id, **typed)
        agenda.propose_item(plan).carry_out()
        say([f"{plan.item} is on the agenda: {plan.what.words.lower()}, {agenda.item(plan.item).when}."])


@agenda.command(short_help="Move something, or change what is planned of it.")
@path_argument
@click.argument("item")
@day_option
@plan_options
@as_option
def change(path: Path, item: str, person: str | None, **said: str | None) -> None:
    """Move an ITEM of the agenda of the inspection PATH, or change its place, whom it is with, or who goes there.

    What is not named stays as it is; an empty word takes it out.

    \b
    Example:
      fieldtool agenda change hiow.db FG-k7fm --day 5/3/2020 --goes INS-07
    """
    with _planning(path, person) as agenda:
        before = agenda.item(item).plan
        typed = {
            "day": before.day.isoformat(),
            "at": "" if before.at is None else f"{before.at:%H:%M}",
            "place": before.place,
            "whom": before.whom,
            "goes": " ".join(before.goes),
        }
        typed |= {name: words for name, words in said.items() if words is not None}
        plan = agenda.read(before.what, id=before.item, **typed)
        agenda.propose_item(plan, new=False).carry_out()
        say([f"{plan.item}: {plan.what.words.lower()}, {agenda.item(plan.item).when}."])


@agenda.command(short_help="Say that something took place.")
@path_argument
@ids_argument
@as_option
def done(path: Path, ids: tuple[str, ...], person: str | None) -> None:
    """Say that ITEMs of the agenda of the inspection PATH took place.

    \b
    Example:
      fieldtool agenda done hiow.db FG-k7fm RO-2c7h
    """
    with _planning(path, person) as agenda:
        marked = agenda.propose_done(ids).carry_out().items
        say([f"{counted(len(marked), 'item')} done."])


@agenda.command(short_help="Cancel items, a whole day, or all from a day on.")
@path_argument
@click.argument("ids", metavar="[ITEM]...", nargs=-1)
@click.option("--day", metavar="DAY", help="Whatever is still planned on this day.")
@click.option("--from", "from_", metavar="DAY", help="Whatever is still planned from this day on.")
@click.option("--because", required=True, metavar="WORDS", help="Why.")
@as_option
def cancel(
    path: Path, ids: tuple[str, ...], day: str | None, from_: str | None, because: str, person: str | None
) -> None:
    """Cancel ITEMs of the agenda of the inspection PATH with a reason; or a whole day; or all from a day on.

    What is done stays done. Everything that is cancelled at once has the same reason.

    \b
    Examples:
      fieldtool agenda cancel hiow.db OB-x9pw --because "the group did not meet"
      fieldtool agenda cancel hiow.db --from 16/03/2020 --because "fieldwork was stopped"
    """
    from fieldtool.domain.words.days import typed_day

    if sum([bool(ids), day is not None, from_ is not None]) != 1:
        raise Refused("Say what to cancel: items by their ids, or --day DAY, or --from DAY.")
    with _planning(path, person) as agenda:
        first = from_ if day is None else day
        if first is None:
            plan = agenda.propose_cancelled(ids, because)
        else:
            plan = agenda.propose_cancelled_days(typed_day(first), because, later=day is None)
        gone = plan.carry_out().items
        said = counted(len(gone), "item")
        say([f"{said} cancelled: {', '.join(gone)}." if gone else f"{said} cancelled."])


@agenda.command(short_help="Let what was cancelled or done be planned again.")
@path_argument
@ids_argument
@as_option
def again(path: Path, ids: tuple[str, ...], person: str | None) -> None:
    """Let ITEMs of the agenda of the inspection PATH that were cancelled, or done by mistake, be planned again.

    \b
    Example:
      fieldtool agenda again hiow.db OB-x9pw
    """
    with _planning(path, person) as agenda:
        back = agenda.propose_again(ids).carry_out().items
        say([f"{counted(len(back), 'item')} planned again."])


@agenda.command(short_help="Note something, on a key question or a standard.")
@path_argument
@click.argument("item")
@click.argument("text", required=False)
@click.option("--on", required=True, metavar="NUMBER", help="The key question or the standard.")
@as_option
def note(path: Path, item: str, text: str | None, on: str, person: str | None) -> None:
    """Note TEXT at an ITEM of the agenda of the inspection PATH: the evidence on a key question or a standard.

    Everybody has one note of their own at each item on each number; a new one takes the place of yours, and an empty
    one takes it back. Without TEXT, it is read from the standard input, which leaves no trace in the history of your
    shell.

    \b
    Examples:
      fieldtool agenda note hiow.db FG-k7fm --on 1.2.1 "Vacancies are filled in a month."
      fieldtool agenda note hiow.db FG-k7fm --on 1.2 < notes.txt
    """
    with _planning(path, person) as agenda:
        slot = agenda.note_slot(item, on)
        written = (_read_in() if text is None else text).strip()
        agenda.write_note(slot, written)
        say([f"Note on {on} {'kept' if written else 'taken back'}."])


@agenda.command(short_help="Record the answers of an interview.")
@path_argument
@click.argument("item")
@click.argument("answers", metavar="QUESTION=ANSWER...", nargs=-1, required=True)
@as_option
def answer(path: Path, item: str, answers: tuple[str, ...], person: str | None) -> None:
    """Record what was answered to the interview form at an ITEM of the agenda of the inspection PATH.

    `fieldtool agenda show` lists the questions and what can be answered; nothing behind the sign takes an answer back.

    \b
    Example:
      fieldtool agenda answer hiow.db RO-2c7h workload=no prepared=yes
    """
    given: dict[str, str | None] = {}
    for each in answers:
        question, sign, said = each.partition("=")
        if not sign or not question:
            raise Refused(f'"{each}" is not an answer: write QUESTION=ANSWER, as workload=no.')
        given[question.strip()] = said.strip() or None
    with working_in(path, person) as inspection:
        _agenda(inspection).answer(item, given)
        say([f"{counted(len(given), 'answer')} recorded."])


@agenda.command(short_help="The answers to the interview form, in per cent.")
@path_argument
@json_option
def counts(path: Path, as_json: bool) -> None:
    """Count the answers to the interview forms of the inspection PATH, in exact percentages.

    An interview that was cancelled does not count, nor do answers such as "cannot say".

    \b
    Example:
      fieldtool agenda counts hiow.db --json
    """
    with looking_at(path) as inspection:
        agenda = _agenda(inspection)
        titles = {form.id: form.title for form in inspection.framework.forms}
        if as_json:
            say_json(counts_data(agenda.counts, titles))
        elif not titles:
            say(["The framework of this inspection has no interview form."])
        else:
            say(line for id, found in agenda.counts.items() for line in count_lines(titles[id], found))


def _read_in() -> str:
    """Read the standard input.

    Raises:
        Refused: it is no text.
    """
    try:
        text = sys.stdin.read()
        text.encode()
    except UnicodeError:
        raise Refused("What comes from the standard input is no UTF-8: save it as UTF-8.") from None
    return text


def _agenda(inspection: Inspection) -> Agenda:
    from fieldtool.work.lead.agenda import Agenda
    from fieldtool.work.lead.lead import Lead

    return Agenda(Lead(inspection))
