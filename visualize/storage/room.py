"""The memory that reading may take: told before it is taken."""


class Room:
    """So many bytes for what is read; what does not fit is refused before there is any of it.

    >>> room = Room(2**20)
    >>> room.take(2**19)
    >>> room.take(2**20)
    Traceback (most recent call last):
    ValueError: to read it takes more than is left of 1 MiB; --max-memory raises that
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._left = most

    def take(self, size: int) -> None:
        """Count so many bytes as taken. Raises `ValueError` where they do not fit."""
        self.check(size)
        self._left -= size

    def check(self, size: int) -> None:
        """Raise `ValueError` where so many bytes do not fit, even for a while."""
        if size > self._left:
            raise ValueError(
                f"to read it takes more than is left of {self.most / 2**20:.3g} MiB; "
                "--max-memory raises that"
            )
