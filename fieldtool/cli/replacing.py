"""`fieldtool replace`: a case drops out, and the next reserve case comes for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import as_option, json_option, leading, looking_at, path_argument
from fieldtool.domain.words.days import moment_in_full
from fieldtool.domain.words.numbers import listed

if TYPE_CHECKING:
    from fieldtool.domain.method.replacement import Eliminated


@click.command(short_help="Replace a case that drops out by the next reserve case.")
@path_argument
@click.argument("ref", metavar="[CASE]", required=False)
@click.option("--criterion", metavar="WORD", help="Why it drops out; without it, the criteria are listed.")
@click.option("--because", metavar="WORDS", default="", help="The same in your own words.")
@click.option(
    "--without-reserve", is_flag=True, help="Let it drop out even if no reserve case is left for it."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--bring-back", is_flag=True, help="Take a case into the sample again that dropped out by mistake."
)
@click.option(
    "--list", "listing", is_flag=True, help="Say which cases dropped out, why, and what came for them."
)
@json_option
@as_option
def replace(
    path: Path,
    ref: str | None,
    criterion: str | None,
    because: str,
    without_reserve: bool,
    dry_run: bool,
    bring_back: bool,
    listing: bool,
    as_json: bool,
    person: str | None,
) -> None:
    """Let a case of the inspection PATH drop out of its sample, and the next reserve case of its stratum come for it.

    Reserve cases come in the order in which they were drawn. One whose responsible officer gives six cases already is
    passed over. Whoever held the case holds the one that comes, if they may. What was recorded of the case that drops
    out is kept.

    \b
    Examples:
      fieldtool replace hiow.db X123456 --criterion transferred --because "to Kent" --dry-run
      fieldtool replace hiow.db X123456 --criterion no_file --because "lost in the move"
      fieldtool replace hiow.db --list
    """
    from fieldtool.domain.method.case_list import CRITERIA
    from fieldtool.work.lead import replacements

    if bring_back:
        if any((dry_run, without_reserve, as_json, criterion, because, ref is None)):
            raise Refused("--bring-back does what it says at once: name the case alone with it.")
        with leading(path, person) as lead:
            replacements.propose_back(lead, ref or "").carry_out()
        say([f"{ref} is in the sample again; what came for it is still there too."])
        return
    if listing:
        _say_eliminated(path, as_json)
        return
    if ref is None:
        raise Refused("Say which case drops out, by its reference, or --list.")
    if criterion is None:
        raise Refused(f"Say --criterion, one of {listed([*CRITERIA], 'or')}, and --because WORDS.")
    with leading(path, person) as lead:
        proposed = replacements.propose(lead, ref, criterion, because, without_reserve=without_reserve)
        if proposed.blocked:
            raise Refused(
                f"{proposed.short.removesuffix('.')}: with --without-reserve, {ref} drops out all the same and the "
                "sample is one case short."
            )
        if not dry_run:
            proposed.carry_out()
    if as_json:
        from fieldtool.cli.json_of_tasks import Replaced

        say_json(Replaced.made_of(proposed, done=not dry_run))
    else:
        say([*proposed.told, *(["Nothing was done yet."] if dry_run else [])])


def _say_eliminated(path: Path, as_json: bool) -> None:
    from fieldtool.domain.method.case_list import criterion_title
    from fieldtool.work.lead import replacements
    from fieldtool.work.lead.lead import Lead

    with looking_at(path) as inspection:
        gone = replacements.eliminated(Lead(inspection))
    if as_json:
        from fieldtool.cli.json_of_tasks import AllDroppedOut

        say_json(AllDroppedOut.model_validate(tuple(gone)))
        return
    rows = [
        (
            each.ref,
            each.replaced_by or "nothing",
            each.who,
            moment_in_full(each.wall),
            f"{criterion_title(each.criterion)}: {each.why}",
        )
        for each in gone
    ]
    head = ("Case", "came for it", "by", "when", "why")
    say([*columns([head, *rows]), *_shared(gone)] if rows else ["No case has dropped out."])


def _shared(gone: Sequence[Eliminated]) -> list[str]:
    """Say where two laptops took the same reserve case without knowing of each other."""
    from fieldtool.work.lead.replacements import came_twice

    return [
        f"{ref} came for {listed(refs)}: take {'one' if len(refs) == 2 else 'all but one'} of them back with "
        "--bring-back, and replace it again."
        for ref, refs in came_twice(gone).items()
    ]
