"""Where a prompt, a key question or a standard stands, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping

from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.rating import KeyQuestionStanding, standing_of
from fieldtool.domain.method.tally import Count


def count_in_words(framework: Framework, item: str, now: Count, before: Count | None = None) -> str:
    """How many cases count for an item, as "2.3.1: 68 per cent, 47 of 69, Good; it was 67 per cent."."""
    if now.percent is None:
        return f"{item}: nothing is counted yet."
    told = f"{item}: {now.percent} per cent, {now.yes} of {now.judged}"
    question = framework.key_questions_by_id.get(item)
    band = KeyQuestionStanding(framework, question, now).band if question else None
    if band is not None:
        told += f", {band.title}"
    if before is not None and before != now and before.percent is not None:
        told += f"; it was {before.percent} per cent, {before.yes} of {before.judged}"
    return f"{told}."


def standard_in_words(framework: Framework, item: str, counts: Mapping[str, Count]) -> str:
    """Where the standard of an item stands, as "2.3 Implementation: Inadequate so far; …"."""
    standard = framework.standard_of[item]
    standing = standing_of(framework, standard, counts)
    if standing.provisional is None:
        return f"{standard.id} {standard.title}: no rating yet."
    end = (
        "no open case can change it"
        if standing.settled
        else f"it can still end from {standing.possible[0].title} to {standing.possible[-1].title}"
    )
    return f"{standard.id} {standard.title}: {standing.provisional.title} so far; {end}."


def why_not_asked(framework: Framework, item: str, facts: Mapping[str, str]) -> str:
    """Say by which fact an item does not apply, or which one is not recorded yet."""
    unknown = []
    for mapping in framework.conditions.get(item, ()):
        for fact_id, values in mapping.items():
            fact, value = framework.facts_by_id[fact_id], facts.get(fact_id)
            if value is None:
                unknown.append(fact.title)
            elif value not in values:
                return f"Does not apply: {fact.title} is {fact.label(value)}. Answers are kept, not counted."
    return f"Counts once this fact is recorded: {unknown[0]}." if unknown else ""
