"""The lead's desk and the screens of its tasks."""
