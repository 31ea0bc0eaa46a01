"""Faults of a single table: its TOML, its keys, the types of its values."""

from __future__ import annotations

from frameworks.spoilt import Spoilt

SHAPE = (
    Spoilt(
        "unknown key",
        'wording = "Is it quiet?"',
        'wording = "Is it quiet?"\n    guidence = "Listen."',
        ('standard Q, key question Qa: "guidence" is not a key that fits here; did you mean "guidance"?'),
    ),
    Spoilt(
        "unknown key with nothing near",
        'rounding = "exact"',
        'rounding = "exact"\nzzz = 1',
        (
            '"zzz" is not a key that fits here; the keys that fit here are "id", "title", "licence", '
            '"rounding", "discretion_points", "list_fact", "subgroup_facts", "draw_facts", "strata", '
            '"list_columns", "forms", "bands", "overall", "samples", "facts", "domains".'
        ),
    ),
    Spoilt(
        "missing key",
        '    wording = "Is it quiet?"\n',
        "",
        'standard Q, key question Qa: "wording" is missing; add it.',
    ),
    Spoilt(
        "missing id",
        '        id = "Qay"\n',
        "",
        'standard Q, key question Qa, prompt at place 2: "id" is missing; add it.',
    ),
    Spoilt(
        "missing key of the file",
        'licence = "Made up for the tests; no rights reserved."\n',
        "",
        '"licence" is missing; add it.',
    ),
    Spoilt(
        "unknown key in place of a known one",
        '[[domains]]\nid = "Z"\ntitle = "Everything"\n',
        '[[domains]]\nid = "Z"\ntitel = "Everything"\n',
        'domain Z: "title" is missing; add it.',
        'domain Z: "titel" is not a key that fits here; did you mean "title"?',
    ),
    Spoilt(
        "text for a number",
        "score = 4",
        'score = "4"',
        'band fair: "score" is of the wrong type; write a whole number without quotation marks.',
    ),
    Spoilt(
        "number for a text",
        'title = "Poor"',
        "title = 7",
        'band poor: "title" is of the wrong type; write a text in quotation marks.',
    ),
    Spoilt(
        "fraction for a number",
        "to = 33",
        "to = 33.5",
        'band poor: "to" is of the wrong type; write a whole number without quotation marks.',
    ),
    Spoilt(
        "text for yes or no",
        "qualitative = true",
        'qualitative = "yes"',
        (
            'standard L, key question Lb: "qualitative" is of the wrong type; write true or false, '
            "without quotation marks."
        ),
    ),
    Spoilt(
        "date for a text",
        'title = "Fair"',
        "title = 2020-07-01",
        'band fair: "title" is of the wrong type; write a text in quotation marks.',
    ),
    Spoilt(
        "text for a list",
        'subgroup_facts = ["stock"]',
        'subgroup_facts = "stock"',
        '"subgroup_facts" is of the wrong type; write a list in square brackets.',
    ),
    Spoilt(
        "list for a mapping",
        'applies = { stock = ["records"] }',
        'applies = ["stock"]',
        (
            'standard Q, key question Qa, prompt Qay: "applies" is of the wrong type; write a table '
            "of case facts, each with its list of values."
        ),
    ),
    Spoilt(
        "text for the values of a mapping",
        '{ stock = ["records"] }',
        '{ stock = "records" }',
        (
            'standard Q, key question Qa, prompt Qay: "applies", "stock" is of the wrong type; write '
            "a list in square brackets."
        ),
    ),
    Spoilt(
        "number among the values",
        '{ stock = ["records"] }',
        '{ stock = ["records", 3] }',
        (
            'standard Q, key question Qa, prompt Qay: "applies", "stock", entry 2 is of the wrong '
            "type; write a text in quotation marks."
        ),
    ),
    Spoilt(
        "text for a table",
        "choices = [\n",
        'choices = [\n    "maps",\n',
        'fact stock: "choices", entry 1 is of the wrong type; write a table of its own.',
    ),
    Spoilt(
        "bad id",
        'id = "poor"',
        'id = "Very Poor"',
        (
            'band Very Poor: "id" is "Very Poor", which cannot be an id; use small letters, digits '
            "and underscores, beginning with a letter or a digit."
        ),
    ),
    Spoilt(
        "bad number",
        'id = "Qay"',
        'id = "Q a/y"',
        (
            'standard Q, key question Qa, prompt Q a/y: "id" is "Q a/y", which cannot be a number; '
            "use letters, digits and full stops, beginning with a letter or a digit."
        ),
    ),
    Spoilt(
        "empty wording",
        'wording = "Is it quiet?"',
        'wording = ""',
        'standard Q, key question Qa: "wording" is empty; give it some wording.',
    ),
    Spoilt(
        "short title too long",
        'short = "Branch"',
        'short = "Branch library"',
        'sample type branch: "short" is too long; keep it to 12 characters.',
    ),
    Spoilt(
        "unknown rounding",
        'rounding = "exact"',
        'rounding = "up"',
        '"rounding" is "up", which it cannot be; choose "rounded" or "exact".',
    ),
    Spoilt(
        "number too high",
        "discretion_points = 2",
        "discretion_points = 51",
        '"discretion_points" is 51, which is too high; it has to be 50 or less.',
    ),
    Spoilt(
        "number too low",
        "from = 0\nto = 33",
        "from = -1\nto = 33",
        'band poor: "from" is -1, which is too low; it has to be 0 or more.',
        "band poor: the lowest band begins at -1; let it begin at 0.",
    ),
    Spoilt(
        "not TOML",
        "score = 4",
        "score 4",
        (
            "line 24, column 7: this is not TOML (expected '=' after a key in a key/value pair); mend "
            "it there or just before."
        ),
    ),
    Spoilt(
        "key given twice",
        "score = 4",
        "score = 4\nscore = 5",
        ("line 25, column 10: this is not TOML (cannot overwrite a value); mend it there or just before."),
    ),
)
