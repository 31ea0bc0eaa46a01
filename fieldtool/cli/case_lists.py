"""`fieldtool cases import`: a case list from a service, looked at first and taken in whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import clean, columns, say, say_json
from fieldtool.cli.session import (
    A_PATH,
    FOUND,
    as_option,
    json_option,
    looking_at,
    path_argument,
    who_works,
    working_in,
)
from fieldtool.domain.words.nearest import QUOTED, did_you_mean
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.caselist.checking import Checked
    from fieldtool.caselist.columns import Table
    from fieldtool.caselist.said import Said
    from fieldtool.domain.method.framework import Framework
    from fieldtool.work.lead.lead import Lead


Item = TypeVar("Item")


@click.group(no_args_is_help=False, short_help="Cases: list, import.")
def cases() -> None:
    """List the cases of an inspection, and bring in the case lists of the service.

    \b
    Examples:
      fieldtool cases list hiow.db
      fieldtool cases import hiow.db supervision.xlsx --sample case_supervision
    """


@cases.command("list", short_help="Your cases, and how far each is.")
@path_argument
@click.option("--all", "everybody", is_flag=True, help="Those of everybody, and those that nobody holds.")
@as_option
def list_cases(path: Path, everybody: bool, person: str | None) -> None:
    """Say which cases of the inspection PATH are yours and how far each is, those that are begun first.

    \b
    Examples:
      fieldtool cases list hiow.db
      fieldtool cases list hiow.db --all
    """
    from fieldtool.domain.method.case_line import CaseFilter

    with looking_at(path) as inspection:
        file = inspection.file
        me = None if everybody else who_works(file, person)
        lines = [*file.lines(file.refs(CaseFilter(holder=me, begun_first=True)))]
        rows = [
            (
                line.ref,
                inspection.framework.sample_title(line.sample),
                line.place,
                line.state.value.replace("_", " "),
                f"{line.done} of {line.due}",
                *([line.holder or "nobody"] if everybody else []),
            )
            for line in lines
        ]
    of = "" if everybody else f" of {me}"
    say([f"{counted(len(rows), 'case')}{of}.", *(columns(rows) if rows else ())])


@cases.command("import", short_help="Take in a case list of the service.")
@path_argument
@click.argument("list_", metavar="LIST", type=A_PATH)
@click.option("--sample", metavar="ID", help="The sample type that the list is of.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar='"COLUMN=FIELD"',
    help="What a column is; may be said several times.",
)
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar='"COLUMN=WORD=VALUE"',
    help="What a word of a column means; may be said several times.",
)
@click.option(
    "--sheet", "sheets", multiple=True, metavar="NAME", help="A sheet that is the list; several are joined."
)
@click.option(
    "--hidden-rows", type=click.Choice(["take", "leave"]), help="Whether hidden rows belong to the list."
)
@click.option(
    "--dates", type=click.Choice(["day-first", "month-first"]), help="The order in dates such as 03/04/2026."
)
@click.option("--since", metavar="DATE", help="Leave out cases that began before this day.")
@click.option("--until", metavar="DATE", help="Leave out cases that began after this day.")
@click.option("--all", "all_at_once", is_flag=True, help="Make a case of every row: nothing will be drawn.")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
@as_option
@json_option
def import_(
    path: Path,
    list_: Path,
    sample: str | None,
    mapped: tuple[str, ...],
    values: tuple[str, ...],
    sheets: tuple[str, ...],
    hidden_rows: str | None,
    dates: str | None,
    since: str | None,
    until: str | None,
    all_at_once: bool,
    dry_run: bool,
    person: str | None,
    as_json: bool,
) -> None:
    """Take the case LIST of a service, CSV or XLSX, into the inspection PATH: the population of one sample type.

    Every row that is left out is listed with its reason. Names and dates of birth only serve to find duplicates,
    and are not kept. Draw the sample from the list with `fieldtool sample draw`; or, for a small one, let --all make
    a case of every row. Columns are known by their headings; --map says what others are, as "Tier=rosh_service", and
    with nothing behind the sign leaves one out. --value says what a word means, as "RoSH=Not low=medium". What was said
    of columns, words and dates holds for the next list too.

    \b
    Examples:
      fieldtool cases import hiow.db supervision.xlsx --sample case_supervision --dry-run
      fieldtool cases import hiow.db unpaid.csv --sample unpaid_work --all
      fieldtool cases import hiow.db list.csv --map "Case ID=crn" --json
    """
    from fieldtool.caselist.said import Said
    from fieldtool.work.lead.lead import Lead
    from fieldtool.work.lead.list_import import reading_before

    with looking_at(path) if dry_run else working_in(path, person) as inspection:
        lead, chosen = Lead(inspection), sample_of(inspection.framework, sample)
        before = reading_before(lead, chosen)
        if dates:
            before = before.model_copy(update={"month_first": dates == "month-first"})
        said = Said(_mapped(mapped), before, sheets, _TAKEN.get(hidden_rows or ""), _day(since), _day(until))
        checked, said = _checked(lead, list_, chosen, said, values, all_at_once)
        done = not dry_run and bool(checked.taken)
        if not as_json:
            say([*_lines(inspection.framework, checked)])
        told = _take(lead, chosen, checked, said, all_at_once) if done else "Nothing was imported."
        if as_json:
            from fieldtool.cli.json_of_tasks import ListRead

            table = checked.table
            headings = {field: table.headings[place] for field, place in table.places.items()}
            taken = len(checked.taken)
            say_json(ListRead.made_of(checked, sample=chosen, imported=done, taken=taken, columns=headings))
        else:
            say(["Nothing was imported: this was a look only." if dry_run else told])
    raise SystemExit(0 if checked.taken else FOUND)


_TAKEN = {"take": True, "leave": False}


def _day(typed: str | None) -> date | None:
    from fieldtool.domain.words.days import typed_day

    return typed_day(typed) if typed else None


def sample_of(framework: Framework, named: str | None, among: Sequence[str] = ()) -> str:
    """The sample type that is meant.

    Args:
        among: those that come into question; without any, all.

    Raises:
        Refused: there is none of that name, or there are several and none is named.
    """
    known = [sample.id for sample in framework.samples]
    if named is not None and named not in known:
        advice = did_you_mean(named, known, mark=QUOTED)
        raise Refused(f'There is no sample type "{named}": {advice}')
    meant = [named] if named else list(among or known)
    if len(meant) > 1:
        raise Refused(f"Say which sample type: --sample, with one of {', '.join(meant)}.")
    return meant[0]


def _mapped(said: Iterable[str]) -> Mapping[str, str]:
    mapped = {}
    for each in said:
        column, sign, field = each.rpartition("=")
        if not sign or not column.strip():
            raise Refused(f'--map "{each}": write it as "COLUMN=FIELD".')
        mapped[column.strip()] = field.strip()
    return mapped


def _checked(
    lead: Lead, file: Path, sample: str, said: Said, values: Iterable[str], all_at_once: bool
) -> tuple[Checked, Said]:
    """What a list comes to, and what was said of it, words among it."""
    from fieldtool.caselist.checking import check
    from fieldtool.caselist.columns import find, value_said
    from fieldtool.caselist.reading import read
    from fieldtool.work import clock
    from fieldtool.work.lead.list_import import why_not

    framework = lead.inspection.framework
    sheets = read(file, lambda rows, expected: watched(rows, clean(f"Reading {file.name}"), expected))
    table = find(sheets, framework, sample, said, file.name)
    for each in values:
        column, _, rest = each.partition("=")
        word, sign, value = rest.rpartition("=")
        if not sign or not column.strip():
            raise Refused(f'--value "{each}": write it as "COLUMN=WORD=VALUE".')
        said = value_said(said, table, framework, column, word, value)
    checked = check(
        table,
        framework,
        sample,
        clock.today(),
        why_not(lead, sample, all_at_once=all_at_once),
        said,
        lambda rows: watched(rows, clean(f"Checking {file.name}"), len(table.rows)),
    )
    return checked, said


def _take(lead: Lead, sample: str, checked: Checked, said: Said, all_at_once: bool) -> str:
    from fieldtool.work.lead import list_import

    plan = list_import.propose(
        lead, sample, checked.taken, all_at_once=all_at_once, reading=said.for_the_next
    )
    cases = counted(len(checked.taken), "case")
    also = f" {plan.told}" if plan.told else ""
    if all_at_once:
        plan.carry_out(lambda deeds: watched(deeds, "Adding cases", len(checked.taken)))
        return f"{cases} came into the inspection.{also}"
    plan.carry_out()
    instead = f"{plan.instead}." if plan.instead else ""
    return f"A list of {cases} was imported.{instead}{also} Draw the sample with `fieldtool sample draw`."


def watched(items: Iterable[Item], label: str, expected: int | None) -> Iterator[Item]:
    """Give items on, with a bar on the terminal that shows how far it is."""
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, expected, label, file=sys.stderr, update_min_steps=200) as bar:
        yield from bar


# ---------------------------------------------------------------------- in words, and as JSON


def _lines(framework: Framework, checked: Checked) -> Iterator[str]:
    from fieldtool.caselist import list_report

    table = checked.table
    yield from _columns(framework, table)
    yield ""
    yield list_report.summary(checked)
    yield from (f"  {line}" for line in list_report.values(framework, checked, table.places))
    rows = [
        (f"  row {each.row}{f' of {each.sheet}' if each.sheet else ''}", each.column, each.reason)
        for each in checked.left_out
    ]
    words = [f"  {line}" for line in list_report.words(framework, checked)]
    yield from _part("Words, and what they are taken for", words)
    yield from _part("Left out", columns(rows) if rows else ())
    yield from _part("", filter(None, [list_report.terminated(checked)]))
    yield from _part("", checked.remarks)
    yield ""


def _columns(framework: Framework, table: Table) -> Iterator[str]:
    from fieldtool.caselist import list_report
    from fieldtool.caselist.columns import title_of

    yield f"Columns{f' of the sheet {table.sheet}' if table.sheet else ''}"
    known = [
        (
            f"  {table.headings[place]}",
            title_of(framework, field),
            list_report.what_becomes_of(framework, field),
        )
        for field, place in sorted(table.places.items(), key=lambda each: each[1])
    ]
    yield from columns(known)
    unused = [h for place, h in enumerate(table.headings) if h and place not in table.places.values()]
    if unused:
        yield f"Not used: {', '.join(unused)}"


def _part(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """Some lines below a blank one and their heading; nothing if there are none."""
    told = [*lines]
    if told:
        yield ""
        yield from filter(None, [heading])
        yield from told
