"""What can happen: one small model for each kind of event."""
