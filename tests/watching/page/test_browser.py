"""The page in a real browser: what is seen when scenes are saved."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BAD, ROOT, SMALL

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Write = Callable[..., Path]
FILM = SMALL.replace("[48, 32]", "[320, 180], count: 20, fps: 20")
BOTH = f"title: A <b>bowl</b>\n{FILM}formats: [gif, mp4]\n"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SHOWN = "#stage img, #stage video"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = [path for name in CHROMIUM if (path := shutil.which(name))]
    if not found:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        # It runs in a container as often as not, whose users may not have a sandbox of their own.
        it = playwright.chromium.launch(executable_path=found[0], args=["--no-sandbox"])
        yield it
        it.close()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., tuple[str, subprocess.Popen[str]]]]:
    """Return what begins to watch places, and says where its page is."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*places: Path) -> tuple[str, subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "visualize", "watch", *places, "-o", tmp_path / "out", "--open"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": "true"},
        )
        begun.append(process)
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("the page: http://127.0.0.1:"), line
        return line.removeprefix("the page: ").strip(), process

    yield begin
    for process in begun:
        process.send_signal(signal.SIGTERM)
        with process:
            process.communicate(timeout=20)


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """Give a page on which nothing is ever wrong, and that asks nobody else for anything."""
    it = browser.new_page(viewport={"width": 1280, "height": 800})
    it.set_default_timeout(20_000)
    wrong: list[str] = []
    asked: list[str] = []
    it.on("console", lambda message: wrong.append(message.text))
    it.on("pageerror", lambda error: wrong.append(str(error)))
    it.on("request", lambda request: asked.append(request.url))
    yield it
    here = it.url.split("#")[0]
    it.close()
    assert not [words for words in wrong if "ERR_" not in words]  # the server ends, too
    assert asked
    assert not [url for url in asked if not url.startswith(here)]


def is_status(page: "Page", *statuses: str) -> None:
    page.wait_for_selector(", ".join(f"body[data-status={it}]" for it in statuses))


def source_of(page: "Page") -> str:
    return page.locator(SHOWN).get_attribute("src") or ""


def test_the_newest_picture_is_shown_and_others_on_a_click(
    page: "Page", watching: Callable[..., tuple[str, object]], write_scene: Write
) -> None:
    url, _ = watching(write_scene(BOTH))
    page.goto(url)
    is_status(page, "ready")
    page.wait_for_selector("#stage video")
    assert "scene.mp4" in source_of(page)
    assert page.evaluate("document.querySelector('#stage video').videoWidth") == 320
    assert page.locator("#scenes").is_hidden()  # there is but one
    page.get_by_role("button", name="gif").click()
    page.wait_for_selector("#stage img[src*='scene.gif']")
    page.get_by_role("button", name="still").click()
    page.wait_for_selector("#stage img[src*='scene.png']")
    assert page.evaluate("document.querySelector('#stage img').naturalWidth") == 320


def test_the_scene_s_text_is_shown_as_text(
    page: "Page", watching: Callable[..., tuple[str, object]], write_scene: Write
) -> None:
    scene = write_scene(BOTH)
    url, _ = watching(scene)
    page.goto(url)
    is_status(page, "ready", "rendering")
    lines = page.locator("#text .line").all_text_contents()
    assert lines == scene.read_text().splitlines()
    assert page.locator("#text b").count() == 0


def test_it_reloads_by_itself_when_the_scene_is_saved(
    page: "Page", watching: Callable[..., tuple[str, object]], write_scene: Write
) -> None:
    scene = write_scene(FILM)
    url, _ = watching(scene)
    page.goto(url)
    page.wait_for_selector("#stage img[src*='scene.gif']")
    page.evaluate("window.isTheSame = true")
    before = source_of(page)
    scene.write_text(FILM.replace("0.9", "0.5"))
    page.wait_for_selector(f"#stage img[src*='scene.gif']:not([src='{before}'])")
    assert "0.5" in page.locator("#text").inner_text()
    assert page.evaluate("window.isTheSame") is True


def test_mistakes_stand_beside_their_lines_until_they_are_mended(
    page: "Page", watching: Callable[..., tuple[str, object]], write_scene: Write
) -> None:
    scene = write_scene(FILM)
    url, _ = watching(scene)
    page.goto(url)
    is_status(page, "ready")
    scene.write_text(FILM.replace("optimizers", "optimizer").replace("steps: 5", "steps: -5"))
    is_status(page, "mistaken")
    assert page.locator(".line.wrong").all_text_contents()[0] == "steps: -5"
    assert page.locator("mark").all_text_contents() == ["-5", "optimizer"]
    first, second = page.locator(".note").all_text_contents()
    assert first.startswith("steps: must be at least 0")
    assert "did you mean 'optimizers'?" in second
    assert page.locator("#stage.old").count() == 1  # the picture before
    scene.write_text(FILM)
    is_status(page, "ready")
    assert page.locator(".note, .wrong, #stage.old").count() == 0


def test_a_folder_is_a_list_of_scenes_that_follows_what_is_saved(
    page: "Page",
    watching: Callable[..., tuple[str, object]],
    write_scene: Write,
    tmp_path: Path,
) -> None:
    for name in ("a b.yaml", "ü#.yaml", "z.yaml"):
        write_scene(f"title: In {name[0]}\n{FILM}", name)
    url, _ = watching(tmp_path)
    page.goto(url)
    is_status(page, "ready")
    names = page.locator("#scenes .scene")
    assert names.all_text_contents() == ["a b.yaml", "z.yaml", "ü#.yaml"]
    page.get_by_role("link", name="ü#.yaml").click()
    page.wait_for_selector("h2:has-text('ü#.yaml')")
    page.wait_for_selector("#stage img[src*='%C3%BC%23']")
    page.get_by_role("link", name="The scene saved last").click()
    write_scene(FILM, "a b.yaml")
    page.wait_for_selector("h2:has-text('a b.yaml')")
    write_scene(FILM, "new.yaml")
    page.wait_for_selector("h2:has-text('new.yaml')")
    (tmp_path / "new.yaml").unlink()
    page.locator("#scenes .scene", has_text="new.yaml").wait_for(state="detached")
    assert names.count() == 3


def test_it_says_when_nobody_watches_any_more(
    page: "Page",
    watching: Callable[..., tuple[str, subprocess.Popen[str]]],
    write_scene: Write,
) -> None:
    url, process = watching(write_scene(FILM))
    page.goto(url)
    page.wait_for_selector("#link.live")
    process.send_signal(signal.SIGTERM)
    page.wait_for_selector("#link.over")
    assert process.wait(20) == 143


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 360)])
def test_it_fits_into_wide_and_narrow_windows_in_both_schemes(
    scheme: str,
    width: int,
    browser: "Browser",
    watching: Callable[..., tuple[str, object]],
    write_scene: Write,
    tmp_path: Path,
) -> None:
    write_scene(f"# {'long ' * 60}\n{FILM}", f"{'a-long-name-' * 6}.yaml")
    write_scene(FILM.replace("steps: 5", "steps: -5"), "wrong.yaml")
    url, _ = watching(tmp_path)
    for name in ("wrong", "a-long-name-" * 6):
        page = browser.new_page(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page.goto(f"{url}#{name}.yaml")
        is_status(page, "ready", "mistaken")
        page.wait_for_selector("#text .line")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(246, 247, 249)", "dark": "rgb(14, 17, 22)"}[scheme]
        page.close()


def test_a_scene_without_a_picture_says_so_after_one_with(
    page: "Page", watching: Callable[..., tuple[str, object]], write_scene: Write, tmp_path: Path
) -> None:
    write_scene(FILM, "good.yaml")
    write_scene(BAD, "bad.yaml")
    url, _ = watching(tmp_path)
    page.goto(f"{url}#good.yaml")
    page.wait_for_selector(SHOWN)
    page.get_by_role("link", name="bad.yaml").click()
    page.wait_for_selector("#stage >> text=Nothing is drawn yet.")
    page.get_by_role("link", name="good.yaml").click()
    page.wait_for_selector(SHOWN)
    assert page.locator("#nothing").is_hidden()
