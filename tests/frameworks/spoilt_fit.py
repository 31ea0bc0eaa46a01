"""Faults of tables that do not fit each other: ids, references, bands, standards."""

from __future__ import annotations

from frameworks.spoilt import Spoilt

DOMAINS = '[[domains]]\nid = "Z"'

FIT = (
    Spoilt(
        "double band",
        'id = "fair"',
        'id = "poor"',
        'band poor: the id "poor" is used twice; give each an id of its own.',
    ),
    Spoilt(
        "double overall band",
        'id = "open"',
        'id = "closed"',
        'overall band closed: the id "closed" is used twice; give each an id of its own.',
    ),
    Spoilt(
        "double sample type",
        '[[facts]]\nid = "borough"',
        '[[samples]]\nid = "branch"\ntitle = "Another"\nshort = "Another"\n\n[[facts]]\nid = "borough"',
        'sample type branch: the id "branch" is used twice; give each an id of its own.',
    ),
    Spoilt(
        "double fact",
        'id = "borough"',
        'id = "stock"',
        'fact stock: the id "stock" is used twice; give each an id of its own.',
        '"list_fact" names the fact "borough", which does not exist; choose from "stock".',
        '"draw_facts" names the fact "borough", which does not exist; choose from "stock".',
    ),
    Spoilt(
        "double choice",
        'id = "tools"',
        'id = "books"',
        'fact stock, choice books: the id "books" is used twice; give each an id of its own.',
        (
            'standard L, key question La: "applies" gives "stock" the value "tools", which it cannot '
            'have; did you mean "books"?'
        ),
        (
            'standard L, key question La, prompt Lay: "applies" gives "stock" the value "tools", '
            'which it cannot have; did you mean "books"?'
        ),
    ),
    Spoilt(
        "double domain",
        '[[domains]]\nid = "Z"\ntitle = "Everything"\n',
        (
            '[[domains]]\nid = "Z"\ntitle = "Nothing"\nstandards = []\n\n[[domains]]\nid = "Z"\ntitle = '
            '"Everything"\n'
        ),
        'domain Z: the id "Z" is used twice; give each an id of its own.',
    ),
    Spoilt(
        "double standard",
        'id = "L"\n',
        'id = "Q"\n',
        'standard Q: the id "Q" is used twice; give each an id of its own.',
    ),
    Spoilt(
        "double key question",
        'id = "La"\n',
        'id = "Qa"\n',
        (
            'standard L, key question Qa: the id "Qa" is already that of standard Q, key question Qa; '
            "give each an id of its own."
        ),
    ),
    Spoilt(
        "double prompt",
        'id = "Qay"',
        'id = "Qax"',
        ('standard Q, key question Qa, prompt Qax: the id "Qax" is used twice; give each an id of its own.'),
    ),
    Spoilt(
        "prompt with a key question's number",
        'id = "Qay"',
        'id = "Qb"',
        (
            'standard Q, key question Qb: the id "Qb" is already that of standard Q, key question Qa, '
            "prompt Qb; give each an id of its own."
        ),
    ),
    Spoilt(
        "unknown fact in applies",
        'applies = { stock = ["records"] }',
        'applies = { stocks = ["records"] }',
        (
            'standard Q, key question Qa, prompt Qay: "applies" names the fact "stocks", which does '
            'not exist; did you mean "stock"?'
        ),
    ),
    Spoilt(
        "unknown fact in applies, nothing near",
        'applies = { stock = ["records"] }',
        'applies = { weather = ["records"] }',
        (
            'standard Q, key question Qa, prompt Qay: "applies" names the fact "weather", which does '
            'not exist; choose from "borough", "stock".'
        ),
    ),
    Spoilt(
        "unknown choice in applies",
        'applies = { stock = ["records", "tools"] }',
        'applies = { stock = ["records", "tool"] }',
        (
            'standard L, key question La: "applies" gives "stock" the value "tool", which it cannot '
            'have; did you mean "tools"?'
        ),
    ),
    Spoilt(
        "fact of another sample type",
        '[[facts]]\nid = "stock"\ntitle = "Stock"\nsamples = ["branch"]',
        (
            '[[samples]]\nid = "van"\ntitle = "Van"\nshort = "Van"\n\n[[facts]]\nid = "stock"\ntitle = '
            '"Stock"\nsamples = ["van"]'
        ),
        (
            'standard Q, key question Qa, prompt Qay: "applies" names the fact "stock", which cases '
            'of the sample type "branch" do not have; add "branch" to the fact\'s "samples" or take it '
            "out here."
        ),
        (
            'standard L, key question La: "applies" names the fact "stock", which cases of the sample '
            'type "branch" do not have; add "branch" to the fact\'s "samples" or take it out here.'
        ),
        (
            'standard L, key question La, prompt Lay: "applies" names the fact "stock", which cases '
            'of the sample type "branch" do not have; add "branch" to the fact\'s "samples" or take it '
            "out here."
        ),
    ),
    Spoilt(
        "no value in applies",
        'applies = { stock = ["tools"] }',
        "applies = { stock = [] }",
        (
            'standard L, key question La, prompt Lay: "applies" lists no value for "stock", so it '
            "never applies; list at least one."
        ),
    ),
    Spoilt(
        "text fact in applies",
        'applies = { stock = ["tools"] }',
        'applies = { borough = ["Camden"] }',
        (
            'standard L, key question La, prompt Lay: "applies" names the fact "borough", which is a '
            "text; only a choice can decide it."
        ),
    ),
    Spoilt(
        "applies of a qualitative key question",
        "qualitative = true",
        'qualitative = true\n    applies = { stock = ["books"] }',
        (
            "standard L, key question Lb: no case decides whether it applies, because it is "
            'qualitative; take "applies" out.'
        ),
    ),
    Spoilt(
        "unknown list fact",
        'list_fact = "borough"',
        'list_fact = "burough"',
        '"list_fact" names the fact "burough", which does not exist; did you mean "borough"?',
    ),
    Spoilt(
        "unknown subgroup fact",
        'subgroup_facts = ["stock"]',
        'subgroup_facts = ["stock", "colour"]',
        ('"subgroup_facts" names the fact "colour", which does not exist; choose from "borough", "stock".'),
    ),
    Spoilt(
        "subgroup fact named twice",
        'subgroup_facts = ["stock"]',
        'subgroup_facts = ["stock", "stock"]',
        '"subgroup_facts" names the fact "stock" 2 times; name it once.',
    ),
    Spoilt(
        "fact of an unknown sample type",
        'title = "Borough"\nkind = "text"\nsamples = ["branch"]',
        'title = "Borough"\nkind = "text"\nsamples = ["branch", "brunch"]',
        (
            'fact borough: "samples" names the sample type "brunch", which does not exist; did you '
            'mean "branch"?'
        ),
    ),
    Spoilt(
        "fact of no sample type",
        'title = "Borough"\nkind = "text"\nsamples = ["branch"]',
        'title = "Borough"\nkind = "text"\nsamples = []',
        ('fact borough: "samples" is empty, so that no case has this fact; name at least one sample type.'),
    ),
    Spoilt(
        "standard of an unknown sample type",
        'statement = "Readers can read."\nsample = "branch"',
        'statement = "Readers can read."\nsample = "van"',
        ('standard Q: "sample" names the sample type "van", which does not exist; choose from "branch".'),
    ),
    Spoilt(
        "choice without choices",
        'kind = "text"',
        'kind = "choice"',
        'fact borough: it is a choice without choices; add "choices" or set kind = "text".',
    ),
    Spoilt(
        "text with choices",
        "required = false",
        'kind = "text"',
        'fact stock: it is a text and has choices; take "choices" out or set kind = "choice".',
        (
            'standard Q, key question Qa, prompt Qay: "applies" names the fact "stock", which is a '
            "text; only a choice can decide it."
        ),
        (
            'standard L, key question La: "applies" names the fact "stock", which is a text; only a '
            "choice can decide it."
        ),
        (
            'standard L, key question La, prompt Lay: "applies" names the fact "stock", which is a '
            "text; only a choice can decide it."
        ),
    ),
    Spoilt(
        "hole between bands",
        "from = 34",
        "from = 36",
        (
            "band fair: it begins at 36 per cent and leaves a hole after band poor, which ends at 33; "
            "let it begin at 34."
        ),
    ),
    Spoilt(
        "overlap of bands",
        "from = 34",
        "from = 33",
        ("band fair: it begins at 33 per cent and overlaps band poor, which ends at 33; let it begin at 34."),
    ),
    Spoilt(
        "bands beginning late",
        "from = 0\nto = 33",
        "from = 1\nto = 33",
        "band poor: the lowest band begins at 1; let it begin at 0.",
    ),
    Spoilt(
        "bands ending early",
        "to = 100",
        "to = 99",
        "band splendid: the highest band ends at 99; let it end at 100.",
    ),
    Spoilt(
        "band upside down",
        "from = 34\nto = 89",
        "from = 89\nto = 34",
        'band fair: it goes from 89 down to 34; let "from" be no more than "to".',
    ),
    Spoilt(
        "scores that do not rise",
        "score = 4",
        "score = 1",
        "band fair: its score 1 is not above the 1 of band poor; let scores rise band by band.",
    ),
    Spoilt(
        "hole between overall bands",
        "from = 9\n",
        "from = 10\n",
        (
            "overall band open: it begins at a total score of 10 and leaves a hole after overall band "
            "closed, which ends at 8; let it begin at 9."
        ),
    ),
    Spoilt(
        "overlap of overall bands",
        "from = 9\n",
        "from = 8\n",
        (
            "overall band open: it begins at a total score of 8 and overlaps overall band closed, "
            "which ends at 8; let it begin at 9."
        ),
    ),
    Spoilt(
        "overall bands beginning late",
        "from = 0\nto = 8",
        "from = 2\nto = 8",
        "overall band closed: the lowest band begins at 2; let it begin at 0.",
    ),
    Spoilt(
        "overall bands ending early",
        "to = 18",
        "to = 17",
        (
            "overall band open: it ends at 17, but the standards that count can add up to 18; let it "
            "end there."
        ),
    ),
    Spoilt(
        "overall bands ending late",
        "to = 18",
        "to = 21",
        (
            "overall band open: it ends at 21, but the standards that count cannot add up to more than 18; let it "
            "end there."
        ),
    ),
    Spoilt(
        "nothing to assess by",
        'statement = "Readers can read."\nsample = "branch"\n',
        'statement = "Readers can read."\n',
        ('standard Q: nothing says how it is assessed; name its "sample" or set judged_as_a_whole = true.'),
    ),
    Spoilt(
        "judged standard with a sample",
        'statement = "Readers can borrow."',
        'statement = "Readers can borrow."\njudged_as_a_whole = true',
        "standard L: it is judged as a whole and has a sample; take one of the two out.",
        (
            "standard L, key question La: its standard is judged as a whole and no case answers its "
            "prompts; take them out."
        ),
        (
            "standard L, key question La: no case decides whether it applies, because its standard is "
            'judged as a whole; take "applies" out.'
        ),
        (
            "standard L, key question La, prompt Lay: no case decides whether it applies, because its "
            'standard is judged as a whole; take "applies" out.'
        ),
    ),
    Spoilt(
        "qualitative key question with prompts",
        'wording = "Is it quiet?"',
        'wording = "Is it quiet?"\n    qualitative = true',
        ("standard Q, key question Qa: it is qualitative and no case answers its prompts; take them out."),
        (
            "standard Q, key question Qa, prompt Qay: no case decides whether it applies, because it "
            'is qualitative; take "applies" out.'
        ),
    ),
    Spoilt(
        "double stratum",
        DOMAINS,
        '[[strata]]\nid = "a"\ntitle = "A"\nsample = "branch"\n\n'
        '[[strata]]\nid = "a"\ntitle = "B"\nsample = "branch"\n\n' + DOMAINS,
        'stratum a: the id "a" is used twice; give each an id of its own.',
    ),
    Spoilt(
        "stratum of an unknown sample type",
        DOMAINS,
        '[[strata]]\nid = "a"\ntitle = "A"\nsample = "brunch"\n\n' + DOMAINS,
        'stratum a: "sample" names the sample type "brunch", which does not exist; did you mean "branch"?',
    ),
    Spoilt(
        "stratum with a value that its fact cannot have",
        DOMAINS,
        '[[strata]]\nid = "a"\ntitle = "A"\nsample = "branch"\nwhen = { stock = ["toolz"] }\n\n' + DOMAINS,
        'stratum a: "when" gives "stock" the value "toolz", which it cannot have; did you mean "tools"?',
    ),
    Spoilt(
        "list column of an unknown fact",
        DOMAINS,
        '[[list_columns]]\nfact = "stack"\nheadings = ["stack"]\n\n' + DOMAINS,
        'list column at place 1: "fact" names the fact "stack", which does not exist; did you mean "stock"?',
    ),
    Spoilt(
        "list column without headings",
        DOMAINS,
        '[[list_columns]]\nfact = "stock"\nheadings = []\n\n' + DOMAINS,
        'list column at place 1: "headings" is empty; name at least one.',
    ),
    Spoilt(
        "two list columns of one fact",
        DOMAINS,
        '[[list_columns]]\nfact = "stock"\nheadings = ["s"]\n\n[[list_columns]]\nfact = "stock"\nheadings = ["t"]\n\n'
        + DOMAINS,
        'list column at place 2: the fact "stock" has a list column already; put all into one.',
    ),
    Spoilt(
        "list column with words of an unknown choice",
        DOMAINS,
        '[[list_columns]]\nfact = "stock"\nheadings = ["s"]\nvalues = { tool = ["t"] }\n\n' + DOMAINS,
        (
            'list column at place 1: "values" names the choice of "stock" "tool", which does not exist; '
            'did you mean "tools"?'
        ),
    ),
    Spoilt(
        "word with two meanings",
        DOMAINS,
        '[[list_columns]]\nfact = "stock"\nheadings = ["s"]\nvalues = { tools = ["All"], books = ["all"] }\n\n'
        + DOMAINS,
        'list column at place 1: "all" means both "tools" and "books"; let it mean one of them.',
    ),
    Spoilt(
        "sample shared out by an unknown fact",
        'draw_facts = { officer = "borough" }',
        'draw_facts = { cluster = "borogh", officer = "borough" }',
        '"draw_facts" names the fact "borogh", which does not exist; did you mean "borough"?',
    ),
    Spoilt(
        "sample shared out by a list of facts",
        'draw_facts = { officer = "borough" }',
        'draw_facts = ["borough"]',
        (
            '"draw_facts" is a list; say which fact is which, as draw_facts = { cluster = "…", unit = "…", '
            'officer = "…" }.'
        ),
    ),
    Spoilt(
        "misspelt key of a sample's facts",
        'draw_facts = { officer = "borough" }',
        'draw_facts = { clustr = "borough", officer = "borough" }',
        'draw_facts: "clustr" is not a key that fits here; did you mean "cluster"?',
    ),
    Spoilt(
        "strata that nothing is drawn by",
        'draw_facts = { officer = "borough" }\n',
        'strata = [{ id = "all_loans", title = "All", sample = "branch" }]\n',
        (
            '"strata" are drawn from, but "draw_facts" is missing; add it, as { cluster = "…", unit = "…", '
            'officer = "…" }.'
        ),
    ),
    Spoilt(
        "sample without a limit for officers",
        'draw_facts = { officer = "borough" }',
        'draw_facts = { cluster = "borough" }',
        (
            '"draw_facts" does not say which fact is the responsible officer, so that nobody could limit how many '
            'cases come of one; add it, as officer = "…".'
        ),
    ),
)
