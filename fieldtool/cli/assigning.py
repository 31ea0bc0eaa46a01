"""`fieldtool assign`: who has which case, and on which day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import FOUND, as_option, json_option, looking_at, path_argument, working_in
from fieldtool.domain.words.days import day_and_time, typed_day
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.domain.method.case_line import CaseLine
    from fieldtool.work.lead.lead import Lead
    from fieldtool.work.lead.share_out import SharedOut


NO_DAY = "none"


def _days(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[date, ...]:
    """Read days as they are written."""
    try:
        return tuple(map(typed_day, values))
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from None


def _day_or_none(ctx: click.Context, param: click.Parameter, value: str | None) -> date | str | None:
    """Read a day, or the word "none"."""
    return value if value in (None, NO_DAY) else _days(ctx, param, (value,))[0]


@click.command(short_help="Give cases to people and days: by name, evenly, by day.")
@path_argument
@click.argument("refs", metavar="[REF]...", nargs=-1)
@click.option("--to", metavar="PERSON", help="Who gets the cases.")
@click.option("--of", metavar="PERSON", help="All cases that somebody holds, as of one who has left.")
@click.option("--back", is_flag=True, help="Nobody is to hold the cases any more.")
@click.option("--evenly", is_flag=True, help="Share out all cases that nobody holds.")
@click.option(
    "--by-day", is_flag=True, help="The same by place and day: a day for each that has none, as many on each."
)
@click.option(
    "--by", metavar="FACT", help="In sharing out: keep cases of one place, or of another fact, in few hands."
)
@click.option(
    "--among", multiple=True, metavar="PERSON", help="In sharing out: who gets them; usually all inspectors."
)
@click.option(
    "--days",
    multiple=True,
    metavar="DAY",
    callback=_days,
    help="With --by-day: on which days; usually Monday to Friday of what is left of the fieldwork.",
)
@click.option(
    "--on",
    metavar="DAY",
    callback=_day_or_none,
    help=f"The day of the cases named, or {NO_DAY}; with or without --to.",
)
@click.option("--because", metavar="WORDS", default="", help="Why a case is taken from its holder.")
@click.option("--dry-run", is_flag=True, help="In sharing out: say what would be done, and do nothing.")
@click.option("--list", "listing", is_flag=True, help="Only say who has which cases, and on which day.")
@json_option
@as_option
def assign(
    path: Path,
    refs: tuple[str, ...],
    to: str | None,
    of: str | None,
    back: bool,
    evenly: bool,
    by_day: bool,
    by: str | None,
    among: tuple[str, ...],
    days: tuple[date, ...],
    on: date | str | None,
    because: str,
    dry_run: bool,
    listing: bool,
    as_json: bool,
    person: str | None,
) -> None:
    """Say who holds which cases of the inspection PATH: whoever holds a case writes in it, the others read.

    Lead inspectors share out; a holder may hand a case on or give it back. To take a case from its holder, the lead
    says why. Local assessors never get a case of their own office.

    \b
    Examples:
      fieldtool assign hiow.db --evenly --by hub
      fieldtool assign hiow.db --by-day --dry-run
      fieldtool assign hiow.db --to INS-04 X123456 X234567
      fieldtool assign hiow.db --to INS-07 X123456 --because "INS-04 is ill"
      fieldtool assign hiow.db --back X123456
      fieldtool assign hiow.db --of INS-04 --back --because "has left"
      fieldtool assign hiow.db --on 2026-03-04 X123456 X234567
      fieldtool assign hiow.db --list
    """
    if listing:
        _say_who_has_what(path, of, as_json)
        return
    shares_out = evenly or by_day
    ways = {"to": to is not None, "back": back, "evenly": evenly, "by-day": by_day}
    _one_thing([way for way, said in ways.items() if said] or ["on"] * (on is not None))
    if shares_out:
        _names_nobody("evenly" if evenly else "by-day", refs, of)
    else:
        _names_cases(refs, of, shares=any((by, among, dry_run, as_json)))
    _days_are_shared(days, by_day=by_day)
    from fieldtool.work.lead.lead import Lead

    with working_in(path, person) as inspection:
        lead = Lead(inspection)
        if not shares_out:
            _give(lead, [*refs, *_held_by(lead, of)], to, back, on, because)
            return
        left = _share_out(lead, among, by, days if by_day else None, dry_run=dry_run, as_json=as_json)
    raise SystemExit(FOUND if left else 0)


def _one_thing(what: Sequence[str]) -> None:
    if len(what) != 1:
        raise Refused(
            "Say one of --to PERSON, --back, --evenly, --by-day and --on DAY: `fieldtool assign --help`."
        )


def _names_nobody(what: str, refs: Sequence[str], of: str | None) -> None:
    if refs or of:
        raise Refused(f"--{what} shares out all cases that nobody holds: name none, or use --to.")


def _names_cases(refs: Sequence[str], of: str | None, *, shares: bool) -> None:
    if not refs and of is None:
        raise Refused("Say which cases, by their references: `fieldtool progress` knows them.")
    if shares:
        raise Refused("--by, --among, --dry-run and --json go with --evenly or --by-day.")


def _days_are_shared(days: Sequence[date], *, by_day: bool) -> None:
    if days and not by_day:
        raise Refused("--days goes with --by-day; to plan a day for cases that you name, say --on.")


def _held_by(lead: Lead, person: str | None) -> list[str]:
    """The cases that somebody holds, who may be on the team no more.

    Raises:
        Refused: they hold none.
    """
    from fieldtool.domain.method.case_line import CaseFilter

    held = [line.ref for line in lead.inspection.file.all_lines(CaseFilter(holder=person))] if person else []
    if person and not held:
        raise Refused(f"{person} holds no case.")
    return held


def _give(
    lead: Lead, refs: Sequence[str], to: str | None, back: bool, on: date | str | None, because: str
) -> None:
    """Give cases to somebody or back, and plan their day, as far as that was said."""
    from fieldtool.work.lead import hand_over, share_out

    day = on if isinstance(on, date) else None
    # Proposed before anything is recorded: what is refused is refused as a whole.
    of_day = None if on is None else share_out.propose_day(lead, refs, day)
    if to is not None or back:
        given = hand_over.propose(lead, to, refs, because).carry_out().refs
        cases, already = counted(len(given), "case"), len(set(refs)) - len(given)
        rest = f"; {counted(already, 'case')} already there" if already else ""
        back_now = f"{cases} given back: nobody holds {_them(len(given))} now."
        say([f"{to} gets {cases}{rest}." if to is not None else back_now])
    if of_day is not None:
        planned = of_day.carry_out().refs
        for_when = f"for {day_and_time(day)}" if day else "for no day"
        say([f"{counted(len(planned), 'case')} planned {for_when} now."])


def _say_who_has_what(path: Path, of: str | None, as_json: bool) -> None:
    """List every case, or those that somebody holds, with holder and day: by person, then day, then place."""
    from fieldtool.domain.method.case_line import CaseFilter
    from fieldtool.store.views.assignments import planned_days

    with looking_at(path) as inspection:
        days = planned_days(inspection.file.database)
        fact = inspection.framework.facts_by_id.get(inspection.framework.list_fact or "")
        lines = [
            (
                line.holder,
                day.isoformat() if day else "",
                fact.label(line.place) if fact else line.place,
                line,
            )
            for line in inspection.file.all_lines(CaseFilter(holder=of))
            for day in [days.get(line.ref)]
        ]
    lines.sort(key=lambda each: (not each[0], each[0], not each[1], *each[1:3], each[3].ref))
    if as_json:
        from fieldtool.cli.json_of_tasks import CaseHeld, CasesHeld

        held = (CaseHeld.made_of(line, holder=who, day=day, place=place) for who, day, place, line in lines)
        say_json(CasesHeld(tuple(held)))
    else:
        say(_who_lines(lines))


Where = tuple[str, str, str, "CaseLine"]
"""Who has a case, on which day, where it is, and its line."""


def _who_lines(lines: Sequence[Where]) -> Sequence[str]:
    rows = [
        (holder or "nobody", day or "no day", place, line.ref, line.state.replace("_", " "))
        for holder, day, place, line in lines
    ]
    return list(columns(rows)) if rows else ["There are no cases yet."]


def _share_out(
    lead: Lead,
    among: Sequence[str],
    by: str | None,
    days: Sequence[date] | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Share out what nobody holds, say who gets what, and give the number of cases that nobody may have.

    Args:
        days: on which days; empty for those of the fieldwork, None for none.
    """
    from fieldtool.work import clock
    from fieldtool.work.lead import share_out

    lead.must_lead()
    if days is not None and not days:
        days = share_out.working_days(lead, clock.today())
    shared = share_out.propose(lead, among, by, days)
    if not dry_run:
        shared.carry_out()
    if as_json:
        from fieldtool.cli import json_of_tasks

        say_json(json_of_tasks.SharedOut.made_of(shared, done=not dry_run))
    else:
        say(_shared_lines(lead, shared, dry_run=dry_run))
    return len(shared.left)


def _shared_lines(lead: Lead, shared: SharedOut, *, dry_run: bool) -> Iterator[str]:
    if not shared.holders:
        yield "Nothing was shared out." if shared.left else "No case is without a holder."
    numbers = shared.numbers
    rows = [
        (f"  {id}", person.name, counted(numbers[id], "case"))
        for id, person in lead.team.items()
        if id in numbers
    ]
    if rows:
        done = "would be shared out" if dry_run else "shared out"
        yield from [f"{counted(len(shared.holders), 'case')} {done}", *columns(rows, right=(2,))]
    if shared.days:
        planned = [
            (f"  {day_and_time(day)}", counted(number, "case")) for day, number in shared.by_day.items()
        ]
        yield from ["", f"Days for {counted(len(shared.days), 'case')}", *columns(planned, right=(1,))]
    if shared.left:
        some = f"{', '.join(shared.left[:5])}{' and more' if len(shared.left) > 5 else ''}"
        yield f"Nobody named may assess {counted(len(shared.left), 'case')}, of their own office: {some}."


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
