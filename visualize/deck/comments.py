"""What a post says of one slide, in comments that a blog does not show."""

import re
from dataclasses import dataclass, field
from typing import get_args

from visualize.deck.blocks import Layout
from visualize.deck.post import Finder, Post
from visualize.deck.settings import LONGEST_SLIDE, SHORTEST_SLIDE
from visualize.text import near_names, shortened

DIRECTIVE = re.compile(r"\s*(?P<name>\w+)\s*:\s*(?P<value>.*?)\s*", re.DOTALL)
"""What a comment says about its slide: `seconds: 6`."""
DIRECTIVES = ("seconds", "note", "layout")


@dataclass
class Wishes:
    """What has been said of a slide."""

    seconds: float | None = None
    notes: list[str] = field(default_factory=list)
    layout: Layout | None = None


def obey(text: str, wishes: Wishes, post: Post, finder: Finder) -> None:
    """Add what a comment says to what has been said of its slide, if it is one of ours."""
    found = DIRECTIVE.fullmatch(text)
    if not found:
        return
    name, value = found["name"].lower(), found["value"]
    if name not in DIRECTIVES:
        near = near_names(name, DIRECTIVES)
        if near and value:
            words = f"this comment says nothing to slides; did you mean '{near[0]}'?"
            post.remark(finder.find(found["name"]), words)
        return
    mark = finder.find(value or found["name"])
    match name:
        case "note":
            wishes.notes.append(value)
        case "seconds":
            seconds = _number(value)
            if seconds is None or not SHORTEST_SLIDE <= seconds <= LONGEST_SLIDE:
                words = f"must be at least {SHORTEST_SLIDE} and at most {LONGEST_SLIDE} seconds"
                got = f"(got {shortened(value, 40)!r}); write <!-- seconds: 6 -->"
                post.refuse(mark, f"{words} {got}")
            else:
                wishes.seconds = seconds
        case "layout":
            known: tuple[Layout, ...] = get_args(Layout)
            chosen = next((it for it in known if it == value.lower()), None)
            if chosen is None:
                near = near_names(value, known)
                hint = f"; did you mean '{near[0]}'?" if len(near) == 1 else ""
                words = f"must be one of {', '.join(known)} (got {shortened(value, 40)!r})"
                post.refuse(mark, f"{words}{hint}")
            wishes.layout = chosen or wishes.layout


def _number(text: str) -> float | None:
    try:
        return float(re.sub(r"\s*s(?:econds?)?$", "", text))
    except ValueError:
        return None
