"""Wiring: which room gets what; nothing here decides anything."""
