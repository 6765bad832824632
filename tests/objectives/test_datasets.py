"""Data sets by name: found where the user has them, fetched once and only if that is allowed."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from visualize import Scene, SceneError, read_scene
from visualize.objectives._datasets import DATASETS, FOLDER, Dataset

TABLE = b"1\t2\t3\n2\t3\t5\n3\t5\t4\n"


class Server(http.server.HTTPServer):
    """A server of one table, which counts how often it is asked."""

    content = TABLE
    asked = 0


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def dataset(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Return a data set of the server; there are no other folders with any, and no cache."""
    sha1 = hashlib.sha1(TABLE, usedforsecurity=False).hexdigest()
    address = f"http://127.0.0.1:{server.server_port}/small.dat"
    small = Dataset("small.dat", address, sha1, "30 B", ("one", "two", "goal"), "three rows")
    monkeypatch.setitem(DATASETS, "small", small)
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return small


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "scene.yaml"
    path.write_text(
        "objective: {regression: {dataset: small}}\n"
        "optimizers: [{name: sgd, learning_rate: 0.1}]\n",
        encoding="utf-8",
    )
    return path


def test_nothing_is_fetched_unasked(dataset: Dataset, server: Server, scene: Path) -> None:
    with pytest.raises(SceneError) as raised:
        read_scene(scene)
    [mistake] = raised.value.mistakes
    assert mistake.setting == "objective.regression.dataset"
    for part in ("--download fetches it once", dataset.address, dataset.size, FOLDER):
        assert part in mistake.message
    assert server.asked == 0


def test_it_is_fetched_once(dataset: Dataset, server: Server, scene: Path) -> None:
    del dataset
    fetched = read_scene(scene, download=True)
    assert fetched.objective.variables == ("w1", "w2", "b")
    assert read_scene(scene, download=True) == read_scene(scene) == fetched
    assert server.asked == 1


def test_a_folder_of_the_users_is_looked_into_first(
    dataset: Dataset, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / dataset.file).write_bytes(TABLE)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    plain = {
        "objective": {"regression": {"dataset": "small"}},
        "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
    }
    scene = Scene.model_validate(plain)
    assert Scene.model_validate(scene.canonical()) == scene
    assert scene.canonical()["objective"]["regression"]["dataset"] == "small"
    assert server.asked == 0


def test_another_file_of_that_name_is_refused(
    dataset: Dataset, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / dataset.file).write_bytes(TABLE + b"4\t4\t4\n")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(SceneError, match="its checksum differs"):
        read_scene(scene, download=True)


def test_what_is_sent_with_another_checksum_is_not_kept(
    dataset: Dataset, server: Server, scene: Path
) -> None:
    del dataset
    server.content = b"something else"
    with pytest.raises(SceneError, match="another checksum"):
        read_scene(scene, download=True)
    server.content = TABLE
    assert read_scene(scene, download=True).objective.dimension == 3


def test_without_a_network_it_is_told_what_to_do(
    dataset: Dataset, server: Server, scene: Path
) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(SceneError) as raised:
        read_scene(scene, download=True)
    [mistake] = raised.value.mistakes
    assert f"cannot be fetched from {dataset.address}" in mistake.message
    assert f"put {dataset.file} into a folder, and name that in {FOLDER}" in mistake.message


def test_a_cache_that_cannot_be_written_is_told(
    dataset: Dataset, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del dataset
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(SceneError, match="cannot be fetched"):
        read_scene(scene, download=True)


def test_an_unknown_data_set_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="did you mean 'airfoil'"):
        Scene.model_validate({"objective": {"regression": {"dataset": "airfoils"}}})
