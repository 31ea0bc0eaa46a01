"""The pieces that screens are made of; each knows domain values and posts what happened to it."""
