"""How the change in pixels is spread over films that say nothing of time: a table.

python -m benchmarks.pace
"""

from tests.looks.test_pace import TIMELESS, film_of, measured


def main() -> None:
    """Print the table."""
    print(f"{'':16}  first second  of motion  90 % by  longest rest  length")
    for kind, scene in TIMELESS.items():
        it = measured(film_of(**scene))
        shares = f"{it.at_first:14.0%}{it.at_first_motion:11.0%}"
        times = f"{it.nearly_done:7.1f} s{it.longest_rest:12.2f} s{it.length:6.1f} s"
        print(f"{kind:16}{shares}{times}")


if __name__ == "__main__":
    main()
