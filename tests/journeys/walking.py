"""A whole case by keys alone: what an inspector presses from the first fact to the last judgement."""

from __future__ import annotations

import re

from fieldtool.domain.method.case import Case
from fieldtool.domain.method.framework import Applies, Framework, KeyQuestion
from journeys.terminal import Terminal

NOTHING_MISSING = "nothing is missing: c completes the case"


def record_facts(
    terminal: Terminal, framework: Framework, case: Case, choices: dict[str, int]
) -> dict[str, str]:
    """Record every fact that the case does not have yet, each by its key or its text.

    Args:
        choices: which choice to take, from 1; where nothing is said, the first.

    Returns:
        What was recorded.
    """
    done: dict[str, str] = {}
    for fact in framework.facts_for(case.sample):
        if fact.id in case.facts:
            if done:
                terminal.press("down")
            continue
        title = re.escape(" ".join(fact.title.split()[:2]))
        terminal.wait_for(re.compile(rf"▌{title}.* (missing|not recorded) *[│┃]?$", re.MULTILINE))
        if fact.choices:
            choice = choices.get(fact.id, 1)
            done[fact.id] = fact.choices[choice - 1].id
            terminal.press(str(choice))
        else:
            done[fact.id] = f"RO {fact.id}"
            terminal.press("enter")
            terminal.wait_for("enter: done")
            terminal.type(done[fact.id])
            terminal.press("enter")
            terminal.wait_gone("enter: done")
    return done


def answer_page(
    terminal: Terminal, framework: Framework, case: Case, question: KeyQuestion, judgement: str
) -> dict[str, str]:
    """Answer the prompts of the page at hand yes, no and not relevant in turn, and judge it.

    Returns:
        What was recorded, by the number of the prompt or key question.
    """
    terminal.wait_for(re.compile(rf"│ {re.escape(question.id)} "))
    done = {}
    due = [p for p in question.prompts if framework.applies(p.id, case.facts) is not Applies.NO]
    for place, prompt in enumerate(due):
        key, answer = (("y", "yes"), ("y", "yes"), ("n", "no"), ("x", "not_relevant"))[place % 4]
        terminal.press(key)
        done[prompt.id] = answer
    terminal.press({"yes": "Y", "no": "N"}[judgement])
    done[question.id] = judgement
    return done


def give_reason(terminal: Terminal, question: KeyQuestion, text: str) -> None:
    """Write the reason that was asked for."""
    terminal.wait_for(f"Reason for the judgement of {question.id}")
    terminal.wait_for("esc Back to the questions")
    terminal.type(text)
    terminal.wait_for(text)
    terminal.press("escape")
    terminal.wait_gone("esc Back to the questions")
