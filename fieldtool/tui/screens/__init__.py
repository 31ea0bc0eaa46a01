"""One file a screen, with its looks in the .tcss beside it."""
