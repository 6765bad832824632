"""The memory that reading may take: told before it is taken."""

from visualize.errors import ArraysError


class NoRoomError(ValueError):
    """What does not fit into a room."""


class TooLargeError(ArraysError):
    """A file that does not fit into a room."""


class Room:
    """So many bytes for what is read; what does not fit is refused before there is any of it.

    >>> room = Room(2**20)
    >>> room.take(2**19)
    >>> room.take(2**20)
    Traceback (most recent call last):
    visualize.storage.room.NoRoomError: to read it takes more than is left of 1 MiB
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._left = most

    def take(self, size: int) -> None:
        """Count so many bytes as taken. Raises `NoRoomError` where they do not fit."""
        self.check(size)
        self._left -= size

    def check(self, size: int) -> None:
        """Raise `NoRoomError` where so many bytes do not fit, even for a while."""
        if size > self._left:
            raise NoRoomError(f"to read it takes more than is left of {self.most / 2**20:.3g} MiB")
