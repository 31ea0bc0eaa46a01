"""What every screen is made of: bars, rows, dialogs, colours."""
