"""The desk of orders to destroy keys, wired."""

from collections.abc import Mapping

from hub.app.given import Given
from hub.audit.orders import OrderDesk
from hub.audit.retention import Retention
from hub.model.desk import HUB, OFFICERS, Post
from hub.storage.oversight import RetentionTable


def retention_posts(given: Given) -> Mapping[str, Post]:
    """Return the desk's posts by the published names of their root fields."""
    table = RetentionTable(given.database)
    desk = OrderDesk(Retention(table, given.log, given.keyring, given.clock))
    # one of the two is always the hub's: an order reaches entries of every institution
    return {
        "orderDestruction": Post(answer=desk.order, admits=HUB, decision="oversight"),
        "confirmDestruction": Post(answer=desk.confirm, admits=OFFICERS, decision="oversight"),
    }
