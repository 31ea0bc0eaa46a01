"""The central store on PostgreSQL."""
