"""Say what became of a message that was handed over: refused, certainly not accepted, or nobody can tell."""


class UnreachableError(Exception):
    """The server cannot be used now; the message was certainly not accepted."""


class RefusedError(Exception):
    """The server said no to this one message, for now (4xx) or for good (5xx)."""

    def __init__(self, code: int, reply: str):
        super().__init__(f"{code} {reply}")
        self.code = code
        self.reply = reply

    @property
    def is_permanent(self) -> bool:
        """Whether trying again is pointless."""
        return self.code >= 500


class UnknownOutcomeError(Exception):
    """The connection was lost after the whole message had left: it may have been accepted or not."""
