"""The keys of a case, and where each of them means something."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from fieldtool.domain.method.case import Aspect, Slot

CASE_KEYS: list[BindingType] = [
    Binding("y", "answer('yes')", "Yes", id="answer.yes", tooltip="Answer yes and move on"),
    Binding("n", "answer('no')", "No", id="answer.no", tooltip="Answer no and move on"),
    Binding("x", "answer('not_relevant')", "Not relevant", id="answer.not_relevant",
            tooltip="Answer that the prompt is not relevant in this case, and move on"),
    *(
        Binding(str(place), f"choose({place})", f"Choice {place}", show=False, id=f"fact.{place}",
                tooltip=f"Record choice {place} of the fact")
        for place in range(1, 10)
    ),
    Binding("enter", "enter", "Choose", show=False, id="case.enter",
            tooltip="Write the fact, or go to the page chosen in the outline"),
    Binding("tab", "next_missing", "Missing", id="case.next_missing",
            tooltip="Go to the next thing that the case still needs"),
    Binding("m", "note", "Note", id="case.note", tooltip="Write a note on this prompt, question or case"),
    Binding("u", "undo", "Undo", id="case.undo", tooltip="Take back the latest change to this case"),
    Binding("Y", "judge('yes')", "Judge yes", id="judge.yes", tooltip="Judge the key question: yes"),
    Binding("N", "judge('no')", "Judge no", id="judge.no", tooltip="Judge the key question: no"),
    Binding("r", "reason", "Reason", id="case.reason", tooltip="Write the reason for the judgement"),
    Binding("c", "complete", "Complete", id="case.complete",
            tooltip="See what is missing, or say that the case is done"),
    Binding("o", "reopen", "Reopen", id="case.reopen", tooltip="Open a complete case again, with a reason"),
    Binding("left,left_square_bracket", "page(-1)", "Previous page", show=False, id="case.page_before",
            tooltip="The previous page"),
    Binding("right,right_square_bracket", "page(1)", "Next page", show=False, id="case.page_next",
            tooltip="The next page"),
    Binding("g", "guidance", "Guidance", id="case.guidance", tooltip="What is meant by this question"),
    Binding("h", "history", "History", id="case.history", tooltip="Who set this, when, and what it was"),
    Binding("k", "conflicts", "Conflicts", id="case.conflicts",
            tooltip="What two people said of this case without knowing of each other, and settle it"),
    Binding("l", "outline", "Outline", show=False, id="case.outline", tooltip="Move in the outline"),
    Binding("backspace,delete", "clear", "Take back", show=False, id="case.clear",
            tooltip="Take back this answer, judgement or fact"),
    Binding("f2", "ratings", "Ratings", id="case.ratings", tooltip="Where every standard stands"),
]  # fmt: skip
"""Every key of the case screen, beside those of all screens."""

_ITEMS = frozenset({Aspect.ANSWER, Aspect.JUDGEMENT})
_PAGES = _ITEMS | {Aspect.NOTE}
_ALL = _PAGES | {Aspect.FACT}

SHOWN_ON: dict[str, frozenset[Aspect]] = {
    "answer": frozenset({Aspect.ANSWER, Aspect.FACT}),
    "judge": _ITEMS,
    "choose": frozenset({Aspect.FACT}),
    "reason": _ITEMS,
    "clear": _ITEMS | {Aspect.FACT},
    "undo": _ALL,
    "note": _ALL,
    "complete": _ALL,
    "reopen": _ALL,
    "next_missing": _ALL,
    "page": _ALL,
    "guidance": _ALL,
    "history": _ALL,
    "conflicts": _ALL,
    "outline": _ALL,
    "enter": _ALL,
    "back": _ALL,
    "ratings": _ALL,
}
"""For each action, the kinds of rows on which it means something; none while a text is being written."""

ACTIONS: dict[str, str] = {
    key: binding.action.partition("(")[0]
    for binding in CASE_KEYS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
"""What each key does, where it does something."""

_NOT_HERE = {
    "judge": "there is nothing to judge here",
    "reason": "a reason is for the judgement of a key question",
    "clear": "there is nothing to take back here",
    "complete": "the case is complete",
    "next_missing": "nothing is missing",
    "reopen": "the case is not complete",
    "conflicts": "nobody said different things in this case",
}


def why_nothing(action: str, slot: Slot | None, why_read_only: str) -> str:
    """Why a key does nothing where the cursor stands, in a few words; empty where there is nothing to say."""
    if why_read_only and action not in ALWAYS:
        return f"not changed: {why_read_only}"
    aspect = slot.aspect if slot else None
    if action == "answer" and aspect is Aspect.JUDGEMENT:
        return "y, n and x answer prompts: Y or N judges"
    if action == "answer" and aspect is Aspect.FACT:
        return "type the number of a choice"
    if action in ("answer", "judge") and aspect in _ITEMS:
        return "it does not apply in this case"
    if action == "choose":
        return (
            "there is no such choice"
            if aspect is Aspect.FACT
            else "numbers choose case facts: y, n and x answer"
        )
    return _NOT_HERE.get(action, "")


ALWAYS = frozenset(
    {
        "next_missing",
        "page",
        "guidance",
        "history",
        "conflicts",
        "outline",
        "enter",
        "back",
        "ratings",
        "reopen",
    }
)
"""Actions that are open to everybody, also where the case cannot be changed: looking, and opening it again."""
