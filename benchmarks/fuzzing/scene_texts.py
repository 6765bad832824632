"""Damaged scene texts: characters, lines, values, types, YAML's own tricks, and odd formulas.

python benchmarks/fuzzing/scene_texts.py 100000

Nothing but our own errors may come out, every mistake at a place in the text, within a second.
"""

import json
import random
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fuzzing.figures import Figures
from benchmarks.fuzzing.grammar import (
    ODD_NUMBERS,
    ODD_TEXTS,
    SCHEMA,
    formula,
    odd_value,
    rate,
    settings,
)
from visualize import read_scene
from visualize.errors import Mistake, SceneError, printable
from visualize.scene.source import LINE_END, text_of

ROOT = Path(__file__).parents[2]
LETTERS = [*"\t\n\r :-[]{},#&*!|>'\"%@`?~<=.0123456789xyzet\\$_/()+^", "\ufeff", "\u2028", "\0"]
LETTERS += [
    "é",
    "²",
    "\u2212",
    "\U0001d465",
    "\u202e",
    "\u0301",
    "\x85",
    "٣",
    "漢",
    "\ud7ff",
    "\x1b",
    "\u00a0",
]
LONGEST_MESSAGE = 1000
"""Letters of one mistake: more is a leak."""
FOREIGN_WORDS = re.compile(r"Traceback|Input should|Value error|pydantic|object at 0x|<class")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
VALUE = re.compile(r"(?m)(?<=: )[^\n]+|(?<=- )[^\n]+")
NAME = re.compile(r"[A-Za-z_]\w*(?=:)")


def scene_texts(count: int, seed: int) -> Figures:
    """Make so many scene texts and read them; the same seed makes the same ones."""
    chance = random.Random(seed)  # noqa: S311  # damage is no secret
    sound = sound_texts()
    figures = Figures()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        np.save(Path(folder) / "adam.npy", np.linspace([3.0, 1.0], [0.0, 0.0], 5))
        path = Path(folder) / "scene.yaml"
        for _ in range(count):
            text = _text(chance, sound)
            content = text.encode("utf-8", "surrogatepass")
            if chance.random() < 0.02:
                at = chance.randrange(len(content) + 1)
                content = content[:at] + chance.randbytes(2) + content[at:]
            path.write_bytes(content)
            with figures.of(content):
                try:
                    read_scene(path)
                    figures.sound += 1
                except SceneError as error:
                    for words in _unsound(error, content):
                        figures.tell(words, content)
    figures.seconds = time.perf_counter() - begun
    return figures


def sound_texts() -> list[str]:
    """Return the scenes of this repository and of its pages."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "scenes").glob("*.yaml"))]
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        texts += re.findall(r"(?ms)^```yaml\n(.*?)^```", page.read_text("utf-8"))
    return texts


def _unsound(error: SceneError, content: bytes) -> list[str]:
    """Return what is wrong with the mistakes that are told."""
    lines = LINE_END.split(content.decode("utf-8-sig", "replace"))
    words = [] if error.mistakes else ["no mistake in the error"]
    for mistake in error.mistakes:
        words += [
            f"{it}: {mistake.setting}: {mistake.message}"[:200] for it in _wrong(mistake, lines)
        ]
    said = str(error)
    if "".join(map(printable, said.split("\n"))) != said.replace("\n", ""):
        words.append("the message has what a terminal would obey")
    return words


def _wrong(mistake: Mistake, lines: list[str]) -> list[str]:
    wrong = []
    if mistake.line == 0:
        if "no such" in mistake.message:
            wrong.append("the file was there")
    elif not 1 <= mistake.line <= len(lines):
        wrong.append(f"line {mistake.line} of {len(lines)}")
    else:
        line = lines[mistake.line - 1]
        if not 1 <= mistake.column <= len(line) + 1:
            wrong.append(f"column {mistake.column} of {len(line)}")
        if mistake.length < 1 or mistake.column - 1 + mistake.length > len(line) + 1:
            wrong.append(f"length {mistake.length} from column {mistake.column} of {len(line)}")
        if mistake.source and mistake.source != line:
            wrong.append("another line is shown")
    if not mistake.message.strip() or len(mistake.message) > LONGEST_MESSAGE:
        wrong.append(f"a message of {len(mistake.message)} letters")
    if FOREIGN_WORDS.search(mistake.message):
        wrong.append("words that are not ours")
    return wrong


def _text(chance: random.Random, sound: list[str]) -> str:
    """Return a text that was damaged up to four times."""
    text = chance.choice(sound) if chance.random() < 0.5 else _written(chance)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 4))):
        text = chance.choice(DAMAGES)(chance, text, chance.choice(sound))
    return text


def _written(chance: random.Random) -> str:
    """Return a scene by the grammar, in one of YAML's styles."""
    odd, given = chance.choice((0, 0.02, 0.1)), chance.choice((0.05, 0.2, 0.8))
    scene = settings(chance, SCHEMA, odd=odd, given=given)
    if not isinstance(scene, dict):
        scene = {"title": scene}
    names = chance.choice((["x"], ["x", "y"], ["x", "y"], ["x1", "x2", "x3"]))
    if chance.random() < 0.9:
        scene["objective"] = formula(chance, names)
        scene["start"] = [chance.choice((1, -2.5, 0, 3)) for _ in names]
    if chance.random() < 0.8:
        scene["optimizers"] = [{"name": "sgd", "learning_rate": rate(chance)}]
    scene.pop("trajectories", None) if chance.random() < 0.9 else None
    return text_of(scene) if chance.random() < 0.7 else json.dumps(scene)


def _in_place_of(pattern: re.Pattern[str], chance: random.Random, text: str, new: str) -> str:
    """Return a text with something else where a pattern fits somewhere."""
    found = [*pattern.finditer(text)]
    if not found:
        return text
    one = chance.choice(found)
    return text[: one.start()] + new + text[one.end() :]


def _letter(chance: random.Random, text: str, _: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(LETTERS) + text[at + chance.choice((0, 1)) :]


def _span(chance: random.Random, text: str, other: str) -> str:
    at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    to = min(to, at + chance.choice((1, 4, 40, 400)))
    begin = chance.randrange(len(other))
    part = text[at:to]
    new = chance.choice(("", part * 2, part[::-1], other[begin : begin + 40], part * 30))
    return text[:at] + new + text[to:]


def _lines(chance: random.Random, text: str, other: str) -> str:
    lines = text.split("\n")
    i, j = (chance.randrange(len(lines)) for _ in range(2))
    match chance.randrange(8):
        case 0:
            lines[i], lines[j] = lines[j], lines[i]
        case 1:
            del lines[i]
        case 2:
            lines.insert(j, lines[i])
        case 3:
            lines[i] = " " * chance.choice((1, 2, 3, 8)) + lines[i]
        case 4:
            lines[i] = lines[i][chance.choice((1, 2, 4)) :]
        case 5:
            lines[i] = "\t" + lines[i]
        case 6:
            lines.insert(i, chance.choice(other.split("\n")))
        case 7:
            return chance.choice(("\r\n", "\r", "\n\n", "\u2028")).join(lines)
    return "\n".join(lines)


def _number(chance: random.Random, text: str, _: str) -> str:
    odd = chance.choice([*ODD_NUMBERS, ".nan", "-0", "1e308", "1e-320", "0x1F", "1_000", "5"])
    odd = {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(str(odd), str(odd))
    return _in_place_of(NUMBER, chance, text, odd)


def _value(chance: random.Random, text: str, other: str) -> str:
    values = [found[0] for found in VALUE.finditer(f"{text}\n{other}")] or ["1"]
    new = [json.dumps(odd_value(chance)), chance.choice(ODD_TEXTS), chance.choice(values)]
    new += [f'"{chance.choice(values)}"', f"[{chance.choice(values)}]", f"|\n  {values[0]}"]
    return _in_place_of(VALUE, chance, text, chance.choice(new))


def _name(chance: random.Random, text: str, other: str) -> str:
    names = NAME.findall(f"{text}\n{other}") or ["x"]
    name = chance.choice(names)
    at = chance.randrange(len(name))
    new = (name, name[:at] + name[at + 1 :], name[:at] + chance.choice(LETTERS) + name[at:], "<<")
    return _in_place_of(NAME, chance, text, chance.choice(new))


def _trick(chance: random.Random, text: str, _: str) -> str:
    """Anchors, aliases, merge keys, tags, depth, and documents."""
    values = [found[0] for found in VALUE.finditer(text)] or ["1"]
    value, many = chance.choice(values), chance.choice((2, 30, 100, 3000))
    new = [
        *(f"&a {value}", "*a", "&a [*a]", f"[&a {value}, *a]", "&a {<<: *a}", "{<<: [*a, *b]}"),
        *(
            f"!!str {value}",
            f"!!python/name:os.system {value}",
            "!<x> 1",
            f"! {value}",
            "!!set {a}",
        ),
        *("[" * many, "{a: " * many, "- " * many, "[" * many + "]" * many, "(" * many, "? " * many),
        *(f"'{value}", f'"{value}\\q"', f">-\n  {value}", f"{value} # {value}", f"{value}\n---\n"),
        *("%YAML 9.9\n---\n", '"\\ud800"', '"\\UFFFFFFFF"', "? [a]\n: b", "<<: {a: 1}", "..."),
        f"&a {{name: adam, learning_rate: {value}}}",
    ]
    text = _in_place_of(VALUE, chance, text, chance.choice(new))
    return _in_place_of(VALUE, chance, text, "*a") if chance.random() < 0.5 else text


def _formula(chance: random.Random, text: str, _: str) -> str:
    """Another objective or rate, whole or with something amiss."""
    name = chance.choice(("objective", "learning_rate", "expression"))
    if name == "learning_rate":
        new = str(rate(chance))
    else:
        new = formula(chance, chance.choice((["x"], ["x", "y"], ["x1", "x2", "x3"], ["w", "b"])))
    if chance.random() < 0.5:
        at = chance.randrange(len(new))
        new = (
            new[:at]
            + chance.choice([*"()*^|=,.:'!~\\ $²\u2212πx0[", "**", "2x", "np.", "-> "])
            + new[at:]
        )
    return _in_place_of(re.compile(rf"(?<={name}: )[^\n,}}]+"), chance, text, new)


DAMAGES: list[Callable[[random.Random, str, str], str]] = [
    *(_letter, _span, _lines, _number, _value, _value, _name, _trick, _trick, _formula, _formula)
]


def main() -> None:
    """Say what came of so many texts."""
    arguments: list[Any] = sys.argv[1:]
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    scene_texts(count, seed).report("scene texts")


if __name__ == "__main__":
    main()
