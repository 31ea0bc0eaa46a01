"""Out and back: the exchange of events between a laptop, a folder and the central store."""
