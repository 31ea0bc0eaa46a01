"""The chains of the log: appended to, received, read, signed; forks, what is missing, drafts."""
