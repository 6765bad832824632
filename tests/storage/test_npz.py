"""Files of named arrays: ours and anybody's, and those that are not what they say they are."""

import contextlib
import io
import json
import math
import struct
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers
from numpy.typing import NDArray

from visualize import ArraysError
from visualize.errors import printable
from visualize.storage import npz as arrays
from visualize.storage.npz import FORMAT_VERSION, SavedArrays, array_of, read_arrays
from visualize.storage.room import Room

AnyArray = NDArray[Any]


def some_arrays() -> dict[str, AnyArray]:
    """Return arrays that are as different as those of a test can be."""
    return {
        "zebra/points": np.arange(12.0).reshape(3, 2, 2),
        "apple": np.array([True, False]),
        "": np.array(7, dtype=np.int16),
        "größe/x²": np.array(["a", "ß"]),
    }


def foreign(path: Path, entries: Mapping[str, Any], *, compressed: bool = False) -> Path:
    """Write arrays to a file of NumPy's own."""
    write: Any = np.savez_compressed if compressed else np.savez
    write(path, **entries)
    return path


def zipped(path: Path, entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> Path:
    """Write a ZIP file of any bytes."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)  # two entries may have one name
        for name, content in entries:
            archive.writestr(name, content)
    return path


def as_npy(array: AnyArray, version: tuple[int, int] | None = None) -> bytes:
    """Return the `.npy` file of an array."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version)
    return stream.getvalue()


def with_header(header: str, content: bytes = b"") -> bytes:
    """Return a `.npy` file whose header is any text."""
    text = header.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def declared(shape: tuple[int, ...], descr: str = "<f8", content: bytes = b"") -> bytes:
    """Return a `.npy` file that says of its array whatever it wants."""
    return with_header(f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}}}", content)


def refused(path: Path) -> str:
    """Return why a file is refused."""
    with pytest.raises(ArraysError) as raised:
        read_arrays(path)
    message = str(raised.value)
    assert message.startswith(f"{path}: these are no saved arrays (")
    return message


def alike(one: AnyArray, other: AnyArray) -> bool:
    """Whether two arrays are equal to the last bit."""
    same_bits = one.tobytes() == other.tobytes()
    return one.dtype == other.dtype and one.shape == other.shape and same_bits


# Ours


def test_what_is_saved_is_loaded_in_its_order(tmp_path: Path) -> None:
    saved = SavedArrays(some_arrays(), {"scene": {"title": "x² → 0"}})
    path = saved.save(str(tmp_path / "new" / "arrays.npz"))
    assert path == tmp_path / "new" / "arrays.npz"
    loaded = SavedArrays.load(str(path))
    assert list(loaded.arrays) == list(saved.arrays)
    assert all(alike(loaded.arrays[name], saved.arrays[name]) for name in saved.arrays)
    assert loaded.metadata == {"format": FORMAT_VERSION, **saved.metadata}


def test_entries_stand_in_the_order_given_and_the_metadata_last(tmp_path: Path) -> None:
    path = SavedArrays(some_arrays()).save(tmp_path / "arrays.npz")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert names == [f"{name}.npy" for name in (*some_arrays(), "metadata")]


def test_other_orders_are_other_files_with_the_same_arrays(tmp_path: Path) -> None:
    backwards = dict(reversed(some_arrays().items()))
    first = SavedArrays(some_arrays()).save(tmp_path / "first.npz")
    second = SavedArrays(backwards).save(tmp_path / "second.npz")
    assert list(read_arrays(second)) == [*backwards, "metadata"]
    assert first.read_bytes() != second.read_bytes()


def test_equal_arrays_make_equal_bytes_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SavedArrays(some_arrays(), {"b": 1, "a": 2}).save(tmp_path / "first.npz")
    later = time.struct_time((2044, 5, 6, 7, 8, 9, 4, 127, 0))
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    monkeypatch.setattr(time, "time", lambda: 2_345_678_901.0)
    second = SavedArrays(some_arrays(), {"a": 2, "b": 1}).save(tmp_path / "second.npz")
    assert first.read_bytes() == second.read_bytes()


def test_what_was_loaded_is_saved_to_the_same_bytes(tmp_path: Path) -> None:
    first = SavedArrays(some_arrays(), {"title": "é"}).save(tmp_path / "first.npz")
    second = SavedArrays.load(first).save(tmp_path / "second.npz")
    assert first.read_bytes() == second.read_bytes()


def test_numpy_reads_it_without_pickle(tmp_path: Path) -> None:
    path = SavedArrays(some_arrays(), {"title": "x²"}).save(tmp_path / "arrays.npz")
    with np.load(path, allow_pickle=False) as archive:
        assert archive.files == [*some_arrays(), "metadata"]
        assert all(alike(archive[name], array) for name, array in some_arrays().items())
        assert json.loads(str(archive["metadata"])) == {"format": 1, "title": "x²"}
        assert "x²" in str(archive["metadata"])


def test_no_arrays_at_all_can_be_saved(tmp_path: Path) -> None:
    loaded = SavedArrays.load(SavedArrays({}).save(tmp_path / "arrays.npz"))
    assert dict(loaded.arrays) == {}


@pytest.mark.parametrize(
    "dtype",
    [
        *("?", "b", "h", "i", "l", "q", "B", "H", "I", "L", "Q", "e", "f", "d", "g", "F", "D"),
        *(">f8", ">i2", "S3", "V5", "U0", "S0", "M8[s]", "m8[ns]"),
        "i4,(2,)f8",
    ],
)
def test_an_array_of_any_kind_comes_back(tmp_path: Path, dtype: str) -> None:
    arrays: dict[str, AnyArray] = {}
    for shape in [(), (3,), (0,), (2, 3), (0, 2), (2, 1, 3)]:
        size = math.prod(shape) * np.dtype(dtype).itemsize
        arrays[str(shape)] = np.ndarray(shape, dtype, bytes(i % 2 for i in range(size)))
    loaded = SavedArrays.load(SavedArrays(arrays).save(tmp_path / "arrays.npz"))
    assert loaded.arrays.keys() == arrays.keys()
    assert all(alike(loaded.arrays[name], arrays[name]) for name in arrays)


def test_an_array_in_the_order_of_fortran_stays_in_it(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    loaded = SavedArrays.load(SavedArrays({"a": array}).save(tmp_path / "arrays.npz"))
    np.testing.assert_array_equal(loaded.arrays["a"], array)
    assert loaded.arrays["a"].flags.f_contiguous


def test_a_part_of_an_array_is_saved_as_what_it_shows(tmp_path: Path) -> None:
    array = np.arange(24.0).reshape(4, 6)[::-2, 1::2]
    loaded = SavedArrays.load(SavedArrays({"a": array}).save(tmp_path / "arrays.npz"))
    np.testing.assert_array_equal(loaded.arrays["a"], array)


def test_the_numbers_that_are_none_come_back_to_the_bit(tmp_path: Path) -> None:
    array = np.array([np.nan, -np.nan, np.inf, -np.inf, -0.0, 5e-324])
    loaded = SavedArrays.load(SavedArrays({"a": array}).save(tmp_path / "arrays.npz"))
    assert loaded.arrays["a"].tobytes() == array.tobytes()


dtypes = st.one_of(
    numbers.scalar_dtypes(),
    numbers.byte_string_dtypes(),
    numbers.unicode_string_dtypes(),
)
shapes = numbers.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
names = st.text(st.characters(exclude_characters="\0\\/", exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        names.filter(lambda name: name != "metadata"),
        dtypes.flatmap(lambda dtype: numbers.arrays(dtype, shapes)),
        max_size=3,
    ),
    st.dictionaries(
        st.text(max_size=5).filter(lambda name: name != "format"),
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
        max_size=3,
    ),
)
def test_whatever_is_saved_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    entries: dict[str, AnyArray],
    metadata: dict[str, Any],
) -> None:
    path = SavedArrays(entries, metadata).save(tmp_path_factory.mktemp("a") / "arrays.npz")
    loaded = SavedArrays.load(path)
    assert list(loaded.arrays) == list(entries)
    assert all(alike(loaded.arrays[name], entries[name]) for name in entries)
    assert loaded.metadata == {"format": FORMAT_VERSION, **metadata}


def test_what_needs_pickle_is_not_written_and_the_old_file_stays(tmp_path: Path) -> None:
    path = SavedArrays(some_arrays()).save(tmp_path / "arrays.npz")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="pickle"):
        SavedArrays({"a": np.array([None])}).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["arrays.npz"]


# The metadata


def test_metadata_are_needed_where_ours_are_loaded_and_nowhere_else(tmp_path: Path) -> None:
    path = foreign(tmp_path / "arrays.npz", {"a": np.arange(3)})
    assert list(read_arrays(path)) == ["a"]
    with pytest.raises(ArraysError, match=r"arrays\.npz: .*metadata"):
        SavedArrays.load(path)


def test_metadata_are_one_array_more_for_those_who_ask_for_arrays(tmp_path: Path) -> None:
    path = SavedArrays({"a": np.arange(3)}).save(tmp_path / "arrays.npz")
    assert list(read_arrays(path)) == ["a", "metadata"]
    assert list(SavedArrays.load(path).arrays) == ["a"]


def of_format(path: Path, version: Any) -> str:
    """Return what is said of a file of a format."""
    foreign(path, {"metadata": np.array(json.dumps({"format": version}))})
    with pytest.raises(ArraysError) as raised:
        SavedArrays.load(path)
    return str(raised.value)


@pytest.mark.parametrize("version", [FORMAT_VERSION + 1, 99, 10**30])
def test_a_newer_format_is_refused_and_named(tmp_path: Path, version: int) -> None:
    words = of_format(tmp_path / "arrays.npz", version)
    assert f"newer visualize (format {version}; this one reads up to {FORMAT_VERSION})" in words


@pytest.mark.parametrize("version", ["1", 1.0, 1.5, None, [1], 0, -1, True])
def test_a_format_that_is_none_is_refused(tmp_path: Path, version: Any) -> None:
    assert "no saved arrays (format" in of_format(tmp_path / "arrays.npz", version)


def test_what_is_saved_is_of_this_format_whatever_it_was_loaded_from(tmp_path: Path) -> None:
    path = SavedArrays({}, {"format": 0}).save(tmp_path / "arrays.npz")
    assert SavedArrays.load(path).metadata == {"format": FORMAT_VERSION}


@pytest.mark.parametrize("name", ["metadata", "a\0b", "\ud800", "a/", "/a", "a//b", "a" * 1001])
def test_a_name_that_cannot_be_told_from_another_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be called"):
        SavedArrays({name: np.zeros(1)}).save(tmp_path / "arrays.npz")
    assert not list(tmp_path.iterdir())


def test_text_without_room_does_not_take_time(tmp_path: Path) -> None:
    header = {"descr": "<U0", "fortran_order": False, "shape": (10**12,)}
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, header)
    assert refused(zipped(tmp_path / "arrays.npz", [("labels.npy", content.getvalue())]))


def test_metadata_without_a_format_are_of_the_first(tmp_path: Path) -> None:
    path = foreign(tmp_path / "arrays.npz", {"metadata": np.array('{"a": 1}')})
    assert SavedArrays.load(path).metadata == {"a": 1}


def test_a_format_is_no_reason_to_refuse_the_arrays_of_anybody(tmp_path: Path) -> None:
    path = foreign(tmp_path / "arrays.npz", {"a": np.arange(3), "metadata": np.array("{")})
    assert list(read_arrays(path)) == ["a", "metadata"]


# Anybody's


@pytest.mark.parametrize("compressed", [False, True])
def test_what_numpy_saved_is_read(tmp_path: Path, compressed: bool) -> None:
    path = foreign(tmp_path / "arrays.npz", some_arrays(), compressed=compressed)
    read = read_arrays(path)
    assert list(read) == list(some_arrays())
    assert all(alike(read[name], array) for name, array in some_arrays().items())


def test_an_array_that_was_not_named_has_numpys_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "arrays.npz", np.arange(3), np.arange(4))
    assert list(read_arrays(tmp_path / "arrays.npz")) == ["arr_0", "arr_1"]


def test_no_arrays_are_none(tmp_path: Path) -> None:
    assert read_arrays(foreign(tmp_path / "arrays.npz", {})) == {}


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_both_of_numpys_headers_are_read(version: tuple[int, int]) -> None:
    array = np.arange(6.0).reshape(2, 3)
    assert alike(array_of(as_npy(array, version)), array)


@pytest.mark.parametrize("version", [(0, 0), (1, 1), (4, 0), (255, 255)])
def test_a_header_that_numpy_may_have_one_day_is_refused(
    tmp_path: Path, version: tuple[int, int]
) -> None:
    content = b"\x93NUMPY" + bytes(version) + as_npy(np.arange(3.0))[8:]
    assert "format" in refused(zipped(tmp_path / "arrays.npz", [("a.npy", content)]))


# Those that cannot be trusted


@pytest.mark.parametrize(
    ("shape", "content"),
    [
        ((4,), bytes(24)),
        ((2,), bytes(24)),
        ((), b""),
        ((), bytes(16)),
        ((0,), bytes(8)),
        ((10**14,), bytes(24)),
        ((2**62, 2**62), bytes(24)),
        ((2**32, 2**32), b""),
        ((-3,), bytes(24)),
        ((-1,), bytes(24)),
        ((-1, -3), bytes(24)),
        ((-1, -3, 1), bytes(24)),
    ],
)
def test_a_shape_that_does_not_fit_its_bytes_is_refused(
    tmp_path: Path, shape: tuple[int, ...], content: bytes
) -> None:
    path = zipped(tmp_path / "arrays.npz", [("a.npy", declared(shape, content=content))])
    assert refused(path)


def test_no_room_is_made_for_what_a_header_claims(tmp_path: Path) -> None:
    claims = declared((2**24,), content=bytes(64))
    path = zipped(tmp_path / "arrays.npz", [("a.npy", claims)])
    tracemalloc.start()
    try:
        assert f"an array of shape {(2**24,)} in 64 bytes" in refused(path)
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "header",
    [
        "(",
        "{'descr': '<f8', (",
        "'''",
        "\n\tx\n y",
        "{'descr': '(f8,', 'fortran_order': False, 'shape': ()}",
        "{'descr': '<08', 'fortran_order': False, 'shape': ()}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 0)}",
    ],
)
def test_a_header_that_numpy_stumbles_over_is_refused(tmp_path: Path, header: str) -> None:
    assert refused(zipped(tmp_path / "arrays.npz", [("a.npy", with_header(header))]))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{}",
        "[]",
        "None",
        "x",
        "-" * 5000,
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': ()}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 3}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,)}",
        "{'descr': 'rubbish', 'fortran_order': False, 'shape': ()}",
        "{'descr': None, 'fortran_order': False, 'shape': ()}",
        "{'descr': [('a', '<f8'), ('a', '<f8')], 'fortran_order': False, 'shape': ()}",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}",
    ],
)
def test_a_header_that_is_none_is_refused(tmp_path: Path, header: str) -> None:
    content = with_header(header, bytes(8))
    assert refused(zipped(tmp_path / "arrays.npz", [("a.npy", content)]))


def test_pickles_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "trapped",))

    trap = np.array([Trap()], dtype=object)
    inside = np.array([(1, Trap())], dtype=[("a", "i4"), ("b", "O")])
    for array in (trap, inside):
        np.savez(tmp_path / "arrays.npz", allow_pickle=True, a=array)
        assert "Python objects" in refused(tmp_path / "arrays.npz")
    path = zipped(tmp_path / "arrays.npz", [("a.npy", trap.dumps())])
    assert refused(path)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("shape", [(0,), (), (2, 0)])
def test_python_objects_are_refused_even_if_there_are_none(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    path = zipped(tmp_path / "arrays.npz", [("a.npy", declared(shape, "|O"))])
    assert "Python objects" in refused(path)


def test_what_unpacks_to_more_than_is_allowed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "LARGEST_UNPACKED", 2**20)
    zeros = np.zeros(2**16)
    one = foreign(tmp_path / "one.npz", {"a": zeros}, compressed=True)
    assert alike(read_arrays(one)["a"], zeros)
    two = foreign(tmp_path / "two.npz", {"a": zeros, "b": zeros}, compressed=True)
    assert "it unpacks to more than 1 MiB" in refused(two)
    with pytest.raises(ArraysError, match="unpacks to more"):
        SavedArrays.load(two)


def test_what_was_not_compressed_may_be_as_large_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "LARGEST_UNPACKED", 100)
    path = SavedArrays({"a": np.zeros(1000)}).save(tmp_path / "arrays.npz")
    assert len(SavedArrays.load(path).arrays["a"]) == 1000


def test_more_entries_than_can_be_listed_are_refused_before_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = foreign(tmp_path / "few.npz", {"a": np.zeros(2)})
    many = foreign(tmp_path / "many.npz", {f"a{i}": np.zeros(2) for i in range(10)})
    # A list whose size stands elsewhere, as in archives of more than 65 535 entries.
    content = many.read_bytes()
    elsewhere = tmp_path / "elsewhere.npz"
    elsewhere.write_bytes(content[:-22] + b"PK\6\7" + bytes(16) + content[-22:])
    monkeypatch.setattr(arrays, "LARGEST_DIRECTORY", 200)
    assert len(read_arrays(few)) == 1
    for path in (many, elsewhere):
        assert "too many entries" in refused(path)


def test_room_is_taken_for_what_an_array_becomes(tmp_path: Path) -> None:
    path = foreign(tmp_path / "arrays.npz", {"a": np.zeros(1000, np.uint8), "b": np.zeros(1000)})
    assert len(read_arrays(path, Room(16_128))) == 2
    with pytest.raises(ArraysError, match="takes more than is left"):
        read_arrays(path, Room(15_999))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_that_lies_about_its_size_is_not_unpacked(tmp_path: Path, method: int) -> None:
    size = 2**25
    path = zipped(tmp_path / "arrays.npz", [("a.npy", bytes(size))], method)
    lie = path.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", 100))
    path.write_bytes(lie)
    tracemalloc.start()
    try:
        assert refused(path)
        assert tracemalloc.get_traced_memory()[1] < size
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_is_refused_or_does_none_however_it_was_compressed(
    tmp_path: Path, method: int
) -> None:
    path = zipped(tmp_path / "arrays.npz", [("a.npy", as_npy(np.arange(100.0)))], method)
    whole = path.read_bytes()
    for place in range(30 + len("a.npy"), len(whole) - 80, 5):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with contextlib.suppress(ArraysError):
            assert alike(read_arrays(path)["a"], np.arange(100.0)), f"byte {place} went through"


@pytest.mark.parametrize(
    "entries", [("a.npy", "a.npy"), ("a.npy", "a"), ("b.npy", "a", "c.npy", "a.npy")]
)
def test_two_entries_of_one_name_are_refused(tmp_path: Path, entries: tuple[str, ...]) -> None:
    content = as_npy(np.arange(3.0))
    path = zipped(tmp_path / "arrays.npz", [(name, content) for name in entries])
    assert "'a' stands twice" in refused(path)


def test_a_name_in_a_file_does_not_command_the_terminal(tmp_path: Path) -> None:
    entry = ("\x1b[31ma.npy", as_npy(np.arange(3.0)))
    assert refused(zipped(tmp_path / "arrays.npz", [entry, entry])).isprintable()


def test_what_is_no_array_among_arrays_is_refused(tmp_path: Path) -> None:
    array = ("a.npy", as_npy(np.arange(3.0)))
    assert refused(zipped(tmp_path / "arrays.npz", [array, ("readme.txt", b"Read me.")]))


@pytest.mark.parametrize("name", ["nowhere.npz", "\0", "nowhere/arrays.npz"])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArraysError) as raised:
        read_arrays(tmp_path / name)
    assert printable(str(tmp_path / name)) in str(raised.value)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "arrays.npz"
    path.write_bytes(content)
    for read in (read_arrays, SavedArrays.load):
        with pytest.raises(ArraysError):
            read(path)


@settings(max_examples=150, deadline=None)
@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8)), max_size=4),
)
def test_a_file_with_random_bytes_in_it_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, compressed: bool, damages: list[tuple[int, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("bytes") / "arrays.npz"
    entries = {"a": np.arange(4.0), "metadata": np.array('{"format": 1}')}
    content = bytearray(foreign(path, entries, compressed=compressed).read_bytes())
    for place, damage in damages:
        place %= len(content)
        content[place : place + len(damage)] = damage
    path.write_bytes(content)
    try:
        loaded = SavedArrays.load(path)
    except ArraysError:
        return
    assert all(alike(array, np.arange(4.0)) for array in loaded.arrays.values())
