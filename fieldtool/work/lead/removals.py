"""Who belongs to an inspection, for a lead to say: laptops and people who leave it, and recovery keys.

What a laptop or a person has recorded until then stays, and so do the cases that a person holds, until the lead
takes them over. Where the team has no lead inspector yet, whoever set the inspection up may do all this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldtool.domain.kinds.inspection import PersonRemoved
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.laptops import LaptopRemoved, RecoveryKeyNamed
from fieldtool.domain.log.known_laptops import KnownLaptop
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.domain.words.nearest import did_you_mean
from fieldtool.store.chain.reading import read_ends
from fieldtool.store.keys import key_file, membership, team
from fieldtool.store.views import laptops
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.plans import Plan, proposal

SHORTEST = 4
"""So many characters of a key must be said at least."""


@dataclass(frozen=True, kw_only=True)
class Departure(Plan):
    """What removing a laptop, or taking somebody off the team, would do."""

    laptops: tuple[KnownLaptop, ...]
    """Those that are removed, as they were before."""
    cases: tuple[str, ...] = ()
    """What somebody holds who leaves, until another takes it over."""


def known_laptops(lead: Lead) -> tuple[KnownLaptop, ...]:
    """Every laptop that was ever invited, by its person."""
    return membership.known_laptops(lead.database)


def _meant(known: Sequence[KnownLaptop], named: str) -> list[KnownLaptop]:
    word = named.strip().lower()
    by_key = [laptop for laptop in known if len(word) >= SHORTEST and laptop.key.startswith(word)]
    theirs = [laptop for laptop in known if laptop.person == named]
    return by_key or [laptop for laptop in theirs if not laptop.removed] or theirs


def laptop_named(lead: Lead, named: str) -> KnownLaptop:
    """The laptop that is meant by the beginning of its key, or by its person; removed ones only if all of theirs are.

    Raises:
        InspectionError: there is none, or more than one.
    """
    known = known_laptops(lead)
    meant = _meant(known, named)
    if len(meant) == 1:
        return meant[0]
    several = ", ".join(f"{laptop.short} of {laptop.person}" for laptop in meant)
    raise InspectionError(
        f"{named} may be any of {several}: say which, by the beginning of its key."
        if meant
        else f"There is no laptop {named} in this inspection: `fieldtool laptops PATH` names those that there are."
        if known
        else "No laptop takes part in this inspection yet: it is not shared."
    )


@proposal
def propose_laptop(lead: Lead, named: str, why: str) -> Departure:
    """Take a laptop off the roster: what it records beyond what is here counts nowhere from then on.

    Args:
        named: see `laptop_named`.

    Raises:
        InspectionError: who works here may not, there is no such laptop, it was removed before, it is
            this one, or no reason is given.
    """
    lead.must_lead()
    because = _reason(why, "the laptop is removed")
    laptop = laptop_named(lead, named)
    if laptop.removed:
        raise InspectionError(
            f"Laptop {laptop.short} of {laptop.person} was removed before, by {laptop.removed_by} ({laptop.why})."
        )
    _none_is_here([laptop])
    return Departure(deeds=(("", _removals(lead, [laptop], because)),), laptops=(laptop,))


@proposal
def propose_person(lead: Lead, person: str, why: str) -> Departure:
    """Take somebody off the team, and all their laptops off the roster; what they did until now stays.

    Raises:
        InspectionError: who works here may not, there is no such person, nobody would be left to lead, this is one of
            their laptops, or no reason is given.
    """
    lead.must_lead()
    because = _reason(why, f"{person} is removed")
    lead.must_be_on_team(person)
    _somebody_leads(lead, person)
    theirs = [each for each in known_laptops(lead) if each.person == person and not each.removed]
    _none_is_here(theirs)
    removed = [PersonRemoved(person=person, why=because), *_removals(lead, theirs, because)]
    held = lead.inspection.file.all_lines(CaseFilter(holder=person))
    return Departure(deeds=(("", removed),), laptops=tuple(theirs), cases=tuple(line.ref for line in held))


def _removals(lead: Lead, removed: Sequence[KnownLaptop], why: str) -> list[Body]:
    """The removal of some laptops, each as far as it is known when this is asked for."""
    database = lead.database
    joined, ends = laptops.joined(database), read_ends(database)
    bodies: list[Body] = []
    for laptop in removed:
        known = {str(chain): end.seq for chain, end in ends.items() if joined.get(chain.id) == laptop.key}
        bodies.append(LaptopRemoved(key=laptop.key, person=laptop.person, ends=known, why=why))
    return bodies


def _somebody_leads(lead: Lead, person: str) -> None:
    leads = [known.id for known in lead.team.values() if known.role == team.LEADS]
    if leads == [person]:
        raise InspectionError(
            f"{person} is the only lead inspector: add another one first, with `fieldtool team PATH add`."
        )
    if not leads and person == team.set_up_by(lead.database):
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


@proposal
def propose_recovery_key(lead: Lead, name: str, recipient: str | None) -> Plan:
    """Let whoever has the secret key to a public one open all bundles made from then on.

    Args:
        recipient: a public key of age, as "age1…"; None ends the key of this name, and what was sealed for it
            before stays so.

    Raises:
        InspectionError: who works here may not, or there is a key of this name already, or none to end.
        StoreError: it is no key.
    """
    lead.must_lead()
    name = " ".join(name.split())
    known = [named.name for named in team.recovery_keys(lead.database)]
    if not name:
        raise InspectionError("A recovery key needs a name, as that of the office which has the secret one.")
    if recipient is not None:
        if name in known:
            raise InspectionError(
                f"There is a recovery key {name} already: end it first, or choose another name."
            )
        recipient = recipient.strip()
        key_file.recipient_of(recipient)
    elif name not in known:
        raise InspectionError(f"There is no recovery key {name}: {did_you_mean(name, known)}")
    return Plan(deeds=(("", [RecoveryKeyNamed(name=name, recipient=recipient)]),))


def _reason(why: str, what: str) -> str:
    because = " ".join(why.split())
    if not because:
        raise InspectionError(f"Say why {what}, with --because WORDS.")
    return because
