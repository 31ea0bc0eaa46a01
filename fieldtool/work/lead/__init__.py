"""What a lead inspector does with the whole of an inspection: the desk, and beside it a module for each task."""

from fieldtool.work.lead.lead import Lead, Role, Watch

__all__ = ["Lead", "Role", "Watch"]
