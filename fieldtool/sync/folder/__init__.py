"""A folder as the place where a team meets: sealed bundles of events."""
