"""The corridor: one request through the rooms, in an order that is a decision record."""

from hub.pipeline.corridor import answer
from hub.pipeline.engines import Engines
from hub.pipeline.prepared import Preparations
from hub.pipeline.recollections import Recollections
from hub.pipeline.request import Release, Request, Rooms

__all__ = ["Engines", "Preparations", "Recollections", "Release", "Request", "Rooms", "answer"]
