"""Holds, orders, findings and whatever else officers record."""

GRANTS: dict[str, str] = {}
