"""Where an inspection is kept: a log of events and its views in one SQLite file; nothing else knows SQL."""
