"""Detectors of possible misuse: pure functions over what the log says of a period."""
