"""Faults of interview forms."""

from __future__ import annotations

from frameworks.spoilt import FORM, spoilt_form

TEN = ", ".join(f'{{ id = "a{place}", title = "{place}" }}' for place in range(10))
YES_OR_NO = '[{ id = "yes", title = "Yes" }, { id = "no", title = "No" }]'

FORMS = (
    spoilt_form(
        "form of an unknown kind",
        'kind = "focus_group"',
        'kind = "interview"',
        (
            'form readers: "kind" is "interview", which it cannot be; choose "meeting", "focus_group", '
            '"officer_interview", "user_interview" or "observation".'
        ),
    ),
    spoilt_form(
        "unknown key of an answer",
        "counts = false",
        "count = false",
        (
            'form readers, question noise, answer deaf: "count" is not a key that fits here; '
            'did you mean "counts"?'
        ),
    ),
    spoilt_form(
        "question without answers",
        f"    answers = {YES_OR_NO}\n",
        "",
        ('form readers, question opening: "answers" is missing; add it.'),
    ),
    spoilt_form(
        "two forms for one kind",
        "[[forms]]",
        f"{FORM.replace('readers', 'others').replace('opening', 'a').replace('noise', 'b')}\n[[forms]]",
        'form readers: form others is for "focus_group" already; make one form of the two.',
    ),
    spoilt_form(
        "double question",
        'id = "noise"',
        'id = "opening"',
        'form readers, question opening: the id "opening" is used twice; give each an id of its own.',
    ),
    spoilt_form(
        "double answer",
        'id = "no"',
        'id = "yes"',
        'form readers, question opening, answer yes: the id "yes" is used twice; give each an id of its own.',
    ),
    spoilt_form(
        "form that asks nothing",
        FORM[FORM.index("    [[forms.questions]]") :],
        "questions = []",
        'form readers: "questions" is empty; ask something, or take the form out.',
    ),
    spoilt_form(
        "question with one answer",
        YES_OR_NO,
        '[{ id = "yes", title = "Yes" }]',
        "form readers, question opening: there is nothing to choose; give it two answers or more.",
    ),
    spoilt_form(
        "more answers than keys",
        YES_OR_NO,
        f"[{TEN}]",
        "form readers, question opening: it has 10 answers, but one key gives each; keep it to 9.",
    ),
    spoilt_form(
        "no answer that counts",
        YES_OR_NO,
        YES_OR_NO.replace(" }", ", counts = false }"),
        (
            "form readers, question opening: none of its answers counts, so it never has a percentage; "
            "let one count."
        ),
    ),
)
