"""What people write in scenes from habit, and the right answer to each."""

import pytest

from tests.conftest import SMALL
from tests.scene.conftest import Refuse
from visualize.errors import Mistake

SCENE = """
function: objective | cost_function: objective | loss: objective | func: objective
x0: start | initial_guess: start | p0: start | starting_point: start | init: start
iterations: steps | iters: steps | n_iter: steps | max_iter: steps | maxIter: steps
num_steps: steps | num_epochs: epochs | max_steps: steps | nsteps: steps | updates: steps
optimizer: optimizers | optimiser: optimizers | optimisers: optimizers | method: optimizers
solver: optimizers | algorithm: optimizers | runs: optimizers
random_state: seed | random_seed: seed | manual_seed: seed | rng: seed
plots: panels | subplots: panels | panel: panels
output_format: formats | writer: formats | ext: formats | format: formats
suptitle: title | footnote: caption | titel: title
style: theme | colorscheme: theme
fontsize: font_size | show_step: counter
framerate: frames.fps | frame_rate: frames.fps | fps: write frames: {fps: 1}
figsize: frames.size | resolution: frames.size | size: write frames: {size: 1}
interval: write frames: {interval: 1} | ms: frames.interval | pixels: frames.size
hold: write frames: {hold: 1} | loop: write frames: {loop: 1} | poster: write frames: {poster: 1}
steps_per_frame: write frames: {steps_per_frame: 1} | delay: write frames: {interval: 40}
 save_count: frames.count | n_frames: frames.count
repeat: frames.loop | repeat_delay: frames.hold | pause: frames.hold | skip: frames.steps_per_frame
rtol: tolerance.rtol | sigma: noise.standard_deviation
legend_loc: legend | show_legend: legend
max_size: write frames: {max_size: 1} | width: write frames: {size: [1280, 720]}
max_width: write frames: {size: [1280, 720]} | file_size: frames.max_size
hold_start: write frames: {hold_start: 1} | pause_start: frames.hold_start
pixel_height: write frames: {size: [1280, 720]} | dpi: sizes are in pixels
duration: write frames: {duration: 1} | run_time: frames.duration
font_family: font | typeface: font
speed: write frames: {fps: 50} | dark_mode: write theme: dark
xlim: write panels: [{kind: contour, limits: [[-5, 5], [-5, 5]]}]
cmap: write panels: [{kind: contour, colormap: viridis}]
lr: write optimizers: [{name: adam, learning_rate: 0.1}]
learning_rate: it is a setting of an optimizer; write optimizers: [{name: adam, learning_rate: 1}]
momentum: it is a setting of an optimizer | beta_1: it is a setting of an optimizer
label: it is a setting of an optimizer; write optimizers: [{name: adam, label: 1}]
initial_learning_rate: write learning_rate: {schedule: cosine, initial_learning_rate: 1}
decay_rate: it is a setting of a schedule; write learning_rate: {schedule: step, decay_rate: 1}
schedule: it is a setting of a schedule; write learning_rate: {schedule: 1}
filled: it is a setting of a contour panel; write panels: [{kind: contour, filled: 1}]
scale: it is a setting of a values panel | limits: it is a setting of a contour panel
domain: it is a setting of the objective | variables: it is a setting of the objective
frames_per_step: write frames: {frames_per_step: 1}
outfile: write render -o FOLDER | filename: a film is called as its scene file is
crf: each format has one quality | bitrate: each format has one quality
blit: it is always drawn fast | n_jobs: write render -j auto | audio: films have no sound
batch_size: write objective: {regression: {data: points.csv, batch_size: 10}}
evaluate_every: write objective: {regression: {evaluate_every: 10
tol: stop.gradient | dtype: everything is computed in float64
"""
"""At the top of a scene, whatever the value: what is written, and what it is here."""

FRAMES = """
frame_rate: fps | framerate: fps | rate: fps | r: fps
n_frames: count | num_frames: count | frames: count | total: count
figsize: size | resolution: size | width: write frames: {size: [1280, 720]}
dpi: sizes are in pixels | ms: interval | delay: write frames: {interval: 40}, in milliseconds
run_time: duration | length: duration | max_bytes: max_size | pause_start: hold_start
pause: hold | freeze: hold | repeat: loop | every: steps_per_frame | tween: frames_per_step
thumbnail: poster | preview: poster | speed: write frames: {fps: 50}
title: it is a setting of the scene | steps: write steps: 100 in the scene
"""
"""In a scene's frames."""

OPTIMIZER = """
lr: learning_rate | eta: learning_rate | stepsize: learning_rate | learningRate: learning_rate
alpha: learning_rate | beta1: beta_1 | b2: beta_2 | eps: epsilon | eps_root: epsilon_root
wd: weight_decay | l2: weight_decay | weight_decouple: decoupled_weight_decay
use_amsgrad: amsgrad | colour: color | legend: label | variant: convention
foreach: of speed alone | params: what is optimised is the scene's start
schedule: write learning_rate: {schedule: cosine, initial_learning_rate: 0.1}
warmup: write learning_rate: {schedule: warmup_cosine | iterations: write steps: 100 in the scene
x0: write start: [-7, 2] in the scene | steps: it is a setting of the scene
filled: it is a setting of a contour panel | fps: it is a setting of frames
"""
"""Of adam."""

CONTOUR = """
fill: filled | contourf: filled | n_levels: levels | bounds: limits | extent: limits
cmap: colormap | resolution: samples | xlim: write limits: [[-5, 5], [-5, 5]]
xlabel: axes are called as the variables are | figsize: write frames: {size: [1280, 720]}
type: kind | projection: plane
"""
"""Of a contour panel."""


def rows(table: str) -> list[tuple[str, str]]:
    """Return a table's names and answers."""
    cells = (cell for line in table.strip().splitlines() for cell in line.split(" | "))
    pairs = (cell.partition(": ") for cell in cells)
    return [(name.strip(), answer.strip()) for name, _, answer in pairs]


def check(mistakes: tuple[Mistake, ...], place: str, name: str, answer: str) -> None:
    """Check that an unknown setting is told once, and answered with a name or with words."""
    [told] = mistakes
    assert told.setting == f"{place}{name}"
    assert told.message.startswith("unknown setting; ")
    wanted = answer if " " in answer else f"did you mean '{answer}'"
    assert wanted in told.message
    assert told.source[told.column - 1 :].startswith(name)


@pytest.mark.parametrize(("name", "answer"), rows(SCENE))
def test_a_foreign_setting_of_a_scene_is_answered(name: str, answer: str, refuse: Refuse) -> None:
    check(refuse(f"{SMALL}{name}: 1\n"), "", name, answer)


@pytest.mark.parametrize(("name", "answer"), rows(FRAMES))
def test_a_foreign_setting_of_frames_is_answered(name: str, answer: str, refuse: Refuse) -> None:
    text = SMALL.replace("frames: {", f"frames: {{{name}: 1, ")
    check(refuse(text), "frames.", name, answer)


@pytest.mark.parametrize(("name", "answer"), rows(OPTIMIZER))
def test_a_foreign_setting_of_an_optimizer_is_answered(
    name: str, answer: str, refuse: Refuse
) -> None:
    rate = "" if answer == "learning_rate" else "learning_rate: 1, "
    text = SMALL.replace("{name: sgd, learning_rate: 0.9", f"{{name: adam, {rate}{name}: 1")
    check(refuse(text), "optimizers[0].", name, answer)


@pytest.mark.parametrize(("name", "answer"), rows(CONTOUR))
def test_a_foreign_setting_of_a_panel_is_answered(name: str, answer: str, refuse: Refuse) -> None:
    text = SMALL.replace("panels: [values]", f"panels: [{{kind: contour, {name}: 1}}]")
    check(refuse(text), "panels[0].", name, answer)


def test_there_are_as_many_as_people_bring() -> None:
    assert sum(map(len, map(rows, (SCENE, FRAMES, OPTIMIZER, CONTOUR)))) >= 130


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("jpg", "png"),
        ("jpeg", "png"),
        ("avi", "mp4"),
        ("mov", "mp4"),
        ("mkv", "mp4"),
        ("video", "mp4"),
        ("giff", "gif"),
        ("GIF", "gif"),
        ("wepb", "webp"),
    ],
)
def test_another_name_of_a_format_is_answered(name: str, right: str, refuse: Refuse) -> None:
    [told] = refuse(f"{SMALL}formats: [{name}]\n")
    assert told.message == f"unknown format '{name}'; did you mean '{right}'?"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("3d", "surface"),
        ("heatmap", "contour"),
        ("loss", "values"),
        ("convergence", "values"),
        ("countour", "contour"),
        ("line", "curve"),
    ],
)
def test_another_name_of_a_panel_is_answered(name: str, right: str, refuse: Refuse) -> None:
    [told] = refuse(SMALL.replace("[values]", f"[{name}]"))
    assert told.message == f"unknown kind '{name}'; did you mean '{right}'?"


@pytest.mark.parametrize(
    ("color", "words"),
    [
        ("ff0000", "write '#ff0000', in quotes"),
        ("'#f00'", "write '#ff0000', in quotes"),
        ("tab:blue", "write blue"),
        ("r", "write red"),
        ("k", "write black"),
        ("grey", "write gray"),
        ("Blue", "write blue"),
        ("bleu", "did you mean 'blue'?"),
        ("[1, 0, 0]", "write color: '#1f77b4'"),
    ],
)
def test_a_colour_in_another_form_is_answered(color: str, words: str, refuse: Refuse) -> None:
    [told] = refuse(SMALL.replace("0.9}", f"0.9, color: {color}}}"))
    assert words in told.message
