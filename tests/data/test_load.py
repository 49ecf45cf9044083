"""Data files: what is found in them, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wrt.data import DataError, declarations, load

DIABETES = Path(__file__).parents[2] / "examples" / "diabetes.csv"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_gives_the_matrix_the_target_and_its_columns() -> None:
    found = load(DIABETES, {"X", "y", "bmi", "w"}, target="y")
    assert {name: array.shape for name, array in found.items()} == {"X": (442, 10), "y": (442,), "bmi": (442,)}
    assert found["X"][0].tolist() == [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87]
    assert found["y"][:2].tolist() == [151, 75]
    assert (found["bmi"] == found["X"][:, 2]).all()


def test_without_a_target_every_column_is_in_the_matrix_that_is_not_used_by_name() -> None:
    assert load(DIABETES, {"X"})["X"].shape == (442, 11)
    assert load(DIABETES, {"X", "y"})["X"].shape == (442, 10)


def test_the_target_is_y_whatever_its_column_is_called(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,price,b\n1,10,2\n3,30,4\n")
    found = load(path, {"X", "y", "price"}, target="price")
    assert found["y"].tolist() == found["price"].tolist() == [10, 30]
    assert found["X"].tolist() == [[1, 2], [3, 4]]


def test_columns_of_text_are_left_out_of_the_matrix(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "name,a,y\nann,1,2\nbob,3,4\n")
    assert load(path, {"X"}, target="y")["X"].tolist() == [[1], [3]]


@pytest.mark.parametrize(
    "text", ["a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4\n", "\ufeffa, b\n1, 2\n\n3, 4\n", '"a","b"\r\n1,2\r\n3,4']
)
def test_other_dialects(tmp_path: Path, text: str) -> None:
    assert load(write(tmp_path / "t.csv", text), {"b"})["b"].tolist() == [2, 4]


def test_columns_without_names_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "1,2,3\n4,5,6\n")
    assert load(path, {"X", "y"}, target="-1")["y"].tolist() == [3, 6]
    assert load(path, {"X", "y"}, target="0")["X"].tolist() == [[2, 3], [5, 6]]


def test_an_archive_gives_its_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", W=np.ones((2, 3), dtype=np.float32), t=np.arange(3), unused=np.array(["a"]))
    found = load(tmp_path / "a.npz", {"W", "y", "b"}, target="t")
    assert {name: (array.shape, array.dtype.name) for name, array in found.items()} == {
        "W": ((2, 3), "float64"),
        "y": ((3,), "float64"),
    }


def test_a_plain_array_is_named_like_its_file(tmp_path: Path) -> None:
    np.save(tmp_path / "A.npy", np.eye(3))
    assert load(tmp_path / "A.npy", {"A", "X"})["A"].shape == (3, 3)
    assert load(tmp_path / "A.npy", {"y", "X"}, target="-1")["y"].tolist() == [0, 0, 1]


def test_a_structured_array_is_a_table(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.array([(1, 2.5), (3, 4.5)], dtype=[("a", int), ("y", float)]))
    found = load(tmp_path / "t.npy", {"X", "y"}, target="y")
    assert found["X"].tolist() == [[1], [3]]
    assert found["y"].tolist() == [2.5, 4.5]


@pytest.mark.parametrize(
    ("text", "names", "target", "message"),
    [
        ("", {"X"}, None, "is empty"),
        ("a,b\n", {"X"}, None, "a header but no rows"),
        ("a,b\n1,2\n3\n", {"X"}, None, "line 3: 1 values where the first line has 2"),
        ("a,a\n1,2\n", {"X"}, None, "two columns called 'a'"),
        ("a,b\n1,2\n", {"X"}, "bb", "has no column 'bb'\ndid you mean 'b'? its columns are a, b"),
        ("a,b\n1,2\n", {"X"}, "-1", "has no column '-1'"),
        ("a,b\n1,2\n3,nan\n", {"X"}, None, "line 3, column b: 'nan' is not a finite number"),
        ("a,b\n1,2\n3,inf\n", {"b"}, None, "line 3, column b: 'inf' is not a finite number"),
        ("a,b\n1,2\n\n3,\n", {"X"}, None, "line 4, column b: a value is missing"),
        ("a,b\n1,2\n3,NA\n", {"X"}, None, "line 3, column b: 'NA' is not a finite number"),
        ("a,b\nx,y\n", {"X"}, None, "no numeric column"),
    ],
)
def test_tables_that_cannot_be_used(
    tmp_path: Path, text: str, names: set[str], target: str | None, message: str
) -> None:
    with pytest.raises(DataError) as caught:
        load(write(tmp_path / "t.csv", text), names, target=target)
    assert message in str(caught.value)


def test_a_bad_cell_matters_only_where_it_is_used(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "a,b\n1,2\n3,nan\n")
    assert load(path, {"a"})["a"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([1.0, np.nan]), "the entry at [1] is nan"),
        (np.array([1j]), "complex128, not real numbers"),
        (np.array(["a"]), "not real numbers"),
        (np.zeros((0, 3)), "it is empty"),
        (np.array([None]), "damaged or not what its name says"),
    ],
)
def test_arrays_that_cannot_be_used(tmp_path: Path, array: np.ndarray, message: str) -> None:
    np.save(tmp_path / "v.npy", array, allow_pickle=True)
    with pytest.raises(DataError) as caught:
        load(tmp_path / "v.npy", {"v"})
    assert message in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "z.npz").write_bytes(b"PK\x03\x04 not really")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "e.npy").write_bytes(b"")
    (tmp_path / "t.xls").write_bytes(b"")
    for name, message in [
        ("none.csv", "there is no such file"),
        ("z.npz", "damaged"),
        ("b.csv", "not a text file"),
        ("e.npy", "damaged"),
        ("t.xls", "cannot tell what kind of file"),
    ]:
        with pytest.raises(DataError) as caught:
            load(tmp_path / name, {"X"})
        assert message in str(caught.value)


def test_the_likeliest_shapes_come_first() -> None:
    arrays = {"y": np.zeros(5), "X": np.zeros((5, 3)), "W": np.zeros((3, 3)), "B": np.zeros((5, 1)), "c": np.zeros(())}
    first, *others = declarations(arrays, {})
    assert first == {"X": "n d", "W": "d k", "B": "n m", "y": "n", "c": ""}
    assert others[0] == {"X": "n d", "W": "d d", "B": "n k", "y": "n", "c": ""}
    assert others[1] == {"X": "n d", "W": "d d", "B": "n 1", "y": "n", "c": ""}
    first = next(declarations(arrays, {"W": "k k, symmetric"}, taken={"d"}))
    assert first == {"X": "n k", "B": "n m", "y": "n", "c": ""}


def test_as_many_rows_as_columns_are_two_dimensions_still() -> None:
    assert next(declarations({"X": np.zeros((2, 2)), "y": np.zeros(2)}, {})) == {"X": "n d", "y": "n"}
    assert next(declarations({"X": np.zeros((1, 2)), "y": np.zeros(1)}, {})) == {"X": "n d", "y": "n"}
