"""What the log must hold: the entries of every answer that was received, in unbroken chains."""

from collections.abc import Sequence

from hub.audit.chain import Break, verify_writer
from hub.model.entry import Receipt
from tests.anomaly.stage import Shelves, Shot, Stage


def prove(stage: Stage, shots: Sequence[Shot]) -> int:
    """Check every answer's receipt, and every writer's chain; return how many answers there were.

    A writer's chain runs from its first entry without gap or fork, however its replica ended.
    """
    answered = [shot for shot in shots if shot.status == 200]
    for shot in shots:
        assert (shot.body.get("data") is not None) == (shot.status == 200)

    async def read(shelves: Shelves) -> tuple[list[str], list[Break]]:
        unproved = []
        for shot in answered:
            receipt = shot.body["extensions"]["receipt"]
            entries = await shelves.reader.entries(receipt["id"])
            named = [await shelves.reader.reveal(entry) for entry in entries]
            subjects = {each.subject for each in named if each}
            proved = await shelves.reader.proves(Receipt(**receipt))
            if not proved or not subjects >= set(shot.asked):
                unproved.append(receipt["id"])
        chains = [
            verify_writer(await shelves.table.of_writer(writer))
            for writer in await shelves.table.writers()
        ]
        return unproved, [each for each in chains if each]

    unproved, broken = stage.read(read)
    assert unproved == []
    assert broken == []
    return len(answered)
