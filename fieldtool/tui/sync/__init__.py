"""Sending and taking."""
