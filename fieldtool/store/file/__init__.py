"""The SQLite file: opened, migrated, locked, and its errors in words."""
