"""The corridor: one request through the rooms, in an order that is a decision record."""

from hub.pipeline.corridor import answer
from hub.pipeline.request import Release, Request, Rooms

__all__ = ["Release", "Request", "Rooms", "answer"]
