"""`fieldtool framework`: the instruments that come with the program, and checks of those that you write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, say
from fieldtool.cli.session import A_PATH, FOUND
from fieldtool.domain.words.numbers import counted, listed

if TYPE_CHECKING:
    from fieldtool.domain.base import Applicability
    from fieldtool.domain.method.framework import Framework, KeyQuestion, Standard


@click.group(no_args_is_help=False, short_help="The inspection frameworks: list, show, check.")
def framework() -> None:
    """Look at the inspection frameworks, and check one that you have written.

    \b
    Examples:
      fieldtool framework list
      fieldtool framework show crc_2019
      fieldtool framework check mine.toml
    """


@framework.command("list", short_help="The frameworks that come with the program.")
def list_() -> None:
    """List the frameworks that come with the program."""
    from fieldtool.frameworks.loader import available, load

    say(columns([(id, load(id).title) for id in available()]))


@framework.command(short_help="One framework: its standards, key questions and prompts.")
@click.argument("id")
def show(id: str) -> None:
    """Show the framework ID, or the one in the file that ID names: all of its wording.

    \b
    Example:
      fieldtool framework show crc_2019
    """
    from fieldtool.frameworks.loader import load

    say(_lines(load(id)))


@framework.command(short_help="Check a framework that you have written.")
@click.argument("file", type=A_PATH)
@click.pass_context
def check(ctx: click.Context, file: Path) -> None:
    """Check the framework in FILE; every finding is one line, and with any of them the exit code is 1.

    \b
    Example:
      fieldtool framework check mine.toml
    """
    from fieldtool.frameworks.loader import check_file, load_file

    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise Refused(f"{file} {what}: name the TOML file of a framework.")
    findings = check_file(file)
    if findings:
        say(findings)
        ctx.exit(FOUND)
    found = load_file(file)
    say([f"{found.title}: {_size(found)}; nothing is wrong with it."])


def _size(framework: Framework) -> str:
    return listed(
        [
            counted(len(framework.standards), "standard"),
            counted(len(framework.key_questions_by_id), "key question"),
            counted(len(framework.prompts_by_id), "prompt"),
        ]
    )


def _lines(framework: Framework) -> Iterator[str]:
    yield f"{framework.id}: {framework.title}"
    yield _size(framework)
    yield framework.licence
    yield ""
    yield "Ratings"
    rows = [
        (f"  {b.title}", f"{b.from_percent} to {b.to_percent} per cent", f"{b.score}")
        for b in framework.bands
    ]
    yield from (
        f"{line}{' point' if line.endswith(' 1') else ' points'}" for line in columns(rows, right=(1,))
    )
    yield "Overall ratings"
    yield from columns(
        [(f"  {b.title}", f"{b.from_score} to {b.to_score} points") for b in framework.overall]
    )
    yield ""
    yield "Case facts"
    yield from _facts(framework)
    if framework.strata:
        yield ""
        yield "Strata of samples: the first that fits a case"
    for stratum in framework.strata:
        sample = framework.samples_by_id[stratum.sample].title
        yield f"  {stratum.id}: {stratum.title} ({sample}){_condition(framework, stratum.when)}"
    for form in framework.forms:
        yield ""
        yield f"Interview form, {form.kind.words.lower()}: {form.title}"
        for question in form.questions:
            yield f"  {question.id}: {question.wording}"
            yield f"    {'; '.join(answer.title for answer in question.answers)}"
    for domain in framework.domains:
        yield ""
        yield f"Domain {domain.id} {domain.title}"
        for standard in domain.standards:
            yield ""
            yield from _standard(framework, standard)


def _facts(framework: Framework) -> Iterator[str]:
    for fact in framework.facts:
        samples = listed([framework.samples_by_id[sample].title for sample in fact.samples])
        choices = "; ".join(choice.title for choice in fact.choices) or "a short text"
        yield f"  {fact.id}: {fact.title} ({samples}{'' if fact.required else '; may be left out'})"
        yield f"    {choices}"


def _standard(framework: Framework, standard: Standard) -> Iterator[str]:
    by = "judged as a whole"
    if standard.sample is not None:
        by = f"over cases of the sample {framework.samples_by_id[standard.sample].title}"
    uncounted = "" if standard.counts else "; not part of the overall score"
    yield f"{standard.id} {standard.title} ({by}{uncounted})"
    yield f"  {standard.statement}"
    for question in standard.key_questions:
        yield from _question(framework, question)


def _question(framework: Framework, question: KeyQuestion) -> Iterator[str]:
    yield f"  {question.id} {question.wording}{_condition(framework, question.applies)}"
    if question.qualitative:
        yield "    Judged in words, not counted over cases."
    for prompt in question.prompts:
        yield f"    {prompt.id} {prompt.wording}{_condition(framework, prompt.applies)}"


def _condition(framework: Framework, applies: Applicability) -> str:
    """In which cases an item applies; empty where it always does."""
    parts = []
    for name, values in applies.items():
        fact = framework.facts_by_id[name]
        parts.append(f"{fact.title} is {listed([fact.label(value) for value in values], 'or')}")
    return f" (only where {listed(parts)})" if parts else ""
