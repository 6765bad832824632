"""Damaged recordings: arrays, archives, tables and JSON, cut, flipped and spliced.

python benchmarks/fuzzing/recordings.py 10000
"""

import io
import json
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.fuzzing.figures import Figures
from visualize.errors import ArraysError
from visualize.history.recording import read_recording
from visualize.storage.room import Room

POINTS = np.array([[3.0, 1.0], [2.0, 0.5], [1.0, 0.25], [0.5, 1 / 3]])
VALUES = np.array([9.0, 4.0, 2.0, 1.0])
ROOM = 2**26
"""Bytes that reading one may take."""


def damaged_recordings(count: int, seed: int) -> Figures:
    """Make so many damaged recordings and read them; the same seed makes the same files."""
    chance = random.Random(seed)  # noqa: S311  # damage is no secret
    sound = sound_recordings()
    figures = Figures()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(count):
            suffix, content = chance.choice(sound)
            content = _damaged(content, chance, [other for _, other in sound])
            path = Path(folder) / f"run{suffix}"
            path.write_bytes(content)
            with figures.of(content):
                try:
                    read_recording(path, Room(ROOM))
                    figures.sound += 1
                except ArraysError:
                    pass
    figures.seconds = time.perf_counter() - begun
    return figures


def sound_recordings() -> list[tuple[str, bytes]]:
    """Return recordings of every kind, by suffix."""
    parts = {"points": POINTS, "loss": VALUES}
    runs = {"adam/points": POINTS, "adam/state/velocity": POINTS[:, np.newaxis], "sgd": 2 * POINTS}
    rows = POINTS.tolist()
    records = [{"x": x, "y": y} for x, y in rows]
    columns = {
        name: {str(i): row[at] for i, row in enumerate(rows)} for at, name in enumerate("xy")
    }
    texts = {
        ".json": [
            json.dumps(it)
            for it in (rows, parts_of(parts), records, columns, {"adam": records, "sgd": rows})
        ],
        ".csv": [
            ",x,y\n0,3.0,1.0\n1,2.0,0.5\n2,1.0,0.25\n",
            '"","x","y"\n"1",3,1\n"2",2,0.5\n"3",NA,NA\n',
            "sep=;\r\nx;y\r\n3;1\r\n2;0,5\r\n1;0,25\r\n",
            "step,grad_y,x,y,grad_x,loss\n0,2,3,1,6,10\n1,1,2,0.5,4,4.25\n",
        ],
        ".txt": [
            "# x y\n3.0e+00 1.0e+00\n2.0e+00 5.0e-01\n1.0e+00 2.5e-01\n",
            "x\ty\n3\t1\n2\t0,5\n1\t0,25\n",
        ],
    }
    return [
        *(
            (".npy", _written(np.save, it))
            for it in (POINTS, VALUES, POINTS.astype(">f4").T.copy())
        ),
        *((".npz", _written(np.savez, **it)) for it in (parts, runs)),
        (".npz", _written(np.savez_compressed, **parts)),
        *((suffix, text.encode()) for suffix, several in texts.items() for text in several),
        (".txt", "x\ty\r\n3\t1\r\n2\t0.5\r\n".encode("utf-16")),
    ]


def parts_of(arrays: dict[str, np.ndarray]) -> dict[str, list[float]]:
    """Return arrays as JSON has them."""
    return {name: array.tolist() for name, array in arrays.items()}


def _written(save: Callable[..., object], *arrays: np.ndarray, **named: np.ndarray) -> bytes:
    stream = io.BytesIO()
    save(stream, *arrays, **named)
    return stream.getvalue()


def _damaged(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Return a content with one to four damages."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(damaged) + 1)
        end = min(at + chance.choice((1, 2, 8, 64)), len(damaged))
        match chance.randrange(8):
            case 0 | 1 if at < len(damaged):
                damaged[at] = chance.randrange(256)
            case 2 if at < len(damaged):
                damaged[at] ^= 1 << chance.randrange(8)
            case 3:
                del damaged[at:]
            case 4:
                del damaged[at:end]
            case 5:
                damaged[at:at] = damaged[at:end] * chance.choice((1, 2, 50))
            case 6:
                other = chance.choice(others)
                begin = chance.randrange(len(other))
                damaged[at:end] = other[begin : begin + chance.choice((1, 8, 64))]
            case 7:
                odd = (b"9" * 30, b"-1", b"\0", b"\xff\xfe", b"\n", b",", b'"', b"1e999", b"nan")
                damaged[at:at] = chance.choice(odd)
    return bytes(damaged)


if __name__ == "__main__":
    asked, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    damaged_recordings(asked, seed).report("damaged recordings")
