"""Themes that scenes ask for: ours, and those of their authors, in the scene or in a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.conftest import SMALL
from tests.film.films import a_scene
from visualize import Scene, compose, read_scene, simulate
from visualize.batch.scenes import find_scenes
from visualize.errors import SceneError
from visualize.film.fingerprint import fingerprint
from visualize.looks.themes import THEMES, Theme
from visualize.watching.sources import files_of

Write = Callable[..., Path]
MINE = """\
base: dark
background: "#102030"
series: ["#ff8800", yellow]
"""


def own(scene: Scene) -> Theme:
    assert isinstance(scene.theme, Theme)
    return scene.theme


def mistakes(path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(SceneError) as caught:
        read_scene(path)
    return [(Path(it.path).name, it.line, it.message) for it in caught.value.mistakes]


def test_a_mapping_goes_on_from_one_of_ours() -> None:
    scene = a_scene(theme={"base": "dark", "background": "#101820", "series": ["#ff0000", "gold"]})
    theme = own(scene)
    assert (theme.name, theme.background, theme.series) == ("own", "#101820", ("#ff0000", "gold"))
    assert theme.ink == THEMES["dark"].ink
    assert own(a_scene(theme={"curve": "red"})).background == THEMES["light"].background
    assert list(scene.by_theme) == ["own"]


def test_one_colour_may_stand_for_a_list() -> None:
    theme = own(a_scene(theme={"series": "red", "lines": "blue", "markers": "s", "dashes": "--"}))
    assert (theme.series, theme.lines) == (("red",), ("blue", "blue"))
    assert (theme.markers, theme.dashes) == (("square",), ("dashed",))


def test_a_file_is_read_and_its_values_are_the_scenes(write_scene: Write) -> None:
    mine = write_scene(MINE, "mine.yaml")
    scene = read_scene(write_scene(f"{SMALL}theme: [light, mine.yaml]\n"))
    assert list(scene.by_theme) == ["light", "mine"]
    assert scene.look == THEMES["light"]
    assert scene.by_theme["mine"].look.series == ("#ff8800", "yellow")
    assert [*files_of(scene)] == [mine]
    mine.unlink()
    again = Scene.model_validate(scene.canonical())
    assert again == scene
    assert fingerprint(again.by_theme["mine"]) == fingerprint(scene.by_theme["mine"])


def test_a_film_is_another_where_the_file_holds_other_colours(write_scene: Write) -> None:
    scene = write_scene(f"{SMALL}theme: mine.yaml\n")
    prints = []
    for color in ("#102030", "#102031", "#102030"):
        write_scene(MINE.replace("#102030", color), "mine.yaml")
        prints.append(fingerprint(read_scene(scene)))
    assert prints[0] == prints[2] != prints[1]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("series: [red, yelow]\n", 1, "must be a colour, like '#1f77b4' or 'blue'; did you mean"),
        ("base: dark\ninkk: red\n", 2, "unknown setting; did you mean 'ink'?"),
        ("colors: [red]\n", 1, "unknown setting; did you mean 'series'?"),
        ("base: drak\n", 1, "did you mean 'dark'?"),
        ("background:\n", 1, "there is no value"),
        ("- red\n", 1, "a theme is a mapping of settings"),
        ("box: yes\n", 1, "must be true or false (got 'yes'); write box: true"),
        ("ink: '#101\n", 1, ""),
    ],
)
def test_a_mistake_is_told_at_its_place_in_its_file(
    text: str, line: int, words: str, write_scene: Write
) -> None:
    write_scene(text, "mine.yaml")
    [(file, where, message)] = mistakes(write_scene(f"{SMALL}theme: mine.yaml\n"))
    assert (file, where) == ("mine.yaml", line)
    assert words in message


@pytest.mark.parametrize(
    ("theme", "words"),
    [
        ("mine.yml", "mine.yml: no such file or directory; did you mean"),
        ("../mine.yaml", "lies outside the scene's folder; --allow-outside reads it"),
        ("papper", "unknown theme 'papper'; did you mean 'paper'?"),
        ("zzz", "there are light, dark, paper, article, and your own: theme: {base: dark"),
        ("{base: drak}", "did you mean 'dark'?"),
        ("{backgruond: red}", "unknown setting; did you mean 'background'?"),
        ("{ink: reddish}", "must be a colour"),
        ("[light, light, {name: light}]", "two themes are called 'light'"),
        ("{name: a/b}", "must be plain text"),
        ("{name: 'a:b'}", "cannot be in a file's name"),
        ("{markers: [q]}", "must be"),
        ("5", "must be text (got 5); write theme: dark"),
    ],
)
def test_a_theme_that_there_is_not_is_answered(theme: str, words: str, write_scene: Write) -> None:
    write_scene(MINE, "mine.yaml")
    told = mistakes(write_scene(f"{SMALL}theme: {theme}\n"))
    assert {file for file, _, _ in told} == {"scene.yaml"}
    assert any(words in message for _, _, message in told)


def test_from_python_a_mistake_of_a_file_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("\nink: reddish\n")
    with pytest.raises(ValidationError, match=r"mine\.yaml:2:6: ink: must be a colour"):
        a_scene(theme="mine.yaml")


def test_a_film_tells_what_cannot_be_read() -> None:
    scene = a_scene((48, 32), theme={"name": "night", "background": "#101820"}, steps=1)
    film = compose(scene, simulate(scene))
    assert any("theme night: text of #22262b cannot be read" in it for it in film.remarks)


def test_settings_are_kept_through_other_changes() -> None:
    theme: dict[str, Any] = {"base": "paper", "markers": ["s"]}
    scene = a_scene(theme=[theme, "dark", {"ink": "navy"}])
    assert list(scene.by_theme) == ["own", "dark", "own-2"]
    assert scene.replaced(steps=3).theme == scene.theme


def test_in_a_folder_of_scenes_a_theme_is_none(write_scene: Write, tmp_path: Path) -> None:
    mine = write_scene(MINE, "mine.yaml")
    scene = write_scene(f"{SMALL}theme: mine.yaml\n")
    wrong = write_scene("start: 1\nseries: [red]\n", "wrong.yaml")
    assert find_scenes([tmp_path]) == ([scene, wrong], [])
    [(_, line, message)] = mistakes(mine)
    assert (line, message) == (1, "no scene, but a theme; a scene names it: theme: mine.yaml")
