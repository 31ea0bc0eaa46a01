"""What a lead inspector does with the whole of an inspection: who leads, how each act goes, and a module a task."""
