"""Who belongs to an inspection, for a lead to say: laptops and people who leave it, and recovery keys.

What a laptop or a person has recorded until then stays, and so do the cases that a person holds, until the lead
takes them over. Where the team has no lead inspector yet, whoever set the inspection up may do all this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fieldtool.domain.kinds.inspection import PersonRemoved
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.laptops import LaptopRemoved, RecoveryKeyNamed
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.chain.reading import read_ends
from fieldtool.store.keys import key_file, membership, team
from fieldtool.store.keys.membership import KnownLaptop
from fieldtool.store.keys.team import RecoveryKey
from fieldtool.store.views import laptops
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead

__all__ = [
    "Departed",
    "KnownLaptop",
    "RecoveryKey",
    "end_recovery_key",
    "known_laptops",
    "laptop_named",
    "name_recovery_key",
    "recovery_keys",
    "remove_laptop",
    "remove_person",
    "why_not",
]

SHORTEST = 4
"""So many characters of a key must be said at least."""


class Departed(NamedTuple):
    """What came of taking somebody off the team."""

    laptops: tuple[KnownLaptop, ...]
    """Those of theirs that were removed with them."""
    cases: tuple[str, ...]
    """What they hold still, until somebody takes it over."""


def why_not(lead: Lead) -> str:
    """Say why who works here may not say who belongs to the inspection; empty if they may."""
    file, person = lead.inspection.file, lead.inspection.person
    if file.why_read_only or person is None:
        return f"Nothing can be recorded here: {file.why_read_only or 'opened to look only'}."
    return team.why_not_lead(file.database, person)


# ---------------------------------------------------------------------- laptops


def known_laptops(lead: Lead) -> tuple[KnownLaptop, ...]:
    """Every laptop that was ever invited, by its person."""
    return membership.known_laptops(lead.inspection.file.database)


def laptop_named(lead: Lead, named: str) -> KnownLaptop:
    """The laptop that is meant by the beginning of its key, or by the person who alone has it.

    Raises:
        InspectionError: there is none, or more than one.
    """
    known = known_laptops(lead)
    meant = _meant(known, named)
    if len(meant) == 1:
        return meant[0]
    if meant:
        several = ", ".join(f"{laptop.short} of {laptop.person}" for laptop in meant)
        raise InspectionError(f"{named} may be any of {several}: say which, by the beginning of its key.")
    raise InspectionError(
        f"There is no laptop {named} in this inspection: `fieldtool laptops PATH` names those that there are."
        if known
        else "No laptop takes part in this inspection yet: it is not shared."
    )


def _meant(known: Sequence[KnownLaptop], named: str) -> list[KnownLaptop]:
    """The laptops whose keys begin so; else those of the person of that name, removed ones only if all are."""
    word = named.strip().lower()
    by_key = [laptop for laptop in known if len(word) >= SHORTEST and laptop.key.startswith(word)]
    theirs = [laptop for laptop in known if laptop.person == named]
    return by_key or [laptop for laptop in theirs if not laptop.removed] or theirs


def remove_laptop(lead: Lead, named: str, why: str) -> KnownLaptop:
    """Take a laptop off the roster: what it records beyond what is here counts nowhere from now on.

    Args:
        named: see `laptop_named`.

    Returns:
        The laptop as it was.

    Raises:
        InspectionError: who works here may not, there is no such laptop, it was removed before, it is
            this one, or no reason is given.
        StoreError: it could not be saved.
    """
    _must(lead)
    because = _reason(why, "the laptop is removed")
    laptop = laptop_named(lead, named)
    if laptop.removed:
        raise InspectionError(
            f"Laptop {laptop.short} of {laptop.person} was removed before, by {laptop.removed_by} ({laptop.why})."
        )
    _none_is_here([laptop])
    lead.inspection.record(*_removals(lead, [laptop], because))
    return laptop


def remove_person(lead: Lead, person: str, why: str) -> Departed:
    """Take somebody off the team, and all their laptops off the roster; what they did until now stays.

    Raises:
        InspectionError: who works here may not, there is no such person, nobody would be left to lead, this is one of
            their laptops, or no reason is given.
        StoreError: it could not be saved.
    """
    _must(lead)
    because = _reason(why, f"{person} is removed")
    if person not in lead.team:
        known = ", ".join(lead.team)
        raise InspectionError(f"{person} is not on the team of this inspection: the team is {known}.")
    _somebody_leads(lead, person)
    theirs = [laptop for laptop in known_laptops(lead) if laptop.person == person and not laptop.removed]
    _none_is_here(theirs)

    lead.inspection.record(PersonRemoved(person=person, why=because), *_removals(lead, theirs, because))
    held = lead.inspection.file.all_lines(CaseFilter(holder=person))
    return Departed(tuple(theirs), tuple(line.ref for line in held))


def _removals(lead: Lead, removed: Sequence[KnownLaptop], why: str) -> list[Body]:
    """The removal of some laptops, each as far as it is known when this is asked for."""
    database = lead.inspection.file.database
    joined, ends = laptops.joined(database), read_ends(database)
    bodies: list[Body] = []
    for laptop in removed:
        known = {
            f"{chain.id}.{chain.incarnation}": end.seq
            for chain, end in ends.items()
            if joined.get(chain.id) == laptop.key
        }
        bodies.append(LaptopRemoved(key=laptop.key, person=laptop.person, ends=known, why=why))
    return bodies


def _somebody_leads(lead: Lead, person: str) -> None:
    leads = [known.id for known in lead.team.values() if known.role == team.LEADS]
    if leads == [person]:
        raise InspectionError(
            f"{person} is the only lead inspector: add another one first, with `fieldtool team PATH add`."
        )
    if not leads and person == team.set_up_by(lead.inspection.file.database):
        raise InspectionError(
            f"{person} has set the inspection up, and the team has no lead inspector: add one first, with "
            "`fieldtool team PATH add`."
        )


def _none_is_here(removed: Sequence[KnownLaptop]) -> None:
    """See to it that the laptop on which one works is none of them: it could not tell anybody any more."""
    if any(laptop.here for laptop in removed):
        raise InspectionError(
            "This is the laptop on which you work, and once removed it could send nobody the news: let another lead "
            "inspector remove it, on their own."
        )


# ---------------------------------------------------------------------- recovery keys


def recovery_keys(lead: Lead) -> tuple[RecoveryKey, ...]:
    """The public keys for whose owners all that is sent is sealed as well, by name."""
    return team.recovery_keys(lead.inspection.file.database)


def name_recovery_key(lead: Lead, name: str, recipient: str) -> None:
    """Let whoever has the secret key to a public one open all bundles made from now on.

    Args:
        recipient: a public key of age, as "age1…".

    Raises:
        InspectionError: who works here may not, or there is a key of this name already.
        StoreError: it is no key, or could not be saved.
    """
    _must(lead)
    name, recipient = " ".join(name.split()), recipient.strip()
    if not name:
        raise InspectionError("A recovery key needs a name, as that of the office which has the secret one.")
    if any(known.name == name for known in recovery_keys(lead)):
        raise InspectionError(
            f"There is a recovery key {name} already: end it first, or choose another name."
        )
    key_file.recipient_of(recipient)
    lead.inspection.record(RecoveryKeyNamed(name=name, recipient=recipient))


def end_recovery_key(lead: Lead, name: str) -> None:
    """Seal for a recovery key no more; what was sealed for it before stays so.

    Raises:
        InspectionError: who works here may not, or there is no such key.
        StoreError: it could not be saved.
    """
    _must(lead)
    name = " ".join(name.split())
    known = [named.name for named in recovery_keys(lead)]
    if name not in known:
        there = f"there are {', '.join(known)}" if known else "there are none"
        raise InspectionError(f"There is no recovery key {name}: {there}.")
    lead.inspection.record(RecoveryKeyNamed(name=name, recipient=None))


def _must(lead: Lead) -> None:
    why = why_not(lead)
    if why:
        raise InspectionError(why)


def _reason(why: str, what: str) -> str:
    because = " ".join(why.split())
    if not because:
        raise InspectionError(f"Say why {what}, with --because WORDS.")
    return because
