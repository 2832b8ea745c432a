"""The bad files are written once for all tests of reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.files import bad_files


@pytest.fixture(scope="session")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files that must be refused, by what is wrong with them."""
    return bad_files(tmp_path_factory.mktemp("bad"))
