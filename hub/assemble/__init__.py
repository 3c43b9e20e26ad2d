"""Room ``assemble``: fetched facts become the answer; nothing is asked of anybody here."""
