"""The auditor: whether chains are whole, and views are what the log says."""
