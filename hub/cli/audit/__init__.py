"""``hub audit``: the access log, proved, checked and questioned."""

from hub.cli.audit.verbs import command

__all__ = ["command"]
