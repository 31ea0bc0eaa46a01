"""Case lists as services send them: read, understood column by column, and checked row by row."""
