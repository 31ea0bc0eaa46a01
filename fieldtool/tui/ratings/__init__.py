"""Where the ratings stand."""
