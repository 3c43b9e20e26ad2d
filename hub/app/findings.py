"""Desks that answer questions about findings of possible misuse, wired."""

from collections.abc import Mapping

from hub.audit.cursor import SealedCursors
from hub.audit.misuse.desk import FindingDesk
from hub.model.desk import OFFICERS, Post
from hub.ports import Keyring
from hub.storage.database import Database
from hub.storage.findings import FindingTable


def finding_posts(database: Database, keyring: Keyring) -> Mapping[str, Post]:
    """Return the desks by the published names of their root fields."""
    desk = FindingDesk(store=FindingTable(database), cursors=SealedCursors(keyring))
    return {
        "findings": Post(answer=desk.findings, admits=OFFICERS),
        "closeFinding": Post(answer=desk.close_finding, admits=OFFICERS, decision="oversight"),
    }
