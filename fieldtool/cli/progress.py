"""`fieldtool progress`: how far the cases are, by sample, by inspector and by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from fieldtool.cli.lines import columns, counted, number, say, say_json
from fieldtool.cli.looking import json_option, looking_at, path_argument

if TYPE_CHECKING:
    from fieldtool.domain.listing import CaseLine
    from fieldtool.inspection import Inspection


class Group(NamedTuple):
    """Some of the cases, and how far they are."""

    id: str
    title: str
    cases: int
    untouched: int
    in_progress: int
    complete: int
    done: int
    due: int


class Grouping(NamedTuple):
    """The cases by one of their properties."""

    key: str
    title: str
    groups: tuple[Group, ...]


@click.command(short_help="How far the cases are, and who holds them.")
@path_argument
@json_option
def progress(path: Path, as_json: bool) -> None:
    """Say how far the cases of the inspection PATH are: all of them, by sample, by inspector and by place.

    Below, laptops are named whose clocks have jumped.

    A case is untouched until something was answered, judged or noted. "Done" counts what a case must have:
    its facts, its prompts and its judgements.

    \b
    Examples:
      fieldtool progress hiow.db
      fieldtool progress hiow.db --json
    """
    from fieldtool.domain.listing import CaseFilter
    from fieldtool.store.check import told

    with looking_at(path) as inspection:
        lines = inspection.roll.all_lines(CaseFilter())
        whole, groupings = _group("", "", lines), [*_groupings(inspection, lines)]
        jumps = inspection.clock_jumps()
    if as_json:
        data: dict[str, object] = {"cases": _data(whole)}
        data |= {grouping.key: [_data(group) for group in grouping.groups] for grouping in groupings}
        data["clock_jumps"] = [jump._asdict() | {"event": jump.event.id} for jump in jumps]
        say_json(data)
    else:
        say(_lines(whole, groupings))
        if jumps:
            say(
                [
                    "",
                    "Clocks that jumped: take the times around it with care",
                    *(f"  {told(jump)}" for jump in jumps),
                ]
            )


def _groupings(inspection: Inspection, lines: Sequence[CaseLine]) -> Iterator[Grouping]:
    framework = inspection.framework
    samples = {sample.id: sample.title for sample in framework.samples}
    yield Grouping("samples", "By sample", _groups(lines, lambda line: line.sample, samples))
    people = {person.id: person.name for person in inspection.roll.people}
    held = {id: f"{id}, {name}" for id, name in people.items()} | {"": "Nobody yet"}
    yield Grouping("inspectors", "By inspector", _groups(lines, lambda line: line.holder, held))
    if framework.list_fact is not None:
        fact = framework.facts_by_id[framework.list_fact]
        places = {choice.id: choice.title for choice in fact.choices}
        places |= {line.place: fact.label(line.place) for line in sorted(lines, key=lambda line: line.place)}
        places.pop("", None)
        places[""] = "Not recorded"
        yield Grouping(
            "places", f"By {_lowered(fact.title)}", _groups(lines, lambda line: line.place, places)
        )


def _groups(
    lines: Sequence[CaseLine], key: Callable[[CaseLine], str], titles: dict[str, str]
) -> tuple[Group, ...]:
    """The cases by a key, in the order of the titles, what has none after them."""
    found: dict[str, list[CaseLine]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
    last = [id for id in ("",) if id in found]
    order = [id for id in titles if id] + sorted(found.keys() - titles.keys() - {""}) + last
    return tuple(_group(id, titles.get(id, id), found[id]) for id in order if id in found)


def _group(id: str, title: str, lines: Iterable[CaseLine]) -> Group:
    from fieldtool.domain.listing import CaseState

    held = list(lines)
    states = Counter(line.state for line in held)
    return Group(
        id,
        title,
        len(held),
        states[CaseState.UNTOUCHED],
        states[CaseState.IN_PROGRESS],
        states[CaseState.COMPLETE],
        sum(line.done for line in held),
        sum(line.due for line in held),
    )


def _data(group: Group) -> dict[str, object]:
    data = group._asdict()
    if not group.title:
        del data["id"], data["title"]
    return data


def _lines(whole: Group, groupings: Iterable[Grouping]) -> Iterator[str]:
    yield (
        f"{counted(whole.cases, 'case')}: {number(whole.untouched)} untouched, "
        f"{number(whole.in_progress)} in progress, {number(whole.complete)} complete; {_done(whole)}."
    )
    for grouping in groupings:
        yield ""
        yield grouping.title
        yield from columns([_row(group) for group in grouping.groups], right=(1, 2, 3, 4))


def _row(group: Group) -> tuple[str, ...]:
    return (
        f"  {group.title}",
        counted(group.cases, "case"),
        f"{number(group.untouched)} untouched",
        f"{number(group.in_progress)} in progress",
        f"{number(group.complete)} complete",
        _done(group),
    )


def _done(group: Group) -> str:
    from fieldtool.domain.tally import whole_percent

    percent = whole_percent(group.done, group.due)
    if percent == 100 and group.done < group.due:
        percent = 99  # whoever reads 100 takes it for done
    share = "" if percent is None else f" ({percent} per cent)"
    return f"{number(group.done)} of {number(group.due)} items done{share}"


def _lowered(title: str) -> str:
    """A title inside a sentence; one that begins with an abbreviation stays."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
