"""What the demo tells: each step, and once it can answer, three questions to paste."""

import json
import shlex
import sys
from pathlib import Path
from typing import Final

import click
import structlog

from hub.cli.estate import Estate
from hub.cli.examples import Example, questions, variables

_SHOWN: Final = ("answered", "refused", "looked")


class Voice:
    """Speaks in lines to a person, or in log lines where nobody reads along."""

    def __init__(self, *, headless: bool) -> None:
        self.headless = headless
        self._log = structlog.get_logger("hub.demo")

    def step(self, doing: str) -> None:
        """Tell what is being done."""
        if self.headless:
            self._log.info("demo_step", doing=doing)
        else:
            click.echo(f"· {doing}", err=True)

    def ready(self, folder: Path, estate: Estate) -> None:
        """Tell that the hub answers, and where."""
        if self.headless:
            hub = _address(estate)
            self._log.info("demo_ready", graphql=f"{hub}/graphql", issuer=estate.issuer)
        else:
            click.echo(banner(folder, estate))

    def fell(self, server: str, log: Path) -> None:
        """Tell that a database ended, which the hub survives."""
        if self.headless:
            self._log.error("demo_database_ended", server=server, log=str(log))
        else:
            click.echo(f"· {server} ended; see {log}", err=True)

    def ended(self, name: str, tail: str) -> None:
        """Tell that issuer or hub ended by itself, and the demo with it."""
        if self.headless:
            self._log.error("demo_process_ended", process=name, log=tail.splitlines())
        else:
            click.echo(f"hub: the {name} ended by itself; its last words:\n{tail}", err=True)

    def stopped(self) -> None:
        """Tell that everything has ended, as asked."""
        if self.headless:
            self._log.info("demo_stopped")
        else:
            click.echo("· stopped", err=True)


def banner(folder: Path, estate: Estate) -> str:
    """Return addresses, questions to paste, and how to stop."""
    hub = _address(estate)
    lines = [
        "",
        "Vienreiz is ready.",
        "",
        f"  GraphQL and GraphiQL  {hub}/graphql",
        f"  issuer                {estate.issuer}",
        f"  health, metrics       {hub}/readyz   {hub}/metrics",
        f"  data and logs         {folder}",
        "",
    ]
    for example in questions():
        if example.key in _SHOWN:
            lines += [f"{example.title['en']}:", "", curl(example, hub, folder), ""]
    lines += [
        f"Clients, agreements, personas:  {_hub()} token --list{_where(folder)}",
        "Stop with Ctrl-C; the data stay. Begin anew with --reset.",
        "",
    ]
    return "\n".join(lines)


def curl(example: Example, hub: str, folder: Path | None = None) -> str:
    """Return a command line that asks the example question.

    Args:
        example: The question.
        hub: Address of the hub.
        folder: The sandbox's, for a line that works from wherever it is pasted; None supposes
            that one stands in the checkout and keeps the sandbox in its usual place.
    """
    body = json.dumps(
        {"query": " ".join(example.query.split()), "variables": variables(example)},
        ensure_ascii=False,
    )
    program, where = (_hub(), _where(folder)) if folder else (".venv/bin/hub", "")
    return " \\\n  ".join(
        [
            f"curl -s {hub}/graphql",
            f'-H "Authorization: Bearer $({program} token {example.client}{where})"',
            *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in _headers(example)),
            f"--data {shlex.quote(body)}",
        ]
    )


def _headers(example: Example) -> list[tuple[str, str]]:
    told = [
        ("X-DAGR-Permission", example.agreement),
        ("Hub-Case", example.case),
        ("Hub-Official", example.official),
        ("Content-Type", "application/json"),
    ]
    return [(name, value) for name, value in told if value]


def _address(estate: Estate) -> str:
    return f"http://{estate.host}:{estate.port}"


def _hub() -> str:
    return shlex.quote(str(Path(sys.executable).parent / "hub"))


def _where(folder: Path) -> str:
    return f" --data-dir {shlex.quote(str(folder))}"
