"""A history moves from one kind of store to the other with every hash it had."""

from __future__ import annotations

import pytest

from geoplan.errors import StoreError
from geoplan.store import copy_history
from tests.helpers import EAST, NORTH, square
from tests.store.conftest import Backend
from tests.store.drafts import draft, squares, zones_of


@pytest.fixture
def filled(file_backend: Backend) -> Backend:
    """A store of four revisions: fields change, a zone leaves, the first is restored."""
    store = file_backend.open()
    store.publish("valley", draft(squares(3), content=b"one" * 9000), parent=None)
    store.publish("valley", draft(zones_of({"z1": None, "z2": square(EAST, NORTH, 0.1)}, area=[1.5, 2])), parent=1)
    store.publish(
        "valley", draft(zones_of(squares(2), crs="EPSG:4549"), repairs=({"zone": "z1"},), passed=False), parent=2
    )
    store.publish("valley", draft(store.zones("valley", 1), restored_from=1), parent=3)
    return file_backend


def test_the_copy_has_every_revision_with_its_hash(filled: Backend, server_backend: Backend) -> None:
    old, new = filled.open(), server_backend.open()
    copied = copy_history(old, new, "valley")
    assert copied == old.revision("valley")
    assert new.history("valley") == old.history("valley")
    assert new.verify() == ()
    assert [new.source("valley", number) for number in range(1, 5)] == [
        old.source("valley", number) for number in range(1, 5)
    ]


def test_a_copy_that_was_broken_off_goes_on_where_it_was(filled: Backend, server_backend: Backend) -> None:
    old, new = filled.open(), server_backend.open()
    copy_history(old, new, "valley")
    old.publish("valley", draft(squares(1)), parent=4)
    copy_history(old, new, "valley")
    assert new.history("valley") == old.history("valley")


def test_a_plan_without_revisions_copies_to_none(filled: Backend, server_backend: Backend) -> None:
    assert copy_history(filled.open(), server_backend.open(), "hill") is None


def test_another_history_of_the_same_plan_is_not_continued(filled: Backend, server_backend: Backend) -> None:
    new = server_backend.open()
    new.publish("valley", draft(message="ours"), parent=None)
    with pytest.raises(StoreError, match="revision 1 of plan “valley” differs between the two stores"):
        copy_history(filled.open(), new, "valley")
    assert len(new.history("valley")) == 1
