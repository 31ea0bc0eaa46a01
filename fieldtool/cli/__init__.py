"""The commands: thin, one file a group; each says what it found as plain lines or as JSON."""
