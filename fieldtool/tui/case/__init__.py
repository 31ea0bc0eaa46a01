"""The cases, one case with its prompts, and its conflicts."""
