"""Fixtures of decks."""

from tests.deck.decks import drawn

__all__ = ["drawn"]
