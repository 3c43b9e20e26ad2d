"""What the demo prints once it can answer: addresses, three questions to paste, how to stop."""

import json
import shlex
import sys
from pathlib import Path

import click

from hub.cli.estate import Estate
from hub.cli.examples import Example, questions, variables

_SHOWN = ("answered", "refused", "partial")


def tell(folder: Path, estate: Estate, *, headless: bool) -> None:
    """Print the banner, or one line when headless."""
    hub = f"http://{estate.host}:{estate.port}"
    if headless:
        click.echo(f"ready at {hub}/graphql", err=True)
        return
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
        "Clients, agreements, personas:  .venv/bin/hub token --list",
        "Stop with Ctrl-C; the data stay. Begin anew with --reset.",
        "",
    ]
    click.echo("\n".join(lines))


def curl(example: Example, hub: str, folder: Path | None = None) -> str:
    """Return a command line that asks the example question."""
    body = json.dumps(
        {"query": " ".join(example.query.split()), "variables": variables(example)},
        ensure_ascii=False,
    )
    where = f" --data-dir {shlex.quote(str(folder))}" if folder else ""
    program = shlex.quote(str(Path(sys.executable).parent / "hub")) if folder else ".venv/bin/hub"
    return " \\\n  ".join(
        [
            f"curl -s {hub}/graphql",
            f'-H "Authorization: Bearer $({program} token {example.client}{where})"',
            f"-H 'X-DAGR-Permission: {example.agreement}'",
            "-H 'Content-Type: application/json'",
            f"--data {shlex.quote(body)}",
        ]
    )
