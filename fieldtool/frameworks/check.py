"""Whether the parts of a framework file fit each other: ids, references, bands, standards.

It reads the file leniently, so that its findings stand beside those about keys and types, and says
nothing about a value that is missing or of the wrong type: `shape` does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from fieldtool.domain.words.nearest import QUOTED, did_you_mean
from fieldtool.frameworks.entries import Entry, listed
from fieldtool.frameworks.shape import Finding

MOST_ANSWERS = 9
"""As many as there are digits to give an answer with."""


def findings(root: Entry) -> Iterator[Finding]:
    """Everything in which the parts of the file do not fit each other."""
    yield from _double_ids(root)
    yield from _bands(root)
    yield from _overall(root)
    yield from _facts(root)
    yield from _views(root)
    yield from _strata(root)
    yield from _list_columns(root)
    yield from _forms(root)
    if not any(root.standards()):
        yield "", 'there is no standard in it; add at least one under "domains".'
    for standard in root.standards():
        yield from _standard(root, standard)
        yield from _key_questions(root, standard)


def _double_ids(root: Entry) -> Iterator[Finding]:
    """Key questions and prompts share one set of numbers, because answers are kept by number alone."""
    for group in _groups(root):
        first: dict[str, Entry] = {}
        for entry in group:
            if entry.id is None:
                continue
            if entry.id in first:
                other = first[entry.id].place
                used = "is used twice" if other == entry.place else f"is already that of {other}"
                yield entry.place, f'the id "{entry.id}" {used}; give each an id of its own.'
            else:
                first[entry.id] = entry


def _groups(root: Entry) -> list[tuple[Entry, ...]]:
    """The entries that share one set of ids, group by group."""
    questions = [q for standard in root.standards() for q in standard.children("key_questions")]
    groups = [
        root.children(key) for key in ("bands", "overall", "samples", "facts", "strata", "forms", "domains")
    ]
    groups.extend(fact.children("choices") for fact in root.children("facts"))
    # As with prompts: what was answered is kept by the id of the question alone.
    asked = tuple(question for form in root.children("forms") for question in form.children("questions"))
    groups.extend((asked, *(question.children("answers") for question in asked)))
    groups.append(tuple(root.standards()))
    groups.append(tuple(item for q in questions for item in (q, *q.children("prompts"))))
    return groups


def _bands(root: Entry) -> Iterator[Finding]:
    bands = root.children("bands")
    if "bands" in root.table and root.length("bands") == 0:
        yield "", '"bands" is empty; add the ratings from the lowest to the highest.'
    yield from _scale(bands, "{} per cent", ends_at=100)
    for low, high in pairwise(bands):
        a, b = low.number("score"), high.number("score")
        if a is not None and b is not None and a >= b:
            yield (
                high.place,
                f"its score {b} is not above the {a} of {low.place}; let scores rise band by band.",
            )


def _overall(root: Entry) -> Iterator[Finding]:
    bands = root.children("overall")
    if "overall" in root.table and root.length("overall") == 0:
        yield "", '"overall" is empty; add the overall ratings from the lowest to the highest.'
    yield from _scale(bands, "a total score of {}", ends_at=None)
    highest = _highest_total(root)
    end = bands[-1].number("to") if bands else None
    if end is not None and end < highest:
        yield (
            bands[-1].place,
            f"it ends at {end}, but the standards that count can add up to {highest}; let it end there.",
        )
    elif end is not None and end > highest > 0:
        yield (
            bands[-1].place,
            f"it ends at {end}, but the standards that count cannot add up to more than {highest}; let it end there.",
        )


def _highest_total(root: Entry) -> int:
    scores = [score for band in root.children("bands") if (score := band.number("score")) is not None]
    return max(scores, default=0) * sum(s.flag("counts", default=True) for s in root.standards())


def _scale(bands: tuple[Entry, ...], what: str, *, ends_at: int | None) -> Iterator[Finding]:
    """Holes and overlaps of bands that have to cover a scale from 0 upwards, lowest first."""
    ends = [(band, band.number("from"), band.number("to")) for band in bands]
    upside_down = {band.place for band, start, end in ends if start is not None and start > _or(end, start)}
    for band, start, end in ends:
        if band.place in upside_down:
            yield band.place, f'it goes from {start} down to {end}; let "from" be no more than "to".'
    yield from _ends(ends, ends_at)
    for (low, _, end), (high, start, _) in pairwise(ends):
        if not upside_down & {low.place, high.place}:
            yield from _seam(low, end, high, start, what)


def _ends(ends: Sequence[tuple[Entry, int | None, int | None]], ends_at: int | None) -> Iterator[Finding]:
    """Whether a scale begins at 0 and ends where it has to."""
    for band, start, _ in ends[:1]:
        if _or(start, 0) != 0:
            yield band.place, f"the lowest band begins at {start}; let it begin at 0."
    for band, _, end in ends[-1:]:
        if ends_at is not None and _or(end, ends_at) != ends_at:
            yield band.place, f"the highest band ends at {end}; let it end at {ends_at}."


def _or(number: int | None, otherwise: int) -> int:
    """A number that may not be there: what is missing is complained of elsewhere."""
    return otherwise if number is None else number


def _seam(low: Entry, end: int | None, high: Entry, start: int | None, what: str) -> Iterator[Finding]:
    """Whether one band begins where the one below it ends."""
    if end is not None and start is not None and start != end + 1:
        fault = "leaves a hole after" if start > end else "overlaps"
        yield (
            high.place,
            f"it begins at {what.format(start)} and {fault} {low.place}, which ends at {end}; "
            f"let it begin at {end + 1}.",
        )


def _facts(root: Entry) -> Iterator[Finding]:
    samples = _by_id(root.children("samples"))
    for fact in root.children("facts"):
        for sample in fact.texts("samples") or ():
            if sample not in samples:
                yield fact.place, _unknown('"samples"', "sample type", sample, samples)
        if fact.table.get("samples") == []:
            yield (
                fact.place,
                '"samples" is empty, so that no case has this fact; name at least one sample type.',
            )
        kind = fact.table.get("kind", "choice")
        if kind == "choice" and ("choices" not in fact.table or fact.table["choices"] == []):
            yield fact.place, 'it is a choice without choices; add "choices" or set kind = "text".'
        if kind == "text" and fact.length("choices"):
            yield fact.place, 'it is a text and has choices; take "choices" out or set kind = "choice".'


def _views(root: Entry) -> Iterator[Finding]:
    """The facts by which lists and annexes are laid out."""
    facts = _by_id(root.children("facts"))
    list_fact, subgroups = root.text("list_fact"), root.texts("subgroup_facts") or ()
    if list_fact is not None and list_fact not in facts:
        yield "", _unknown('"list_fact"', "fact", list_fact, facts)
    for fact, times in Counter(subgroups).items():
        if fact not in facts:
            yield "", _unknown('"subgroup_facts"', "fact", fact, facts)
        if times > 1:
            yield "", f'"subgroup_facts" names the fact "{fact}" {times} times; name it once.'


def _strata(root: Entry) -> Iterator[Finding]:
    """Whether samples can be drawn by the strata and facts that are named for it."""
    facts, samples = _by_id(root.children("facts")), _by_id(root.children("samples"))
    yield from _draw_facts(root, facts)
    for stratum in root.children("strata"):
        sample = stratum.text("sample")
        if sample is not None and sample not in samples:
            yield stratum.place, _unknown('"sample"', "sample type", sample, samples)
        yield from _conditions(root, stratum, "when", sample)


def _draw_facts(root: Entry, facts: Mapping[str, Entry]) -> Iterator[Finding]:
    """Whether it is said by name what a sample is shared out by, and whose cases are limited."""
    named = root.table.get("draw_facts")
    if isinstance(named, list):
        yield "", f'"draw_facts" is a list; say which fact is which, as draw_facts = {{ {_AS_DRAW_FACTS} }}.'
        return
    if not isinstance(named, dict):
        if root.children("strata") and named is None:
            yield (
                "",
                f'"strata" are drawn from, but "draw_facts" is missing; add it, as {{ {_AS_DRAW_FACTS} }}.',
            )
        return
    for fact in named.values():
        if isinstance(fact, str) and fact not in facts:
            yield "", _unknown('"draw_facts"', "fact", fact, facts)
    if "officer" not in named:
        yield (
            "",
            '"draw_facts" does not say which fact is the responsible officer, so that nobody could limit how many '
            'cases come of one; add it, as officer = "…".',
        )


_AS_DRAW_FACTS = 'cluster = "…", unit = "…", officer = "…"'


def _list_columns(root: Entry) -> Iterator[Finding]:
    """Whether what is read from case lists is a fact, and each word means one choice of it."""
    facts = _by_id(root.children("facts"))
    seen: set[str] = set()
    for column in root.children("list_columns"):
        name = column.text("fact")
        if name is None:
            continue
        if name not in facts:
            yield column.place, _unknown('"fact"', "fact", name, facts)
            continue
        if name in seen:
            yield column.place, f'the fact "{name}" has a list column already; put all into one.'
        seen.add(name)
        if column.texts("headings") == ():
            yield column.place, '"headings" is empty; name at least one.'
        choices = _by_id(facts[name].children("choices"))
        meant: dict[str, str] = {}
        for choice, words in column.mapping("values").items():
            if choice not in choices:
                yield column.place, _unknown('"values"', f'choice of "{name}"', choice, choices)
            for word in words or ():
                other = meant.setdefault(" ".join(word.casefold().split()), choice)
                if other != choice:
                    yield (
                        column.place,
                        f'"{word}" means both "{other}" and "{choice}"; let it mean one of them.',
                    )


def _forms(root: Entry) -> Iterator[Finding]:
    """Whether each interview form asks something, with answers that one key each gives."""
    first: dict[str, Entry] = {}
    for form in root.children("forms"):
        kind = form.text("kind")
        other = first.setdefault(kind, form) if kind else form
        if other is not form:
            yield form.place, f'{other.place} is for "{kind}" already; make one form of the two.'
        if form.table.get("questions") == []:
            yield form.place, '"questions" is empty; ask something, or take the form out.'
        for question in form.children("questions"):
            number, answers = question.length("answers"), question.children("answers")
            if "answers" in question.table and number < 2:
                yield question.place, "there is nothing to choose; give it two answers or more."
            if number > MOST_ANSWERS:
                yield (
                    question.place,
                    f"it has {number} answers, but one key gives each; keep it to {MOST_ANSWERS}.",
                )
            if answers and not any(answer.flag("counts", default=True) for answer in answers):
                yield (
                    question.place,
                    "none of its answers counts, so it never has a percentage; let one count.",
                )


def _standard(root: Entry, standard: Entry) -> Iterator[Finding]:
    """What a standard is assessed by: cases of one sample type, or a judgement of the whole."""
    sample, samples = standard.text("sample"), _by_id(root.children("samples"))
    if standard.flag("judged_as_a_whole"):
        if sample is not None:
            yield standard.place, "it is judged as a whole and has a sample; take one of the two out."
        return
    if "sample" not in standard.table:
        yield (
            standard.place,
            'nothing says how it is assessed; name its "sample" or set judged_as_a_whole = true.',
        )
    if sample is not None and sample not in samples:
        yield standard.place, _unknown('"sample"', "sample type", sample, samples)
    if all(question.flag("qualitative") for question in standard.children("key_questions")):
        yield (
            standard.place,
            "it has no key question that is counted over cases; "
            "add one that is not qualitative or set judged_as_a_whole = true.",
        )


def _key_questions(root: Entry, standard: Entry) -> Iterator[Finding]:
    whole = standard.flag("judged_as_a_whole")
    for question in standard.children("key_questions"):
        items = (question, *question.children("prompts"))
        if not whole and not question.flag("qualitative"):
            for item in items:
                yield from _conditions(root, item, "applies", standard.text("sample"))
            continue
        why = "its standard is judged as a whole" if whole else "it is qualitative"
        if question.length("prompts"):
            yield question.place, f"{why} and no case answers its prompts; take them out."
        for item in items:
            if item.table.get("applies"):
                yield item.place, f'no case decides whether it applies, because {why}; take "applies" out.'


def _conditions(root: Entry, item: Entry, key: str, sample: str | None) -> Iterator[Finding]:
    """Whether every fact that a mapping names exists, is asked of the sample's cases and has these values."""
    facts = _by_id(root.children("facts"))
    for name, values in item.mapping(key).items():
        if values == ():
            yield (
                item.place,
                f'"{key}" lists no value for "{name}", so it never applies; list at least one.',
            )
        fact = facts.get(name)
        if fact is None:
            yield item.place, _unknown(f'"{key}"', "fact", name, facts)
            continue
        if fact.text("kind") == "text":
            yield (
                item.place,
                f'"{key}" names the fact "{name}", which is a text; only a choice can decide it.',
            )
            continue
        asked = fact.texts("samples")
        if sample in _by_id(root.children("samples")) and asked is not None and sample not in asked:
            yield (
                item.place,
                f'"{key}" names the fact "{name}", which cases of the sample type "{sample}" do not have; '
                f'add "{sample}" to the fact\'s "samples" or take it out here.',
            )
        choices = _by_id(fact.children("choices"))
        if not choices:
            continue
        for value in values or ():
            if value not in choices:
                advice = did_you_mean(value, choices, f"choose from {listed(choices)}.", mark=QUOTED)
                yield (
                    item.place,
                    f'"{key}" gives "{name}" the value "{value}", which it cannot have; {advice}',
                )


def _by_id(entries: Iterable[Entry]) -> Mapping[str, Entry]:
    return {entry.id: entry for entry in entries if entry.id is not None}


def _unknown(where: str, what: str, name: str, known: Iterable[str]) -> str:
    """A sentence about a name that nothing has, with the nearest one that something has."""
    names = list(known)
    otherwise = f"choose from {listed(names)}." if names else "add it, for there is none yet."
    advice = did_you_mean(name, names, otherwise, mark=QUOTED)
    return f'{where} names the {what} "{name}", which does not exist; {advice}'
