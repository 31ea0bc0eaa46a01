"""`fieldtool sample`: how large a sample must be, and drawing it from the case list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.case_lists import sample_of
from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import as_option, json_option, path_argument, working_in
from fieldtool.domain.words.numbers import number

if TYPE_CHECKING:
    from decimal import Decimal

    from fieldtool.domain.method.drawing import Draw
    from fieldtool.domain.method.framework import Framework
    from fieldtool.domain.words.samples import Section


def _per_cent(ctx: click.Context, param: click.Parameter, value: str) -> Decimal:
    """Read a number as it is written, without making a float of it."""
    from decimal import Decimal, InvalidOperation

    try:
        given = Decimal(value)
    except InvalidOperation:
        given = Decimal("nan")
    if not given.is_finite():
        raise click.BadParameter(f"{value} is not a number.", ctx, param)
    return given


@click.group(no_args_is_help=False, short_help="Samples: size, draw.")
def sample() -> None:
    """Work out how large a sample must be, and draw it.

    \b
    Examples:
      fieldtool sample size --population 1217
      fieldtool sample draw hiow.db --size 148 --buffer 20 --explain
    """


@sample.command(short_help="How many cases a population needs.")
@click.option("--population", type=click.IntRange(1, 10**9), required=True, help="How many cases there are.")
@click.option("--confidence", callback=_per_cent, default="80", help="In per cent; usually 80.")
@click.option(
    "--margin", callback=_per_cent, default="5", help="In points of per cent, to either side; usually 5."
)
@click.option("--size", type=click.IntRange(1), help="Say instead what margin so many cases have.")
@json_option
def size(population: int, confidence: Decimal, margin: Decimal, size: int | None, as_json: bool) -> None:
    """Say how many cases show a share of a population within a margin, and how that comes about.

    \b
    Examples:
      fieldtool sample size --population 1217
      fieldtool sample size --population 1217 --confidence 95 --margin 3
      fieldtool sample size --population 1217 --size 148
    """
    from fieldtool.domain.words.samples import sizing

    if size is not None and size > population:
        raise Refused(f"The size must lie between 1 and the population, {population}.")
    needed = sizing(population, confidence, margin, size)
    if as_json:
        from fieldtool.cli.json_of_tasks import SampleSize

        shown = {"margin": needed.margin if size else margin, "size": needed.size, "formula": needed.formula}
        say_json(SampleSize.made_of(population=population, confidence=confidence, **shown))
        return
    say([needed.in_words, needed.formula])
    if not size:
        say([f"That many have a margin of {needed.margin} points."])


@sample.command("draw", short_help="Draw the sample from the case list.")
@path_argument
@click.option("--size", type=click.IntRange(1, 10**6), required=True, help="Cases wanted.")
@click.option("--sample", "named", metavar="ID", help="The sample type, where several have a case list.")
@click.option("--buffer", type=click.IntRange(0, 1000), default=0, help="Reserve cases on top, in per cent.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="Of the lot: the same one gives the same cases."
)
@click.option(
    "--again", metavar="WHY", help="Draw once more, and why; cases not drawn again leave the sample."
)
@click.option("--explain", is_flag=True, help="Say how each number came about.")
@as_option
@json_option
def draw(
    path: Path,
    size: int,
    named: str | None,
    buffer: int,
    seed: int | None,
    again: str | None,
    explain: bool,
    person: str | None,
    as_json: bool,
) -> None:
    """Draw a sample from the case list of the inspection PATH, and let the cases drawn come into the inspection.

    All cases of a stratum have the same chance, with at most six cases of an officer; clusters, local delivery units
    and officers come out in proportion. Main cases are drawn first, then reserve cases, which stand by and are no
    cases of the inspection yet. The seed is kept: whoever has list and seed can draw the same again. What could not
    be drawn is said as the shortfall.

    \b
    Examples:
      fieldtool sample draw hiow.db --size 148 --buffer 20
      fieldtool sample draw hiow.db --size 148 --seed 7 --explain --json
    """
    import secrets

    from fieldtool.work.lead import draws
    from fieldtool.work.lead.lead import Lead

    with working_in(path, person) as inspection:
        lead = Lead(inspection)
        with_list = [*draws.lists_seen(lead)]
        if not with_list:
            raise Refused("There is no case list yet: bring it in with `fieldtool cases import`.")
        chosen = sample_of(inspection.framework, named, with_list)
        seed = secrets.randbelow(1_000_000_000) if seed is None else seed
        plan = draws.propose(lead, chosen, size, buffer=buffer, seed=seed, again=again).carry_out()
        drawn, framework = plan.drawn, inspection.framework
        sections = plan.population.explained(drawn.plan, drawn) if explain else ()
    if as_json:
        _say_drawn(drawn, sections)
    else:
        say(_lines(framework, drawn, sections))


def _say_drawn(drawn: Draw, sections: Sequence[Section]) -> None:
    from fieldtool.cli.json_of_tasks import SampleDrawn, StratumDrawn

    whole = sum(stratum.population for stratum in drawn.strata) or 1
    strata = [StratumDrawn.made_of(each, share=round(each.population / whole, 4)) for each in drawn.strata]
    officers = [{"id": officer, "drawn": cases} for officer, cases in drawn.officers.items()]
    told = [sentence for section in sections for sentence in section.sentences]
    more = {"seed": drawn.seed, "explained": told} if sections else {}
    say_json(SampleDrawn.made_of(strata=strata, officers=officers, shortfall=drawn.shortfall, **more))


def _lines(framework: Framework, drawn: Draw, sections: Sequence[Section]) -> Iterator[str]:
    from fieldtool.domain.words.samples import (
        drawn_in_words,
        limited_in_words,
        officers_in_words,
        same_officer_in_words,
        shortfall_in_words,
        titles_of,
    )

    titles = titles_of(framework)
    yield drawn_in_words(drawn)
    yield ""
    head = ("Stratum", "population", "size", "with reserve", "drawn")
    rows = [
        (titles.get(s.id, s.id), *map(number, (s.population, s.size, s.size_with_buffer, s.drawn)))
        for s in drawn.strata
    ]
    yield from columns([head, *rows], right=(1, 2, 3, 4))
    yield ""
    told = officers_in_words(drawn), limited_in_words(drawn.plan), same_officer_in_words(drawn.plan)
    yield from filter(None, (*told, shortfall_in_words(drawn, titles)))
    for section in sections:
        yield ""
        yield section.title
        yield from (f"  {sentence}" for sentence in section.sentences)
