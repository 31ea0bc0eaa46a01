"""What a lead inspector does with the whole of an inspection: the desk, and beside it a module for each task."""

from fieldtool.lead.desk import NOT_RECORDED, Lead, Role, Watch

__all__ = ["NOT_RECORDED", "Lead", "Role", "Watch"]
