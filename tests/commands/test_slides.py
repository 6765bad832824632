"""`visualize slides`: what it prints where, how it exits, and what it leaves behind."""

from pathlib import Path

import av
import pytest
from click.testing import CliRunner, Result

from visualize.commands.main import commands

POST = """\
---
size: [160, 90]
---
# One

Some words.

# Two

Other words.

# Three
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["slides", *map(str, arguments)])


@pytest.fixture
def post(tmp_path: Path) -> Path:
    path = tmp_path / "post.md"
    path.write_text(POST)
    return path


def test_paths_are_results_and_all_else_is_said_beside_them(post: Path, tmp_path: Path) -> None:
    done = run(post, "-o", tmp_path / "out")
    assert done.exit_code == 0
    names = ["post.mp4", "post.pdf", "post.sheet.png", "post.vtt"]
    assert done.stdout.splitlines() == [str(tmp_path / "out" / name) for name in names]
    assert "3 slides, 9 s of video" in done.stderr
    assert "no list of chapters" in done.stderr
    again = run(post, "-o", tmp_path / "out")
    assert (again.exit_code, again.stdout) == (0, "")
    assert f"{post}: current" in again.stderr
    assert run(post, "-o", tmp_path / "out", "--force").stdout == done.stdout


def test_a_slide_or_some_are_made_alone(post: Path, tmp_path: Path) -> None:
    assert run(post, "-o", tmp_path / "out", "--slide", "2").stdout.endswith("post-slide-2.png\n")
    assert "post-slides-2-3.mp4\n" in run(post, "-o", tmp_path / "out", "--from", "2").stdout
    with av.open(str(tmp_path / "out" / "post-slides-2-3.mp4")) as video:
        assert video.duration == 6_000_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--slide", "4"], "3 slides"),
        (["--from", "3", "--to", "2"], "--from 3 is behind --to 2"),
        (["--format", "png"], "a png is of one slide; write --slide 1 --format png"),
        (["--slide", "1", "--to", "2"], "--slide 1 is one slide"),
        (["--format", "avi"], "'avi'"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], words: str, post: Path, tmp_path: Path) -> None:
    done = run(post, "-o", tmp_path / "out", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (tmp_path / "out").exists()


def test_two_posts_of_one_name_are_refused(post: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "post.md"
    other.parent.mkdir()
    other.write_text(POST)
    done = run(post, other, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert str(other) in done.stderr


def test_mistakes_are_told_at_their_places_and_other_posts_are_made(
    post: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text(
        "---\nmusic: {file: nowhere.mp3}\nseconds_per_slid: 2\n---\n# A\n\n![b](c.png)\n"
    )
    done = run(bad, post, "-o", tmp_path / "out", "--slide", "1")
    assert done.exit_code == 2
    for place in ("bad.md:2:15: music.file: there is no such file", "bad.md:3:1: ", "bad.md:7:6: "):
        assert place in done.stderr
    assert done.stdout == f"{tmp_path / 'out' / 'post-slide-1.png'}\n"


def test_what_cannot_be_written_is_told(post: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "post.mp4").mkdir(parents=True)
    done = run(post, "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert "post.mp4: cannot be written: it is a folder" in done.stderr


def test_a_silent_track_is_added_on_request(post: Path, tmp_path: Path) -> None:
    run(post, "-o", tmp_path / "out", "--silent-track")
    with av.open(str(tmp_path / "out" / "post.mp4")) as video:
        assert len(video.streams.audio) == 1
