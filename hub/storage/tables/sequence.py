"""The order that the sequencer gives entries: tree, checkpoints, and what entries are found by."""

GRANTS: dict[str, str] = {}
