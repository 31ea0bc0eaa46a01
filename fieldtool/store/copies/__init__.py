"""Second copy, backup, restore, and the guard against an old file put back."""
