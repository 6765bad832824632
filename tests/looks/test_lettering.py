"""Dollar signs in texts: which enclose a formula, and which are money."""

import pytest
from matplotlib.cbook import is_math_text

from visualize.looks.lettering import lettered, plain


@pytest.mark.parametrize(
    "text",
    [
        "cost falls from $5 to $1",
        "$5",
        "5$",
        "5$ or 6 $",
        "$5-$1",
        "a $ b $ c",
        "$ x$",
        "$x $",
        "US$ and A$",
        "$1,000 to $2,000 to $3,000",
        r"\$5 to \$1",
        "no money",
    ],
)
def test_money_is_no_formula(text: str) -> None:
    assert not is_math_text(lettered(text))
    assert plain(lettered(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("$x^2$", "$x^2$"),
        ("on $x^2 + y^2$, fast", "on $x^2 + y^2$, fast"),
        ("$x$ and $y$", "$x$ and $y$"),
        ("$x$ for $5", r"$x$ for \$5"),
        ("$5 for $x$", r"\$5 for $x$"),
        (r"$\frac{1}{2}$", r"$\frac{1}{2}$"),
        (r"$a\$b$", r"$a\$b$"),
        ("($x$)", "($x$)"),
    ],
)
def test_a_formula_stays_one_beside_money(text: str, letters: str) -> None:
    assert lettered(text) == letters
    assert is_math_text(letters)
