"""Slots and their values in words, as lists of conflicts and histories call them."""

from __future__ import annotations

import json

from fieldtool.domain.kinds.kind import KINDS
from fieldtool.domain.log import agenda
from fieldtool.domain.log.history import Change
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.case_list import criterion_title
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.numbers import listed

_WORDS = {"not_relevant": "not relevant", "in_progress": "reopened"}
ROLES = {
    "lead_inspector": "lead inspector",
    "inspector": "inspector",
    "local_assessor": "local assessor",
}
"""What the roles of a team are called."""


def name_of(framework: Framework, slot: Slot) -> str:
    """What a slot is about, as "Reason for the judgement of 2.1.3"."""
    fact = framework.facts_by_id.get(slot.item)
    if slot.aspect is Aspect.FACT and fact is not None:
        return fact.title
    if slot.aspect is Aspect.NOTE and not slot.item:
        return "Note on the case"
    if slot.aspect in (Aspect.EVIDENCE, Aspect.INTERVIEW):
        return agenda.name_of(slot)
    return _TITLES.get(slot.aspect, "{aspect} {item}").format(aspect=slot.aspect, item=slot.item)


def value_of(framework: Framework, slot: Slot, value: str | None) -> str:
    """A value of a slot, as "not relevant" or "High or very high"."""
    if value is None:
        return "nobody" if slot.aspect is Aspect.HOLDER else "nothing"
    match slot.aspect:
        case Aspect.FACT:
            fact = framework.facts_by_id.get(slot.item)
            return (fact.label(value) if fact else "") or value
        case Aspect.SAMPLE:
            sample = framework.samples_by_id.get(value)
            return sample.title if sample else value
        case Aspect.AGENDA | Aspect.OUTCOME | Aspect.INTERVIEW:
            return agenda.value_of(framework, slot, value)
        case aspect:
            return _other_value(aspect, value)


def _other_value(aspect: Aspect, value: str) -> str:
    match aspect:
        case Aspect.PERSON:
            person = json.loads(value)
            return f"{person['name']}, {ROLES.get(person['role'], person['role'])}"
        case Aspect.INSPECTION:
            opened = json.loads(value)
            days = " to ".join(opened[day] for day in ("fieldwork_from", "fieldwork_to") if day in opened)
            return ", ".join(filter(None, (opened["title"], opened["provider"], days)))
        case Aspect.FRAMEWORK:
            chosen = json.loads(value)
            return f"{chosen['title']} ({chosen['id']})"
        case Aspect.LIST:
            return f"{json.loads(value)['cases']} cases"
        case Aspect.DRAW:
            drawn = json.loads(value)
            return f"{len(drawn['cases'])} cases, drawn with seed {drawn['seed']}"
        case Aspect.ELIMINATED:
            out = json.loads(value)
            came = out.get("replaced_by") or "nothing"
            return f"{criterion_title(out['criterion'])}: {out['why']}; {came} came for it"
        case Aspect.FIGURES:
            imported = json.loads(value)
            return ", ".join(filter(None, (imported.get("title"), f"{len(imported['figures'])} figures")))
        case _:
            return _WORDS.get(value, value)


def quoted_value(framework: Framework, slot: Slot, value: str | None) -> str:
    """A value of a slot inside a sentence: texts that somebody wrote in quotation marks."""
    told = value_of(framework, slot, value)
    return f'"{told}"' if value is not None and slot.aspect in (Aspect.NOTE, Aspect.REASON) else told


def change_in_words(framework: Framework, change: Change) -> str:
    """What became of a slot: to what it was set, and from what."""
    if change.without_effect:
        return f"something that this version cannot read ({change.kind}): kept, without effect here"
    now = quoted_value(framework, change.slot, change.value)
    was = [quoted_value(framework, change.slot, value) for value in change.before]
    if change.beyond_removal:
        return f"{now}: counts nowhere, for this laptop had been removed"
    since = f", from {listed(was)}" if was else ""
    because = f", because: {change.why}" if change.why else ""
    if change.deed:
        return f"{change.deed}{because}"
    if change.undoes:
        return f"undone: back to {now}{since}"
    if change.value is None:
        return f"taken back{since}{because}"
    return f"{'settled as' if len(was) > 1 else 'set to'} {now}{since}{because}"


_TITLES = {model.says.aspect: model.says.title for model in KINDS.values() if model.says.title}
