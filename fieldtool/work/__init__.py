"""The services that every face talks to."""
