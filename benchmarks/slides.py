"""Make a video of a deck, here and with moviepy, and print one table.

    python -m venv moviepy && moviepy/bin/pip install moviepy
    python benchmarks/slides.py moviepy/bin/python [--slides 30] [--transition fade]

The deck has 30 slides at 1920x1080, 5 of them with a scene that moves. `visualize slides` reads
the post, simulates its scenes, draws the slides, and makes all its files; moviepy is handed PNGs
of the slides that stand still and a clip of each that moves, and makes a video of them. Whole
processes are measured one after the other: CPU seconds (with those of ffmpeg), wall seconds, the
largest memory of the Python process and of its ffmpeg, and the size of the video.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from visualize import save
from visualize.deck.clip import FADE, DeckClip
from visualize.deck.reading import read_deck
from visualize.deck.slide import Deck

ROOT = Path(__file__).parent.parent
SCENES = ("adagrad-1d", "adagrad-contour", "race", "effective-rates", "four-algorithms")
SENTENCES = (
    "AdaGrad divides the learning rate of each coordinate by the root of its squared gradients.",
    "**Steep** directions are slowed down, *flat* ones are not, so one rate suits a ravine.",
    "Plain descent crawls along the floor of a ravine, or jumps from one wall to the other.",
    "The sum only ever grows, so the rate only ever falls, and at last nothing moves any more.",
    "RMSProp forgets: an average over the last gradients stands in the place of the sum.",
    "Adam adds momentum, and corrects what both averages lack while there are few gradients.",
    "What is seen rarely, like a word in a text, still learns when its turn comes.",
)
POINTS = (
    "What was seen often moves little: $G_t = G_{t-1} + g_t^2$",
    "What was seen rarely moves: $x_{t+1} = x_t - \\eta\\, g_t / \\sqrt{G_t + \\epsilon}$",
    "The rate only ever falls",
    "With momentum: $v_t = \\mu v_{t-1} - \\eta \\nabla f(x_t)$",
    "An average: $s_t = \\rho s_{t-1} + (1 - \\rho)\\, g_t^2$",
)
CODE = (
    "for step in range(steps):",
    "    gradient = f.gradient(x)",
    "    total += gradient ** 2",
    "    velocity = momentum * velocity + gradient",
    "    x -= rate * gradient / np.sqrt(total + epsilon)",
    "    rate = schedule(step)",
)


def words_of(number: int) -> str:
    """Return what a slide says: no two say the same."""
    says = [SENTENCES[(number * step + step) % len(SENTENCES)] for step in (1, 2, 3)]
    points = [POINTS[(number + step) % len(POINTS)] for step in range(2 + number % 3)]
    lines = [CODE[0], *(CODE[1 + (number + step) % 5] for step in range(2 + number % 2))]
    return "\n".join(
        [" ".join(says), "", *(f"- {it}" for it in points), "", "```python", *lines, "```", ""]
    )


MOVIEPY = """
import sys
from pathlib import Path
from moviepy import ImageClip, VideoFileClip, concatenate_videoclips, vfx
folder, output, fade = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
clips = []
for file in sorted(folder.iterdir()):
    still = file.suffix == ".png"
    clip = ImageClip(str(file)).with_duration(3) if still else VideoFileClip(str(file))
    clips.append(clip.with_effects([vfx.CrossFadeIn(fade)]) if fade and clips else clip)
if fade:
    starts, time = [], 0.0
    for clip in clips:
        starts.append(clip.with_start(time))
        time += clip.duration
    from moviepy import CompositeVideoClip
    video = CompositeVideoClip(starts)
else:
    video = concatenate_videoclips(clips)
video.write_videofile(output, fps=25, codec="libx264", audio=False, logger=None)
"""


class Measure(NamedTuple):
    """What one process cost."""

    cpu: float
    wall: float
    megabytes: float
    """The largest memory of the process."""
    others: float
    """And of one that it starts: ffmpeg."""
    kilobytes: float


def write_post(folder: Path, slides: int, transition: str) -> Path:
    """Write a post of so many slides, with the scenes spread over it."""
    sections = []
    for number in range(slides):
        which, rest = divmod(number - 3, max(slides // len(SCENES), 1))
        if rest == 0 and 0 <= which < len(SCENES):
            shutil.copy(ROOT / "scenes" / f"{SCENES[which]}.yaml", folder)
            body = f"![The scene {SCENES[which]}]({SCENES[which]}.yaml)\n"
        else:
            body = words_of(number)
        sections.append(f"## Part {number + 1}\n\n{body}")
    path = folder / "post.md"
    path.write_text(f"---\ntransition: {transition}\n---\n\n" + "\n".join(sections))
    return path


def prepare(deck: Deck, folder: Path) -> None:
    """Write what moviepy is handed: a PNG for each slide that stands still, a clip for others."""
    from dataclasses import replace

    for number, slide in enumerate(deck.slides):
        suffix = "mp4" if slide.timelines else "png"
        alone = replace(deck, slides=(slide,))
        save(DeckClip(alone), folder / f"{number:03}.{suffix}")


def measure(command: list[str], output: Path) -> Measure:
    """Run a command that makes `output`, and return what it cost."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own: dict[int, float] = {}
    done = 0
    while not done:
        for each in (process.pid, *children(process.pid)):
            own[each] = max(own.get(each, 0), peak(each))
        time.sleep(0.02)
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
    wall = time.perf_counter() - begun
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    cpu = usage.ru_utime + usage.ru_stime
    most = own.pop(process.pid)
    others = max(own.values(), default=0)
    return Measure(cpu, wall, most, others, output.stat().st_size / 1000)


def children(process: int) -> list[int]:
    """Return the processes that one has started."""
    try:
        tasks = [*Path(f"/proc/{process}/task").iterdir()]
        return [int(it) for task in tasks for it in (task / "children").read_text().split()]
    except OSError:
        return []


def peak(process: int) -> float:
    """Return the largest memory that a process has had so far, in MB."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Measure both, in turn, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="A Python that has moviepy.")
    parser.add_argument("--slides", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    print(
        "| transition | made by | CPU s | wall s | memory MB, with ffmpeg's | video KB | lasts s |"
    )
    print("|---|---|---|---|---|---|---|")
    for transition in ("none", "fade"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            post = write_post(folder, arguments.slides, transition)
            deck = read_deck(post)
            (folder / "handed").mkdir()
            prepare(deck, folder / "handed")
            seconds = float(sum(slide.lasts for slide in deck.slides))
            ours = [sys.executable, "-m", "visualize", "slides", str(post), "--force"]
            ours += ["-o", str(folder / "ours")]
            fade = str(float(FADE)) if transition == "fade" else "0"
            theirs = [arguments.python, "-c", MOVIEPY, str(folder / "handed")]
            theirs += [str(folder / "theirs.mp4"), fade]
            found = {
                "visualize, all files": (ours, folder / "ours" / "post.mp4"),
                "moviepy, the video": (theirs, folder / "theirs.mp4"),
            }
            for maker, (command, output) in found.items():
                it = min(measure(command, output) for _ in range(arguments.rounds))
                print(
                    f"| {transition} | {maker} | {it.cpu:.1f} | {it.wall:.1f} | "
                    f"{it.megabytes:.0f} + {it.others:.0f} | {it.kilobytes:.0f} | {seconds:.1f} |"
                )


if __name__ == "__main__":
    main()
