"""The verbs of ``hub audit``, each in a module of its own and imported only when it is used."""

import importlib
from collections.abc import Mapping
from typing import Final

import click
from typing_extensions import override

VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "detect": ("detect", "Search the log for possible misuse, and keep what is found."),
    "officials": ("officials", "Keep who officials are in private, for that search."),
    "vip": ("vip", "Keep the list of persons whom curiosity seeks."),
    "decide": ("decide", "Record a controller's decision on an objection or restriction."),
    "hold": ("hold", "Forbid destroying records, and end that again."),
    "destroy": ("destroy", "Destroy a person's keys, on the order of two officers."),
    "report": ("report", "Report under GDPR 15, 19, 30, 33 and 34."),
    "retain": ("retain", "End a year's retention: drop its entries, keep its proofs."),
    "reconcile": ("reconcile", "Compare registers' own call logs with the access log."),
    "verify": ("verify", "Check the log, a receipt, or the database from bytes alone."),
    "vkey": ("vkey", "Print the key by which anybody checks the log."),
    "witness": ("witness", "Cosign checkpoints as an outside body would."),
}
"""Verb to (module of this package, one line of help)."""


class _Verbs(click.Group):
    """Loads a verb's module when it is called."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(
            f"hub.cli.audit.{VERBS[cmd_name][0]}"
        ).command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, summary) for verb, (_, summary) in VERBS.items()])


@click.group(cls=_Verbs)
def command() -> None:
    """Prove, check and question the access log.

    Verbs that need a hub read the configuration of a production hub (HUB_* variables) where there
    is one, else the sandbox of --data-dir.
    """
