"""``python -m bench.misuse``: how much of seeded misuse the detectors find, and how often they err.

No server is needed: detectors are functions over looks in memory. A finding is right when it cites
an entry that was seeded for its kind; one that cites mostly other misuse is no false alarm.
Thresholds are those of ``policies/misuse.yaml``.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import click

from bench.misuse_seeds import Seed, seeds
from bench.misuse_town import DAYS, INSTITUTIONS, USUAL, at, city, days, ordinary
from hub.app import publication
from hub.audit.misuse.detect import detect
from hub.cli.reading import written_book
from hub.model.agreement import Agreement
from hub.model.found import Place
from hub.model.misuse import Finding, Kind, Thresholds
from hub.policy.misuse import load_thresholds
from hub.policy.source import packaged
from hub.policy.vocabulary import read_vocabulary
from hub.storage.keyring import MasterKeyring


@dataclass
class Tally:
    """Of one kind, over all seeds."""

    seeded: int = 0
    caught: int = 0
    right: int = 0
    other: int = 0
    wrong: int = 0

    def precision(self) -> float:
        return (self.right + self.other) / max(1, self.right + self.other + self.wrong)

    def recall(self) -> float:
        return self.caught / max(1, self.seeded)


@dataclass(frozen=True)
class Run:
    """One seed's city."""

    tallies: dict[Kind, Tally]
    looks: int
    detected_s: float


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seed", default=1, show_default=True, help="First seed.")
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1, 1_000))
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path))
def main(*, seed: int, runs: int, json_file: Path | None) -> None:
    """Print precision and recall of each detector of misuse, over several made-up cities."""
    catalogue = publication.catalogue()
    table = load_thresholds(packaged(), read_vocabulary(packaged(), catalogue))
    known = written_book(catalogue).agreements
    agreements = {number: each for of in known.values() for number, each in of.items()}
    told = [_run(each, agreements, table) for each in range(seed, seed + runs)]
    _print(told)
    if json_file:
        rows = [{"looks": r.looks, **{k: asdict(t) for k, t in r.tallies.items()}} for r in told]
        json_file.write_text(json.dumps(rows, indent=1))


def _run(seed: int, agreements: dict[str, Agreement], table: Thresholds) -> Run:
    made = city(Random(seed), agreements, table.namesake.common_surnames)
    looks = list(ordinary(made))
    made.note_crisis(looks)
    seeded = list(seeds(made))
    looks += [look for each in seeded for look in each.looks]
    around = made.surroundings(looks)
    begins = time.perf_counter()
    keyring = MasterKeyring(b"a key of the benchmark alone, 32 bytes")
    found = detect(looks, around, table, keyring, judged_from=at(days()[USUAL], 0))
    spent = time.perf_counter() - begins
    tallies = {kind: _tally(kind, found, seeded) for kind in Kind}
    return Run(tallies, len(looks), spent)


def _tally(kind: Kind, found: Sequence[Finding], seeded: Sequence[Seed]) -> Tally:
    mine = [each for each in seeded if each.kind is kind]
    places = frozenset[Place]().union(*(each.places for each in mine))
    of_kind = [each for each in found if each.kind is kind]
    right = [each for each in of_kind if each.evidence & places]
    cited = frozenset[Place]().union(*(each.evidence for each in of_kind))
    caught = [each for each in mine if each.places & cited]
    misuse = frozenset[Place]().union(*(each.places for each in seeded))
    other = [
        each
        for each in of_kind
        if each not in right and 2 * len(each.evidence & misuse) > len(each.evidence)
    ]
    wrong = len(of_kind) - len(right) - len(other)
    return Tally(len(mine), len(caught), len(right), len(other), wrong)


def _print(told: Sequence[Run]) -> None:
    officials = sum(INSTITUTIONS.values())
    looks = sum(each.looks for each in told) // len(told)
    spent = sum(each.detected_s for each in told) / len(told)
    click.echo(
        f"misuse: {len(told)} cities, {officials} officials, {USUAL} days before and"
        f" {DAYS - USUAL} judged, {looks} look-ups each,"
        f" searched in {spent:.1f} s"
    )
    click.echo(
        "| kind | seeded | found | recall | worst city | right | other misuse | wrong | precision |"
    )
    click.echo("|---|---|---|---|---|---|---|---|---|")
    for kind in Kind:
        each = [run.tallies[kind] for run in told]
        whole = Tally(*(sum(getattr(t, n) for t in each) for n in Tally.__annotations__))
        worst = min(t.recall() for t in each)
        click.echo(
            f"| `{kind}` | {whole.seeded} | {whole.caught} | {whole.recall():.2f} | {worst:.2f} |"
            f" {whole.right} | {whole.other} | {whole.wrong} | {whole.precision():.2f} |"
        )


if __name__ == "__main__":
    main()
