"""How far the inspection is, as its lead must know it at a glance: what is done, whether it is fair, who needs help."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from statistics import median

from fieldtool.domain.log.findings import Jump
from fieldtool.domain.method.pace import Fieldwork, Point, burn_up, pace
from fieldtool.domain.method.progress import (
    Counted,
    Ended,
    Group,
    Grouping,
    LaptopNews,
    StratumProgress,
    Where,
    headline,
    lowered,
    with_shares,
)
from fieldtool.domain.method.sampling import shares
from fieldtool.domain.method.strata import ALL
from fieldtool.store.audit import file_check
from fieldtool.store.views import progress_counts
from fieldtool.work.inspection import Inspection
from fieldtool.work.lead.draws import recorded

MINUTE = 60 * 1000

NOBODY, NOT_RECORDED, NO_STRATUM = "Nobody yet", "Not recorded", "Fits no stratum"


class Progress:
    """What there is to know of how far an inspection is on a day; each part is read when it is first asked for.

    Args:
        today: by the clock on the wall.
    """

    def __init__(self, inspection: Inspection, today: date) -> None:
        self.today = today
        self._inspection = inspection
        self._database = inspection.file.database

    # ------------------------------------------------------------------ the cases in groups

    @cached_property
    def whole(self) -> Group:
        """All cases."""
        groups = self._grouped(lambda _: "", {"": ""})
        return groups[0] if groups else Group("", "", 0, 0, 0, 0, 0, 0)

    @cached_property
    def groupings(self) -> tuple[Grouping, ...]:
        """The cases by sample, by inspector, and by the place that lists show, as the hub."""
        return tuple(self._groupings())

    @cached_property
    def fieldwork(self) -> Fieldwork:
        """When fieldwork takes place, or when the first case was completed."""
        return Fieldwork(*self._inspection.fieldwork).begun(self._completed(lambda _: "").get("", {}))

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The burn-up of all cases, day by day."""
        completed = self._completed(lambda _: "").get("", {})
        return burn_up(self.whole.cases, completed, self.fieldwork, self.today)

    @property
    def headline(self) -> str:
        """The one line that says it all."""
        return headline(self.whole.pace, self.fieldwork, self.today, self.strata)

    @property
    def headline_so_far(self) -> str:
        """The same without a word of the strata, which take longer."""
        return headline(self.whole.pace, self.fieldwork, self.today)

    def _groupings(self) -> Iterator[Grouping]:
        framework = self._inspection.framework
        samples = {sample.id: sample.title for sample in framework.samples}
        yield Grouping("samples", "By sample", self._grouped(lambda where: where.sample, samples))
        people = {person.id: person.name for person in self._inspection.file.people}
        held = {id: f"{id}, {name}" for id, name in people.items()} | {"": NOBODY}
        yield Grouping("inspectors", "By inspector", self._grouped(lambda where: where.holder, held))
        if framework.list_fact is not None:
            fact = framework.facts_by_id[framework.list_fact]
            places = {choice.id: choice.title for choice in fact.choices}
            places |= {
                place: fact.label(place) for place in sorted({each.where.place for each in self._counted})
            }
            places |= {"": NOT_RECORDED}
            title = f"By {lowered(fact.title)}"
            yield Grouping("places", title, self._grouped(lambda where: where.place, places))

    def _grouped(self, key: Callable[[Where], str], titles: Mapping[str, str]) -> tuple[Group, ...]:
        """The cases by a key, in the order of the titles, what has none after them."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
        for each in self._counted:
            counts[key(each.where)] = [a + b for a, b in zip(counts[key(each.where)], each[1:], strict=True)]
        returned = Counter[str]()
        for ended in self._ended:
            returned[key(ended.where)] += ended.cases if ended.returned else 0
        conflicts = Counter(key(where) for where in self._disputed)
        completed = self._completed(key)
        order = [*(id for id in titles if id), *sorted(counts.keys() - titles.keys() - {""}), ""]
        groups = []
        for id in filter(counts.__contains__, order):
            cases, untouched, begun, complete, done, due = counts[id]
            at_pace = pace(complete, cases, completed.get(id, {}), self.fieldwork, self.today)
            groups.append(
                Group(id, titles.get(id, id), cases, untouched, begun, complete, done, due,
                      returned[id], conflicts[id], at_pace)
            )  # fmt: skip
        return tuple(groups)

    def _completed(self, key: Callable[[Where], str]) -> dict[str, dict[date, int]]:
        """How many cases were completed on each day, by a key; where nobody can tell the day, they are left out."""
        by_group: dict[str, dict[date, int]] = defaultdict(dict)
        for each in self._ended:
            day = None if each.returned else _day(each.day)
            if day is not None:
                days = by_group[key(each.where)]
                days[day] = days.get(day, 0) + each.cases
        return by_group

    @cached_property
    def _counted(self) -> list[Counted]:
        return progress_counts.counted(self._database)

    @cached_property
    def _ended(self) -> list[Ended]:
        return progress_counts.ended(self._database)

    @cached_property
    def _disputed(self) -> list[Where]:
        return progress_counts.disputed(self._database)

    # ------------------------------------------------------------------ the strata

    @cached_property
    def strata(self) -> tuple[StratumProgress, ...]:
        """Every stratum of the samples that have cases or were drawn, in their order."""
        return tuple(
            stratum for sample in self._inspection.framework.samples for stratum in self._strata_of(sample.id)
        )

    def _strata_of(self, sample: str) -> tuple[StratumProgress, ...]:
        framework = self._inspection.framework
        drawn, done = Counter[str](), Counter[str]()
        for complete, facts, number in progress_counts.by_facts(
            self._database, sample, framework.deciding_facts(sample)
        ):
            stratum = framework.stratum_of(sample, facts) or ""
            drawn[stratum] += number
            done[stratum] += number if complete else 0
        targets = self._targets(sample)
        if not drawn and not targets:
            return ()
        titles = {ALL: framework.samples_by_id[sample].title}
        titles |= {stratum.id: stratum.title for stratum in framework.strata if stratum.sample == sample}
        ids = [*framework.strata_for(sample), *([""] if "" in drawn else [])]
        return with_shares(
            [
                StratumProgress(
                    sample,
                    id,
                    titles.get(id, NO_STRATUM),
                    drawn[id],
                    done[id],
                    None if targets is None else targets.get(id, 0),
                )
                for id in ids
            ]
        )

    def _targets(self, sample: str) -> dict[str, int] | None:
        """What each stratum should have, by the case list and the size that the sample was drawn with."""
        drawn = recorded(self._inspection, sample)
        return None if drawn is None else shares(drawn.population.strata, drawn.event.size)

    # ------------------------------------------------------------------ time and laptops

    @cached_property
    def minutes(self) -> Mapping[str, int]:
        """How many minutes a case takes, by sample type: the median of those completed last; see `store.times`."""
        minutes = {}
        for sample in self._inspection.framework.samples:
            times = progress_counts.times(self._database, sample.id)
            if times:
                minutes[sample.id] = int(median(times) / MINUTE + 0.5)
        return minutes

    @cached_property
    def laptops(self) -> tuple[LaptopNews, ...]:
        """What was heard of each laptop last, those silent longest first."""
        return progress_counts.laptops(self._database)

    @cached_property
    def jumps(self) -> tuple[Jump, ...]:
        """When the clocks of laptops have jumped, the oldest first."""
        return (
            file_check.clock_jumps(self._database)
            if progress_counts.clocks_have_jumped(self._database)
            else ()
        )

    @property
    def told_jumps(self) -> tuple[str, ...]:
        """The same as sentences."""
        return tuple(file_check.told(jump) for jump in self.jumps)


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
