"""The views of the log, brought up to date with every event, and every query that is asked of them."""
