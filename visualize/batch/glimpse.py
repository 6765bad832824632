"""What one wants to see of a scene before its film is made: a draft, a still, a contact sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from visualize.film.fingerprint import Cut
from visualize.scene.scene import Scene
from visualize.text import counted

SMALL = 480
"""Pixels: the longer side of a draft's pictures."""
LEAST = 16
"""Pixels of a side."""
Still = Literal["first", "last"] | int


@dataclass(frozen=True)
class Glimpse:
    """What is made of scenes in place of their films."""

    draft: bool = False
    """Whether it is small, and of few pictures: fast."""
    still: Still | None = None
    """The one picture that is wanted: the first, the last, or its number, from 0."""
    sheet: bool = False
    """Whether it is some pictures side by side."""

    @property
    def is_whole(self) -> bool:
        """Whether films are made after all."""
        return self == WHOLE

    @property
    def is_one_picture(self) -> bool:
        """Whether there is nothing that moves."""
        return self.sheet or self.still is not None

    @property
    def cut(self) -> Cut:
        """What is made of the pictures."""
        if self.sheet:
            return "sheet"
        return "draft" if self.draft and self.still is None else "film"

    @property
    def ending(self) -> str:
        """What the name of a file ends with, so that it is never taken for the film."""
        return "-draft" if self.draft else "-sheet" if self.sheet else ""

    def formats_of(self, scene: Scene, chosen: Sequence[str]) -> tuple[str, ...]:
        """Return the formats in which it is written, where some may be chosen."""
        if self.is_one_picture:
            return ("png",)
        if chosen or not self.draft:
            return tuple(dict.fromkeys(chosen or scene.formats))
        return ("apng",) if scene.transparent else ("gif",)

    def misfit_of(self, scene: Scene) -> str:
        """Return why there is no such picture of a scene; nothing if there is."""
        count = scene.frame_count
        if isinstance(self.still, int) and self.still >= count:
            return f"the film has {counted(count, 'frame')}, from 0 to {count - 1}"
        return ""

    def scene_of(self, scene: Scene) -> Scene:
        """Return the scene as it is drawn."""
        if self.is_whole:
            return scene
        is_small = self.draft or self.sheet
        frames = scene.frames.model_copy(update={"max_size": None} if is_small else {})
        if self.still is not None:
            frames = frames.model_copy(update={"poster": self.still})
        font_size = scene.font_size
        if self.draft:
            part = min(SMALL / max(frames.size), 1)
            width, height = (max(round(side * part), LEAST) for side in frames.size)
            frames = frames.model_copy(update={"size": (width, height)})
            font_size = None if font_size is None else font_size * part
        return scene.model_copy(update={"frames": frames, "font_size": font_size})


WHOLE = Glimpse()
"""The films."""
