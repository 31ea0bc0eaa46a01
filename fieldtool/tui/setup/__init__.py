"""Setting an inspection up, and unlocking it."""
