"""All long runs of damaged input, one after the other.

python benchmarks/fuzz.py --expressions 100000 --recordings 10000 --texts 100000 --scenes 1000
"""

import argparse
import subprocess
import sys
from pathlib import Path

PROGRAMS = {
    "expressions": "expressions.py",
    "recordings": "recordings.py",
    "texts": "scene_texts.py",
    "scenes": "whole_scenes.py",
}


def main() -> None:
    """Run those that are asked for, or a little of each; the seed makes other inputs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in PROGRAMS:
        parser.add_argument(f"--{name}", type=int, default=100, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=0)
    asked = vars(parser.parse_args())
    for name, program in PROGRAMS.items():
        path = Path(__file__).parent / "fuzzing" / program
        command = [sys.executable, str(path), str(asked[name]), str(asked["seed"])]
        print(" ".join([program, *command[2:]]), flush=True)
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
