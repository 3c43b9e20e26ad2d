"""What these modules raise when bytes from outside are not what they claim to be."""


class Invalid(ValueError):
    """A note, checkpoint, tile, entry or proof that does not parse or does not hold.

    Attributes:
        reason: A lower-case sentence that never repeats an entry's contents.
    """

    def __init__(self, *, reason: str) -> None:
        """Tell what is wrong."""
        super().__init__(reason)
        self.reason = reason
