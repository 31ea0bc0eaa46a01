"""`fieldtool progress`: how far the cases are, by sample, inspector, place and day; strata, laptops, and the pace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import json_option, looking_at, path_argument
from fieldtool.domain.words.days import moment_in_full, weekday
from fieldtool.domain.words.numbers import counted, number

if TYPE_CHECKING:
    from fieldtool.domain.method.progress import Group, LaptopNews, StratumProgress
    from fieldtool.work.lead.progress_report import Progress


@click.command(short_help="How far the cases are, who holds them, and when they will be done.")
@path_argument
@json_option
def progress(path: Path, as_json: bool) -> None:
    """Say how far the cases of the inspection PATH are: in one line, then by sample, inspector, place and day.

    Below, the strata of the sample with what each has and should have, the laptops with what was heard of them last,
    and those whose clocks have jumped.

    A case is untouched until something was answered, judged or noted. "Items done" counts what a case must have:
    its facts, its prompts and its judgements. The pace is what was completed a day on the Mondays to Fridays of
    fieldwork before today. A stratum is under its target while it lacks two cases or more of its share of what is
    done so far; one, once none of it is open.

    \b
    Examples:
      fieldtool progress hiow.db
      fieldtool progress hiow.db --json
    """
    from fieldtool.work import clock
    from fieldtool.work.lead.progress_report import Progress

    with looking_at(path) as inspection:
        report = Progress(inspection, clock.today())
        if as_json:
            _say_json(report)
        else:
            say(list(_lines(report)))


def _say_json(report: Progress) -> None:
    from fieldtool.cli import json_of_views as shapes

    groups = {grouping.key: grouping.groups for grouping in report.groupings}
    samples = [
        shapes.CasesOf.made_of(each, minutes=report.minutes.get(each.id)) for each in groups["samples"]
    ]
    say_json(shapes.Progress.made_of(report, pace=report, **(groups | {"samples": samples})))


def _lines(report: Progress) -> Iterator[str]:
    whole = report.whole
    yield report.headline
    yield (
        f"{counted(whole.cases, 'case')}: {number(whole.untouched)} untouched, "
        f"{number(whole.in_progress)} in progress, {number(whole.complete)} complete; {_done(whole)}."
    )
    for grouping in report.groupings:
        minutes = report.minutes if grouping.key == "samples" else {}
        yield ""
        yield grouping.title
        rows = [(*_row(group), _more(group, minutes.get(group.id))) for group in grouping.groups]
        yield from columns(rows, right=(1, 2, 3, 4)) if rows else ()
    yield from _days(report)
    if report.strata:
        yield ""
        yield "Strata"
        yield from columns([_stratum(stratum) for stratum in report.strata], right=(1, 2))
    if report.laptops:
        yield ""
        yield "Laptops, those silent longest first"
        yield from columns([_laptop(laptop) for laptop in report.laptops])
    if report.jumps:
        yield ""
        yield "Clocks that jumped: take the times around it with care"
        yield from (f"  {told}" for told in report.told_jumps)


def _row(group: Group) -> tuple[str, ...]:
    return (
        f"  {group.title}",
        counted(group.cases, "case"),
        f"{number(group.untouched)} untouched",
        f"{number(group.in_progress)} in progress",
        f"{number(group.complete)} complete",
        _done(group),
    )


def _more(group: Group, minutes: int | None) -> str:
    """What is worth saying of a group beside its figures."""
    from fieldtool.domain.method.pace import rate

    pace = group.pace
    told = []
    if group.returned:
        told.append(f"{number(group.returned)} returned")
    if group.conflicts:
        told.append(f"{number(group.conflicts)} with conflicts")
    if pace.so_far is not None:
        told.append(f"{rate(pace.so_far)} a day")
    if pace.needed is not None:
        told.append(
            f"{rate(pace.needed, up=True)} needed{': too slow' if pace.behind and pace.so_far is not None else ''}"
        )
    if minutes is not None:
        told.append(f"a case takes {counted(minutes, 'minute')}")
    return ", ".join(told)


def _days(report: Progress) -> Iterator[str]:

    rows = [
        (
            f"  {weekday(point.day)} {point.day}",
            f"{number(point.completed)} completed",
            f"{number(point.done)} done",
            "" if point.needed is None else f"{number(point.needed)} needed",
        )
        for point in report.points
        if point.done is not None
    ]
    if rows:
        yield ""
        yield "By day"
        yield from columns(rows, right=(1, 2, 3))


def _stratum(stratum: StratumProgress) -> tuple[str, ...]:
    target = "" if stratum.target is None else f", {number(stratum.target)} wanted"
    return (
        f"  {stratum.title}",
        f"{number(stratum.drawn)} in the sample{target}",
        f"{number(stratum.done)} done, its share {number(stratum.share)}",
        "fair" if stratum.fair else f"under by {number(stratum.under)}",
    )


def _laptop(laptop: LaptopNews) -> tuple[str, ...]:
    told = []
    if laptop.own:
        told.append("this laptop")
    if laptop.unsent:
        told.append(f"{counted(laptop.unsent, 'entry', 'entries')} that nobody else is known to have")
    if laptop.took:
        told.append(f"took in what there was on {moment_in_full(laptop.took)}")
    if laptop.lacks:
        told.append(f"{counted(laptop.lacks, 'entry', 'entries')} of others not yet")
    if laptop.not_here:
        told.append(f"{counted(laptop.not_here, 'event')} of it not here yet")
    heard = moment_in_full(laptop.heard) if laptop.heard else "never heard of"
    return f"  {laptop.person}", laptop.device, heard, ", ".join(told)


def _done(group: Group) -> str:
    from fieldtool.domain.method.tally import whole_percent

    percent = whole_percent(group.done, group.due)
    if percent == 100 and group.done < group.due:
        percent = 99  # whoever reads 100 takes it for done
    share = "" if percent is None else f" ({percent} per cent)"
    return f"{number(group.done)} of {number(group.due)} items done{share}"
