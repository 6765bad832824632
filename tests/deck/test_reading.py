"""What is wrong in a post is told at its place, all at once; what others write is let be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from visualize.deck.blocks import Code, Film, Picture
from visualize.deck.marks import Shown
from visualize.deck.palette import palette_of
from visualize.deck.programs import coloured
from visualize.deck.reading import read_deck
from visualize.deck.scenes import read_scenes_of
from visualize.deck.slide import Deck
from visualize.errors import SceneError
from visualize.scene.budget import Budget
from visualize.scene.scene import read_scene

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_post(text: str) -> Path:
        path = tmp_path / "post.md"
        path.write_text(text, "utf-8")
        return path

    return write_post


def told(path: Path) -> list[tuple[int, int, str]]:
    with pytest.raises(SceneError) as caught:
        read_deck(path)
    return [(it.line, it.column, it.message) for it in caught.value.mistakes]


def the_one(path: Path) -> tuple[int, int, str]:
    [mistake] = told(path)
    return mistake


def words(deck: Deck) -> str:
    return " ".join(it.text for slide in deck.slides for it in slide.passages)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        (r"# A" "\n\n" r"x $\foo{y}$ z", 3, 4, r"\foo"),
        ("# A\n\n$$\na\n+ \\foo\n$$", 5, 3, r"\foo"),
        (r"| a |" "\n|---|\n" r"| $\frac{1}{2}$ and $\foo$ |", 3, 22, r"\foo"),
        ("# A\n\n- b\n  ![c](no.png)", 4, 8, "no such picture"),
        ("![c](no.yaml)", 1, 6, "no.yaml"),
        ("a\n\nb \U00013000", 3, 3, "no font"),
        ("<!-- seconds: soon -->\n\n# A", 1, 15, "seconds"),
        ("# A\n<!-- layout: coloumns -->", 2, 14, "did you mean 'columns'?"),
        ("---\nseconds_per_slid: 3\n---\n# A", 2, 1, "did you mean 'seconds_per_slide'?"),
        ("---\nvisualize: {fpp: 3}\n---\n# A", 2, 13, "did you mean 'fps'?"),
        ("---\nvisualize: {fps: -3}\n---\n# A", 2, 18, "at least 1"),
        ("---\ntheme: drak\n---\n# A", 2, 8, "did you mean 'dark'?"),
        ("---\nmusic: no.mp3\n---\n# A", 2, 8, "no such file"),
        ("---\ntitle: A $\\foo$\n---\n# A", 2, 11, r"\foo"),
        ("---\nsize: 1080p\n---\n# A", 2, 7, "write size: [1920, 1080]"),
        ("---\ntitle: [a\n---\n# A", 2, 8, "is not closed"),
        ("---\nSeconds_per_slide: 3\n---\n# A", 2, 1, "did you mean 'seconds_per_slide'?"),
        ("---\nseconds-per-slide: 3\n---\n# A", 2, 1, "did you mean 'seconds_per_slide'?"),
        ("---\ntransitions: fade\n---\n# A", 2, 1, "did you mean 'transition'?"),
        ("---\nFPS: 3\n---\n# A", 2, 1, "did you mean 'fps'?"),
        ("---\nmusic: 7\n---\n# A", 2, 8, "write music: {file: music.mp3}"),
        ("+++\na = 1\ntitle = = 2\n+++\n# A", 3, 9, "is no TOML"),
        ("+++\n[visualize]\nfps = -3\n+++\n# A", 3, 7, "at least 1"),
        ("+++\ntransitoin = 'fade'\n+++\n# A", 2, 1, "did you mean 'transition'?"),
        ("# A\n\nb \x07c", 3, 3, "control characters U+0007"),
        ("# A\n\n```\n\x1b[0m\n```", 4, 1, "control characters U+001B"),
        ("# A\n\nb \ue0b0", 3, 3, "U+E0B0 stand for nothing"),
        ("---\ntitle: A\n# A", 1, 1, "write --- below"),
        ("+++\ntitle = 'A'\n# A", 1, 1, "write +++ below"),
        ("<!-- seconds: 0.0001 -->\n\n# A", 1, 15, "at least 0.04"),
        ("# A\n\n![b]()", 3, 1, "no picture is named"),
        ("# A\n\n![b](.)", 3, 6, "a folder, and no picture"),
        ("# A\n\n```visualise\nb\n```", 3, 4, "did you mean 'visualize'?"),
        ("# A\n\n> ```Visualize b\n> c\n> ```", 3, 6, "did you mean 'visualize'?"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    write: Write, text: str, line: int, column: int, says: str
) -> None:
    assert (line, column) == the_one(write(text))[:2]
    assert says in the_one(write(text))[2]


SCENE = "objective: x**2\nstart: 3\nsteps: 3\noptimizers: [{name: sgd, learning_rate: -1}]\n"


@pytest.mark.parametrize(
    ("before", "column"), [("", 41), ("  ", 43), ("> ", 43), ("> - ", 45), ("1. ", 44)]
)
def test_a_mistake_in_a_scene_is_told_at_its_own_line(
    write: Write, before: str, column: int
) -> None:
    rest = before.replace("-", " ").replace("1.", "  ")
    fenced = ["```visualize", *SCENE.splitlines(), "```"]
    lines = [f"{before if not number else rest}{it}" for number, it in enumerate(fenced)]
    [(line, at, message)] = told(write("# A\n\n" + "\n".join(lines)))
    assert (line, at) == (7, column)
    assert "learning_rate: must be greater than 0" in message


def test_all_mistakes_are_told_at_once(write: Write) -> None:
    front, scene = "---\ntransitoin: fade\n---\n", "```visualize\nobjective: x**2\n```\n"
    text = f"{front}# A $\\foo$\n\n![b](c.png)\n\n{scene}"
    lines = [line for line, _, _ in told(write(text))]
    assert lines == [2, 4, 6, 9, 9]


def test_one_wrong_setting_hides_no_other(write: Write) -> None:
    front = "---\ntransition: fad\nmusic: no.mp3\ntitle: $\\foo$\n---\n# A"
    assert sorted(line for line, _, _ in told(write(front))) == [2, 3, 4]


def test_a_mistake_in_a_scene_file_is_told_there(write: Write, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(SCENE, "utf-8")
    with pytest.raises(SceneError) as caught:
        read_deck(write("# A\n\n![b](bad.yaml)"))
    places = {(Path(it.path).name, it.line) for it in caught.value.mistakes}
    assert places == {("bad.yaml", 4), ("post.md", 3)}


def test_a_picture_that_would_take_all_memory_is_refused(write: Write, tmp_path: Path) -> None:
    Image.new("1", (20_000, 10_000)).save(tmp_path / "bomb.png")
    assert "million pixels" in the_one(write("![a](bomb.png)"))[2]


def test_a_picture_is_as_its_camera_was_held(write: Write, tmp_path: Path) -> None:
    held = Image.Exif()
    held[0x0112] = 6
    Image.new("RGB", (400, 300)).save(tmp_path / "a.jpg", exif=held)
    [slide] = read_deck(write("# A\n\n![a](a.jpg)")).slides
    [shown] = [it for it in slide.marks if isinstance(it, Shown)]
    assert isinstance(shown.visual, Picture)
    assert shown.visual.size == (300, 400)


def test_a_gif_that_is_cut_off_is_refused(write: Write, tmp_path: Path) -> None:
    noise = [Image.effect_noise((60, 40), 90 + it) for it in range(3)]
    noise[0].save(tmp_path / "a.gif", save_all=True, append_images=noise[1:])
    whole = (tmp_path / "a.gif").read_bytes()
    (tmp_path / "a.gif").write_bytes(whole[: len(whole) // 2])
    assert "no picture that can be read" in the_one(write("# A\n\n![a](a.gif)"))[2]


def test_a_scene_outside_of_the_folder_is_read_when_asked(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SCENE.replace("-1", "0.1"), "utf-8")
    (tmp_path / "posts").mkdir()
    post = write("# A\n\n![a](../a.yaml)").rename(tmp_path / "posts" / "post.md")
    assert "--allow-outside" in the_one(post)[2]
    assert read_deck(post, allow_outside=True).slides


def test_a_letter_of_another_encoding_is_told_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_bytes(b"# A\n\ncaf\xe9")
    assert the_one(tmp_path / "post.md")[:2] == (3, 4)


def test_no_program_is_started_for_a_picture(write: Write, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "a.eps")
    (tmp_path / "a.eps").rename(tmp_path / "a.png")
    assert "no picture that can be read" in the_one(write("# A\n\n![a](a.png)"))[2]


def test_a_picture_may_stand_beside_the_folder_of_its_post(write: Write, tmp_path: Path) -> None:
    Image.new("RGB", (400, 300)).save(tmp_path / "a.png")
    (tmp_path / "posts").mkdir()
    post = write("# A\n\n![a](../a.png)").rename(tmp_path / "posts" / "post.md")
    assert not read_deck(post).remarks


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nrest", b"no picture"])
def test_a_file_that_is_no_picture_is_refused(write: Write, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    assert "no picture that can be read" in the_one(write("# A\n\n![a](a.png)"))[2]


@pytest.mark.parametrize(
    "text",
    [
        "<div>a</div>",
        "a <b>c</b>",
        "![a](https://example.org/a.png)",
        "<h1><img src='a.png'></h1>",
        "![a](a.svg)",
    ],
)
def test_what_cannot_be_shown_is_left_out_with_a_warning(write: Write, text: str) -> None:
    deck = read_deck(write(f"# A\n\n{text}\n\nb"))
    [remark] = deck.remarks
    assert ":3:" in remark
    assert "warning: " in remark


def test_comments_are_ours_or_nobodys(write: Write) -> None:
    text = "# A\n\n<!-- seconds: 6 -->\n<!-- note: say\nthis -->\n<!-- TODO: b -->\n\nb <!-- c -->"
    deck = read_deck(write(text))
    assert not deck.remarks
    [slide] = deck.slides
    assert (slide.seconds, slide.note) == (6, "say\nthis")
    assert "TODO" not in words(deck)


def test_money_is_no_formula(write: Write) -> None:
    deck = read_deck(write("It costs $5 and $6, or $1,000."))
    assert words(deck) == "It costs $5 and $6, or $1,000."


@pytest.mark.parametrize(
    "front",
    [
        "layout: post\ntags: [a]\nauthors: [b]\ncategories:\ncomments: true",
        "format:\n  html:\n    toc: true\nexecute:\n  echo: false\nbibliography: a.bib",
        "marp: true\npaginate: true\nheader: a\nfooter: b\nstyle: c\nclass: d\nmath: mathjax",
        "kernelspec:\n  name: python3\nmyst:\n  x: y\njupytext: {a: b}\nlicense: MIT\ndoi: 1",
        "draft: false\nslug: a\nweight: 3\nlastmod: 2020-01-01\naliases: [a]\nseries: b\nurl: c",
        "permalink: /a/\nimage: a.png\ndescription: b\nkeywords: [c]\nlang: en\ntoc: true",
        "sitemap: false\nmathjax: true\nexcerpt: a\nheader_image: b\npublished: true\npin: true",
    ],
)
def test_settings_of_others_are_let_be(write: Write, front: str) -> None:
    deck = read_deck(write(f"---\n{front}\n---\n# A\n\nb"))
    assert not deck.remarks


@pytest.mark.parametrize(
    "front", ["theme: cosmo", "theme: [a, b]", "transition: slide", "size: 16:9", "chapters: [a]"]
)
def test_a_foreign_value_of_a_setting_of_ours_gets_a_remark(write: Write, front: str) -> None:
    deck = read_deck(write(f"---\n{front}\n---\n# A\n\nb"))
    assert len(deck.remarks) == 1


def test_ours_may_stand_apart_from_those_of_others(write: Write) -> None:
    front = "theme: cosmo\nvisualize:\n  theme: dark\n  seconds_per_slide: 5"
    deck = read_deck(write(f"---\n{front}\n---\n# A\n\nb"))
    assert (deck.settings.theme, deck.settings.seconds_per_slide) == ("dark", 5)
    assert not deck.remarks


@pytest.mark.parametrize(
    ("front", "shown"),
    [
        ("author: Ann", "Ann"),
        ("author: [Ann, Bob]", "Ann, Bob"),
        ("author:\n  - name: Ann\n    email: a@b\n  - Bob", "Ann, Bob"),
        ("date: 2020-01-02 10:00:00 +0100", "2020-01-02"),
        ("date: today", ""),
    ],
)
def test_who_wrote_it_and_when_stands_below_the_title(write: Write, front: str, shown: str) -> None:
    title, *_ = read_deck(write(f"---\ntitle: A\n{front}\n---\n# B\n\nc")).slides
    assert [it.text for it in title.passages] == list(filter(None, ["A", shown]))


def test_the_front_matter_of_hugo_is_read(write: Write) -> None:
    title, *_ = read_deck(write("+++\ntitle = 'A'\ndate = 2020-01-02\n+++\n# B\n\nc")).slides
    assert [it.text for it in title.passages] == ["A", "2020-01-02"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{% raw %}a{% endraw %} {{ site.title }}b", "a b"),
        ("{: .lead}\na", "a"),
        ("::: {.callout-tip}\na\n:::", "Tip a"),
        (":::{note} B\na\n:::", "B a"),
        ("```{warning}\na\n```", "Warning a"),
        ("> [!NOTE]\n> a", "Note a"),
        ("(label)=\n# B {#id}\n\na", "B a"),
        ("{math}`x^2` is {ref}`b <c>`", r"x^2 is b"),
        (r"\\(x^2\\) a", "x^2 a"),
        ("[[toc]]\n\na", "a"),
        ("{{< ref x >}} a", "a"),
        (":::{note}\n:class: dropdown\na\n:::", "Note a"),
        (":::{dropdown} B\na\n:::", "B a"),
        ("> [!tip]- A *title*\n> a", "A title a"),
        ("> [!my-kind|left]+ Title", "Title"),
        ("{{% notice tip %}}\na\n{{% /notice %}}", "Tip a"),
        ('{{< callout type="warning" title="B" >}}\na\n{{< /callout >}}', "B a"),
        ('{{< tabs >}}\n{{< tab "B" >}}\na\n{{< /tab >}}\n{{< /tabs >}}', "B a"),
        ("costs $6, unless `$HOME` is", "costs $6, unless $HOME is"),
        (r"\\( a^2 \\) and \( b \)", "a^2 and b"),
        ("$`x^2`$ a", "x^2 a"),
        (r"$\sqrt[3]{x}$ and $f(x){y}$", r"\sqrt[3]{x} and f(x){y}"),
        ("$$\nx\n$$ {#eq-x}\n\na", "x a"),
        ("| a |\n|---|\n| 1 |\n\n: Caption {#tbl-x}", "a 1 Caption"),
        ("[high]{.mark} H~2~O, x^2^ ==b==", "high H2O, x2 b"),
        (". . .\n\na", "a"),
        ("% comment\n+++\n(a label)=\n{#id .class}\na", "a"),
        ("{abbr}`A (B)` {kbd}`C`", "A (B) C"),
        ("(a), (b), (c): +-5, a..b, what????", "(a), (b), (c): +-5, a..b, what????"),
        ("a^[b *c*]", "a1 1 b c"),
        ("1\ufe0f\u20e3 a", "1 a"),
        ("[[Note|a]] %%hidden%% [[1, 2]]", "a [[1, 2]]"),
        (
            "```{list-table} C\n:a: 1\n* - A\n  - B\n* - 1\n  - 2 *c*\n```",
            "A | B 1 | 2 c C",
        ),
        ("a 5\\(\\times\\)5", r"a 5\times5"),
        ('::: {.callout-note title="A tip"}\na\n:::', "A tip a"),
        (":::{note} *B*\na\n:::", "B a"),
        (
            "\\begin{align}\nx &= (a){.b}\n\\end{align}",
            "\\begin{align}\nx &= (a){.b}\n\\end{align}",
        ),
        ("1. [x] a\n2. [ ] b", "1. a 2. b"),
        ("```python\n\n```\n\na", "a"),
        ("```console\n$ a\n```", "$ a"),
        ('"a" -- b...', "“a” \N{EN DASH} b…"),
    ],
)
def test_other_tools_ways_to_write_are_understood(write: Write, text: str, shown: str) -> None:
    assert words(read_deck(write(text))) == shown


@pytest.mark.parametrize(
    "figure",
    [
        '{{< figure src="a.png" title="What" caption="it is" alt="A" >}}',
        '{% include figure.html url="a.png" caption="What: it is" alt="A" %}',
        ":::{figure} a.png\n:alt: A\n\nWhat: *it* is\n:::",
        "```{figure} a.png\n:name: b\n:alt: A\n\nWhat: *it* is\n```",
    ],
)
def test_other_tools_figures_keep_their_captions(write: Write, tmp_path: Path, figure: str) -> None:
    Image.new("RGB", (300, 200)).save(tmp_path / "a.png")
    [slide] = read_deck(write(figure)).slides
    assert [(it.kind, it.text) for it in slide.passages] == [
        ("picture", "A"),
        ("paragraph", "What: it is"),
    ]


def test_the_last_line_of_a_program_is_drawn() -> None:
    for text in ("$ a", "$ a\nb\n$ c", ">>> a"):
        for language in ("console", "pycon", "python", "text", ""):
            lines = coloured(Code(text, language), palette_of("light"))
            assert "\n".join("".join(it.text for it in line) for line in lines) == text


def test_notes_for_the_speaker_are_not_shown(write: Write) -> None:
    [slide] = read_deck(write("# A\n\n::: {.notes}\nSay *this*.\n:::\n\nb")).slides
    assert slide.note == "Say *this*."
    assert [it.text for it in slide.passages] == ["A", "b"]


def test_a_scene_of_a_post_is_what_it_is_alone(write: Write, tmp_path: Path) -> None:
    sound = SCENE.replace("-1", "0.1")
    (tmp_path / "alone.yaml").write_text(sound, "utf-8")
    path = write(
        f"# A\n\n![b](alone.yaml)\n\n- c\n\n  ```visualize\n  {sound.strip()}\n  ```\n".replace(
            "\nstart", "\n  start"
        )
        .replace("\nsteps", "\n  steps")
        .replace("\noptim", "\n  optim")
    )
    scenes = read_scenes_of(path, Budget())
    assert [it.name for it in scenes] == ["alone.yaml", "post-1.md"]
    assert set(scenes.values()) == {read_scene(tmp_path / "alone.yaml")} or all(
        it == read_scene(tmp_path / "alone.yaml") for it in scenes.values()
    )


def test_a_slide_with_a_film_lasts_as_long_as_that(write: Write) -> None:
    scene = SCENE.replace("-1", "0.1") + "frames: {count: 20, fps: 10, hold: 3}\n"
    deck = read_deck(write(f"# A\n\n```visualize\n{scene}```\n\n# B\n\nc\n"))
    assert [float(it.lasts) for it in deck.slides] == [5, 3]
    [shown] = [it for it in deck.slides[0].marks if isinstance(it, Shown)]
    assert isinstance(shown.visual, Film)


def test_slides_may_be_timed_by_their_words(write: Write) -> None:
    text = f"---\nseconds_per_slide: reading\n---\n# A\n\n{'word ' * 60}\n\n# B\n\nc"
    long, short = read_deck(write(text)).slides
    assert 15 < long.seconds < 30
    assert short.seconds == 3
