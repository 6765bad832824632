"""The server of the page: what it answers, to whom, and what it never does."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from visualize.batch.job import Outcome, Output
from visualize.errors import Mistake, SceneError
from visualize.watching import news as kinds
from visualize.watching.page.server import FILES, HEADERS, Page

TEXT = "title: <script>alert(1)</script>\nsteps: 5\n"


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    file = tmp_path / "race.yaml"
    file.write_text(TEXT)
    return file


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    it = Page([tmp_path])
    yield it
    it.close()


class Answer:
    """What came back."""

    def __init__(self, given: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.content = given.status, given.headers, given.read()

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def ask(page: Page, path: str, method: str = "GET", **headers: str) -> Answer:
    host = page.url.split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def made(scene: Path, *names: str, state: Any = "made", is_still: bool = False) -> kinds.Made:
    folder = scene.parent / "out"
    folder.mkdir(exist_ok=True)
    outputs = []
    for name in names:
        (folder / name).write_bytes(b"0123456789")
        outputs.append(Output(folder / name, state))
    outcome = Outcome(scene, tuple(outputs), ("it grew",))
    return kinds.Made(scene, outcome, is_still=is_still, is_last=not is_still)


# What it answers


@pytest.mark.parametrize("path", FILES)
def test_its_own_files_are_there_with_all_headers(path: str, page: Page) -> None:
    answer = ask(page, path)
    assert answer.status == 200
    assert answer.content
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing_within_itself(page: Page) -> None:
    content = ask(page, "/").content.decode()
    assert "http" not in content
    assert content.count("<script") == content.count('<script src="/page.js"') == 1
    assert not {"style=", "<style", "onclick", "onload"} & {*content.split()}


def test_scenes_are_told_with_text_mistakes_and_pictures(page: Page, scene: Path) -> None:
    page.take(kinds.Changed(scene))
    page.take(made(scene, "race.png", is_still=True))
    [told] = ask(page, "/state").json["scenes"]
    assert (told["name"], told["status"], told["mistakes"]) == ("race.yaml", "rendering", 0)
    page.take(made(scene, "race.gif", "race.mp4"))
    told = ask(page, f"/scene/{told['key']}").json
    assert told["text"] == TEXT
    assert told["warnings"] == ["it grew", "it grew"]
    assert [it["name"] for it in told["pictures"]] == ["race.png", "race.gif", "race.mp4"]
    assert ask(page, told["pictures"][1]["url"]).content == b"0123456789"
    mistake = Mistake(str(scene), 2, 8, "steps", "must be at least 0", "steps: -1", 2)
    page.take(kinds.Mistaken(scene, SceneError([mistake])))
    told = ask(page, f"/scene/{told['key']}").json
    assert told["status"] == "mistaken"
    assert told["mistakes"][0] | {"line": 2, "column": 8, "length": 2} == told["mistakes"][0]
    assert len(told["pictures"]) == 3  # the old ones stay


def test_what_is_new_has_another_address_and_what_is_current_keeps_its_own(
    page: Page, scene: Path
) -> None:
    def addresses() -> list[str]:
        return [it["url"] for it in ask(page, "/scene/0").json["pictures"]]

    page.take(made(scene, "race.png", "race.gif"))
    before = addresses()
    page.take(made(scene, "race.png", "race.gif", state="current"))
    assert addresses() == before
    page.take(made(scene, "race.png"))
    still = addresses()[-1]
    assert still not in before
    assert "race.png" in still  # and it is the newest


def test_scenes_and_folders_that_are_gone_are_not_shown(page: Page, scene: Path) -> None:
    page.take(kinds.Changed(scene))
    page.take(kinds.Gone(scene))
    assert ask(page, "/state").json["scenes"] == []
    page.take(kinds.Changed(scene))
    page.take(kinds.Gone(scene.parent, "no such folder"))
    state = ask(page, "/state").json
    assert (state["scenes"], state["missing"]) == ([], [str(scene.parent)])
    page.take(kinds.Back(scene.parent))
    assert ask(page, "/state").json["missing"] == []


def test_everything_new_is_told_to_those_who_listen(page: Page, scene: Path) -> None:
    connection = http.client.HTTPConnection(page.url.split("/")[2], timeout=10)
    connection.request("GET", "/events")
    events = connection.getresponse()
    assert events.headers["Content-Type"] == "text/event-stream"

    def next_event() -> Any:
        while not (line := events.readline()).startswith(b"data: "):
            assert line
        return json.loads(line.removeprefix(b"data: "))

    first = next_event()
    page.take(kinds.Changed(scene))
    assert next_event()["version"] > first["version"]
    page.take(kinds.Progressed(scene, "race.gif", 3, 10))
    assert next_event()["progress"] == {"0": ["race.gif", 3, 10]}
    page.close()
    assert events.read().strip() == b""  # nobody is left waiting


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=0-99", 206, b"0123456789"),
        ("bytes=10-", 416, None),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
    ],
)
def test_a_player_may_ask_for_a_part_of_a_film(
    asked: str, status: int, content: bytes | None, page: Page, scene: Path
) -> None:
    page.take(made(scene, "race.mp4"))
    answer = ask(page, "/file/0/race.mp4", Range=asked)
    assert answer.status == status
    assert content in (answer.content, None)
    assert ask(page, "/file/0/race.mp4", "HEAD").content == b""


def test_a_scene_that_is_no_text_is_shown_all_the_same(page: Page, scene: Path) -> None:
    scene.write_bytes(b"\xff\xfe\x00")
    page.take(kinds.Failed(scene, "no text"))
    assert "\ufffd" in ask(page, "/scene/0").json["text"]
    scene.unlink()
    assert ask(page, "/scene/0").json["text"] == ""


# To whom, and what it never does


def test_it_is_of_this_machine_only(page: Page) -> None:
    assert page.url.startswith("http://127.0.0.1:")
    port = int(page.url.split(":")[2].strip("/"))
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=1):  # noqa: PT011  # which it is, is the system's
        pass


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "[::1]:80", ""])
def test_nobody_else_s_name_leads_here(host: str, page: Page) -> None:
    answer = ask(page, "/state", Host=host)
    assert answer.status == 421
    assert b"scenes" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/../page.js",
        "/page.py",
        "/server.py",
        "/file/0/../../etc/passwd",
        "/file/0/..%2f..%2f..%2fetc%2fpasswd",
        "/file/0/%2fetc%2fpasswd",
        "/file/0/race.yaml",
        "/file/0/secret.txt",
        "/file/1/race.png",
        "/file/-1/race.png",
        "/file/0/race.png%00.png",
        "/file/0/" + "x" * 5000,
        "/scene/1",
        "/scene/99999999999999999999",
        "//etc/passwd",
        "/%2e%2e/",
        "*",
    ],
)
def test_no_path_leads_to_a_file_that_is_not_shown(path: str, page: Page, scene: Path) -> None:
    page.take(made(scene, "race.png", "secret.txt"))
    answer = ask(page, path)
    assert answer.status == 404
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "NONSENSE"])
def test_nothing_can_be_changed_through_it(method: str, page: Page) -> None:
    assert ask(page, "/state", method).status == 501


def test_a_picture_that_is_gone_is_not_found(page: Page, scene: Path) -> None:
    page.take(made(scene, "race.png"))
    (scene.parent / "out" / "race.png").unlink()
    assert ask(page, "/file/0/race.png").status == 404


@pytest.mark.parametrize(
    "said", [b"\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/9\r\n\r\n"]
)
def test_nonsense_does_no_harm(said: bytes, page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    port = int(page.url.split(":")[2].strip("/"))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as asking:
        asking.sendall(said)
    assert ask(page, "/state").status == 200
    assert capsys.readouterr().err == ""


def test_who_listens_and_leaves_makes_room(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    server = page._server  # noqa: SLF001  # how many it takes
    monkeypatch.setattr(server, "listeners", threading.BoundedSemaphore(1))
    connection = http.client.HTTPConnection(page.url.split("/")[2], timeout=10)
    connection.request("GET", "/events")
    events = connection.getresponse()
    assert events.readline()
    assert ask(page, "/events").status == 503


# The browser


def test_no_browser_is_opened_where_there_is_no_screen(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    page.open()
    assert not opened
