"""Reports: one set of tables, many writers."""
