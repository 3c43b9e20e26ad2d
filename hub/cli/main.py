"""The verbs, each in a module of its own and imported only when it is used."""

import importlib
import logging
import sys
from collections.abc import Mapping
from typing import Final

import click
from typing_extensions import override

from hub.app.absent import without
from hub.app.collector import waiting
from hub.errors import HubError, Misconfigured

VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "serve": ("serve", "Serve in production; configuration from HUB_* variables only."),
    "migrate": ("migrate", "Bring the hub's database to this version."),
    "demo": ("demo", "Run the sandbox: hub, registers, issuer, synthetic people, GraphiQL."),
    "token": ("token", "Print a fresh access token of the running sandbox."),
    "people": ("people", "Print codes of the sandbox's synthetic people."),
    "policy": ("policy", "Show who may see what, and why."),
    "consent": ("consent", "Give, withdraw and show consents in the sandbox."),
    "audit": ("audit", "Prove, check and question the access log."),
    "cache": ("cache", "Evict a person's facts from the register cache."),
    "client": ("client", "Disable or enable a client, effective on its next request."),
    "schema": ("schema", "Print the published schema, or check it against the snapshot."),
}
"""Verb to (module of this package, one line of help)."""


class _Verbs(click.Group):
    """Loads a verb's module when it is called, so that ``hub --help`` is instant."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, _ = VERBS[cmd_name]
        hidden = ("rich", "greenlet") if cmd_name == "serve" else ()
        with waiting(), without(*hidden):
            command: click.Command = importlib.import_module(f"hub.cli.{module}").command
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, summary) for verb, (_, summary) in VERBS.items()])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vienreiz", prog_name="hub")
def _hub() -> None:
    """Vienreiz: one question over the state's registers, answered once and on the record."""
    importlib.import_module("hub.app.logs").configure_logs(logging.WARNING)  # never into the output


def main() -> None:
    """Run a verb; problems are told in plain lines, with exit status 2."""
    try:
        _hub(prog_name="hub")
    except Misconfigured as wrong:
        for problem in wrong.problems:
            click.echo(f"hub: {problem}", err=True)
        sys.exit(2)
    except HubError as wrong:
        click.echo(f"hub: {wrong.message}", err=True)
        sys.exit(2)
