"""How it looks: the terminal app, its screens and its widgets."""
