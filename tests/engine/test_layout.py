"""Layout: which directory is meant."""

from pathlib import Path

import pytest

from countermand.engine import layout
from countermand.engine.errors import Lost


def test_a_directory_without_generations_is_meant_itself(tmp_path: Path) -> None:
    """The same holds for a directory that does not exist yet."""
    assert layout.meant(tmp_path) == tmp_path
    assert layout.current(tmp_path / "new") == tmp_path / "new"


def test_of_a_data_directory_the_one_served_is_meant(tmp_path: Path) -> None:
    """The first by the path that it would have, any other by its own."""
    assert layout.next_number(tmp_path) == 2
    second = layout.path_of(tmp_path, 2)
    second.mkdir()
    assert layout.meant(tmp_path) == tmp_path
    layout.point_at(tmp_path, 2)

    assert layout.meant(tmp_path) == second
    assert layout.meant(second) == second
    assert layout.meant(tmp_path / "generations" / "000001") == tmp_path
    assert layout.next_number(tmp_path) == 3


def test_a_pointer_is_written_before_there_is_a_second(tmp_path: Path) -> None:
    """A missing pointer is then seen to be missing."""
    layout.next_number(tmp_path)
    assert layout.number(tmp_path) == 1
    layout.path_of(tmp_path, 2).mkdir()
    (tmp_path / layout.POINTER).unlink()

    with pytest.raises(Lost, match="generation is missing"):
        layout.number(tmp_path)
