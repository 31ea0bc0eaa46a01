"""What the screen of the team says of laptops, and of people and laptops that leave the inspection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fieldtool.domain.log.known_laptops import KnownLaptop
from fieldtool.domain.method.case_line import Person
from fieldtool.domain.words.days import in_the_past, moment
from fieldtool.domain.words.numbers import counted, listed
from fieldtool.tui.lead.team_list import LAPTOP, LAPTOPS, Entry
from fieldtool.tui.parts.table import Heading, in_columns
from fieldtool.work.lead.removals import Departure

SEND = (
    "Send this to the others with f3. If there is a central store, take the login away as well: "
    "`fieldtool central people URL remove PATH LOGIN`."
)

LEAVE_IT = ("leave", "Leave everything as it was")


def entries(laptops: Sequence[KnownLaptop]) -> Iterator[Entry | Heading]:
    """The lines about laptops: headings, then one line for each that was ever invited."""
    if not laptops:
        yield Heading("Laptops: none takes part yet")
        return
    names = [(f"Laptops: {len(laptops)}", ""), *((column.title, "") for column in LAPTOPS[1:])]
    yield Heading(" ".join(text for text, _ in in_columns(LAPTOPS, names, 80)))
    for each in laptops:
        state = "removed" if each.removed else "this one" if each.here else ""
        joined = moment(each.joined) or "invited"
        cells = (each.short, each.person, joined, moment(each.heard) or "never", f"{each.events:,}", state)
        yield Entry(LAPTOP, each.key, cells)


def all_of(laptop: KnownLaptop) -> str:
    """Everything that is known of a laptop."""
    lines = [f"Its key begins with {laptop.short}." + (" It is this laptop." if laptop.here else "")]
    if laptop.invited:
        lines.append(f"{laptop.invited_by} invited it {in_the_past(laptop.invited)}.")
    lines.append(f"It joined {in_the_past(laptop.joined)}." if laptop.joined else "It has not joined yet.")
    lines.append(
        f"Its last news: {in_the_past(laptop.heard)}." if laptop.heard else "Nothing was heard of it yet."
    )
    lines.append(f"{_entries(laptop).capitalize()} of it {'is' if laptop.events == 1 else 'are'} here.")
    if laptop.removed:
        lines.append(f"{laptop.removed_by} removed it {in_the_past(laptop.removed)}, because: {laptop.why}")
    return "\n".join(lines)


def whether_person(person: Person, held: int, laptops: Sequence[KnownLaptop]) -> str:
    """The question whether somebody is to be taken off the team, with what comes of it."""
    parts = [f"Take {person.id}, {person.name}, off the team? What they did stays."]
    if laptops:
        what = listed([each.short for each in laptops])
        whose = "Their laptop" if len(laptops) == 1 else "Their laptops"
        goes = "goes with them: what it records" if len(laptops) == 1 else "go with them: what they record"
        parts.append(f"{whose} {what} {goes} beyond what is here counts nowhere.")
    if held:
        stay = "stays theirs until it is" if held == 1 else "stay theirs until they are"
        parts.append(f"The {counted(held, 'case')} that they hold {stay} taken over.")
    return " ".join(parts)


def whether_laptop(laptop: KnownLaptop) -> str:
    """The question whether a laptop is to be removed, with what comes of it."""
    return (
        f"Remove laptop {laptop.short} of {laptop.person}? Its {_entries(laptop)} that are here stay; whatever else "
        f"it has recorded counts nowhere, and it gets nothing more. {laptop.person} stays on the team."
    )


def gone(person: str, departed: Departure) -> str:
    """What came of taking somebody off the team, and what is left to do."""
    parts = ["What they did stays."]
    parts += [f"Laptop {each.short} is removed: its {_entries(each)} stay." for each in departed.laptops]
    if departed.cases:
        few = [*departed.cases[:5], "others"] if len(departed.cases) > 5 else departed.cases
        parts += [
            "",
            f"{person} still holds {counted(len(departed.cases), 'case')}: {listed(few)}.",
            f"To take them over: Share out on the desk (6), the cursor on {person}, tab to the cases, ctrl+a to mark "
            "all of them; then f6 gives them to somebody, f7 frees them.",
            f"By command: `fieldtool assign PATH --of {person} --to PERSON --because WORDS`.",
        ]
    return "\n".join([*parts, "", SEND])


def laptop_gone(laptop: KnownLaptop) -> str:
    """What came of removing a laptop, and what is left to do."""
    return (
        f"Its {_entries(laptop)} that are here stay; whatever else it has recorded counts nowhere.\n\n{SEND}"
    )


def _entries(laptop: KnownLaptop) -> str:
    return counted(laptop.events, "entry", "entries")
