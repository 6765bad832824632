"""Pictures out of lists and quotations: they stand beside text, not among it."""

from collections.abc import Iterator
from dataclasses import replace

from visualize.deck.blocks import Block, Film, Listing, Missing, Picture, Quote, Visuals


def hoisted(block: Block) -> Iterator[Block]:
    """Yield a block without the pictures in it, each of which follows what it stood in.

    A list goes on below them, its numbers as they were.
    """
    if isinstance(block, Quote):
        inner = [part for it in block.blocks for part in hoisted(it)]
        kept = tuple(it for it in inner if not isinstance(it, Visuals))
        if kept:
            yield replace(block, blocks=kept)
        yield from (it for it in inner if isinstance(it, Visuals))
    elif isinstance(block, Listing):
        yield from _list(block)
    else:
        yield block


def _list(block: Listing) -> Iterator[Block]:
    items = []
    for item in block.items:
        inner = [part for it in item.blocks for part in hoisted(it)]
        visuals = [it for it in inner if isinstance(it, Visuals)]
        kept = tuple(it for it in inner if not isinstance(it, Visuals))
        if kept or not visuals:
            items.append(replace(item, blocks=kept))
        if visuals:
            if items:
                yield replace(block, items=tuple(items))
                items = []
            together: tuple[Picture | Film | Missing, ...] = ()
            for it in visuals:
                together += it.of
            yield Visuals(together)
    if items:
        yield replace(block, items=tuple(items))
