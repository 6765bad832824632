"""The recipe that everyone copies: clear, redraw everything, and let the stock writer save.

Two scenes, as the articles write them: A, a dot that slides down x - x³ (200 frames, 1920x1080),
and B, four optimizers racing over filled contours with legend and step counter (200 frames,
1280x720). Usage: `python recipe.py A gif film.gif`.
"""

import sys

import imageio_ffmpeg
import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["animation.ffmpeg_path"] = imageio_ffmpeg.get_ffmpeg_exe()

import matplotlib.pyplot as plt  # noqa: E402  # the backend comes first
import numpy as np  # noqa: E402
from matplotlib.animation import FFMpegWriter, FuncAnimation, PillowWriter  # noqa: E402

FRAMES = 200


def scene_a() -> FuncAnimation:
    plt.rcParams["font.size"] = 22
    x, accumulator, xs = -1.0, 0.1, [-1.0]
    for _ in range(1000):
        gradient = 1 - 3 * x**2
        accumulator += gradient**2
        x += -0.05 * gradient / (np.sqrt(accumulator) + 1e-8)
        xs.append(x)
    grid = np.linspace(-5, 5, 10_000)
    figure, axes = plt.subplots(figsize=(19.2, 10.8), dpi=100)

    def draw(frame: int) -> None:
        axes.clear()
        axes.plot(grid, grid - grid**3)
        axes.axhline(-0.3849001794597505, linestyle="--", alpha=0.5)
        axes.plot(xs[frame], xs[frame] - xs[frame] ** 3, "o", color="red")
        axes.set(xlim=(-5, 5), ylim=(-5, 5), xlabel="x")
        axes.set_ylabel("y", rotation=0)
        axes.set_title("Adagrad, learning_rate = 0.05")
        axes.grid(alpha=0.5)

    return FuncAnimation(figure, draw, frames=FRAMES, interval=20)


def scene_b() -> FuncAnimation:
    def gradient(point: np.ndarray) -> np.ndarray:
        return np.array([point[0] / 10, 2 * point[1]])

    paths = {name: [np.array([-7.0, 2.0])] for name in ("SGD", "Momentum", "AdaGrad", "Adam")}
    velocity, squares, mean, mean_square = (np.zeros(2) for _ in range(4))
    for step in range(1, 51):
        now = {name: path[-1] for name, path in paths.items()}
        paths["SGD"].append(now["SGD"] - 0.95 * gradient(now["SGD"]))
        velocity = 0.9 * velocity - 0.1 * gradient(now["Momentum"])
        paths["Momentum"].append(now["Momentum"] + velocity)
        g = gradient(now["AdaGrad"])
        squares = squares + g**2
        paths["AdaGrad"].append(now["AdaGrad"] - 1.5 * g / (np.sqrt(squares) + 1e-10))
        g = gradient(now["Adam"])
        mean = 0.9 * mean + 0.1 * g
        mean_square = 0.999 * mean_square + 0.001 * g**2
        root = np.sqrt(mean_square / (1 - 0.999**step)) + 1e-8
        paths["Adam"].append(now["Adam"] - 0.3 * mean / (1 - 0.9**step) / root)
    rows = np.arange(FRAMES) / 4
    smooth = {
        name: np.stack(
            [np.interp(rows, np.arange(51), np.array(path)[:, i]) for i in (0, 1)], axis=1
        )
        for name, path in paths.items()
    }
    x, y = np.meshgrid(np.linspace(-8, 2, 301), np.linspace(-3, 3, 301))
    figure, axes = plt.subplots(figsize=(12.8, 7.2), dpi=100)

    def draw(frame: int) -> None:
        axes.clear()
        axes.contourf(x, y, x**2 / 20 + y**2, levels=22, cmap="Blues")
        for name, path in smooth.items():
            (line,) = axes.plot(*path[: frame + 1].T, label=name)
            axes.plot(*path[frame], "o", color=line.get_color())
        axes.plot(0, 0, "r*", markersize=15)
        axes.set(xlim=(-8, 2), ylim=(-3, 3), xlabel="x", ylabel="y")
        axes.set_title(f"step {frame // 4}")
        axes.legend(loc="upper right")

    return FuncAnimation(figure, draw, frames=FRAMES, interval=40)


def main() -> None:
    scene, kind, path = sys.argv[1:]
    animation = {"A": scene_a, "B": scene_b}[scene]()
    fps = {"A": 50, "B": 25}[scene]
    writer = PillowWriter(fps=fps) if kind == "gif" else FFMpegWriter(fps=fps)
    animation.save(path, writer=writer)


if __name__ == "__main__":
    main()
