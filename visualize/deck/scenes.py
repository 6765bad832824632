"""The scenes of a post, as if each of them were a file of its own."""

from pathlib import Path

from visualize.deck.media import Allowed
from visualize.deck.post import read_post
from visualize.deck.sections import read_sections
from visualize.errors import SceneError
from visualize.scene.budget import Budget
from visualize.scene.scene import Scene


def read_scenes_of(
    path: Path,
    budget: Budget,
    *,
    allow_outside: bool = False,
    download: bool = False,
) -> dict[Path, Scene]:
    """Return the scenes of a post, each once: by its file, or if it stands in the post by a name
    that is made of the post's: post-1, post-2.

    Raises `SceneError` with the mistakes of the post, but those of its looks.
    """
    post = read_post(path)
    sections = read_sections(post, Allowed(budget, allow_outside, download))
    if post.mistakes:
        raise SceneError(dict.fromkeys(post.mistakes))
    scenes: dict[Path, Scene] = {}
    inline = 0
    for section in sections:
        for film in section.films:
            inline += not film.file
            name = path.parent / film.file if film.file else _named(path, inline)
            scenes[name] = film.scene
    return scenes


def _named(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
