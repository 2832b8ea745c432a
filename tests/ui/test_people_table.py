from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from geoplan.errors import Mistake
from geoplan.ui.people_table import read_people
from geoplan.ui.roles import Entry, People


def read(text: str) -> tuple[People, list[str]]:
    mistakes: list[Mistake] = []
    people = read_people(tomllib.loads(text), mistakes)
    for mistake in mistakes:
        assert mistake.line("en") != mistake.line("zh")
    return people, [mistake.key for mistake in mistakes]


def test_a_full_table_is_read(tmp_path: Path) -> None:
    people, mistakes = read(f"""
        editors = ["Wang@Planning.example", {{claim = "groups", value = "geoplan-editors"}}]
        viewers = ["@City.example"]
        default = "viewer"
        session_hours = 1.5
        unstated_email = "accept"
        signed_out = '{tmp_path / "signed-out"}'
    """)
    assert mistakes == []
    assert people == People(
        editors=(Entry(address="wang@planning.example"), Entry(claim="groups", value="geoplan-editors")),
        viewers=(Entry(domain="city.example"),),
        default="viewer",
        session=timedelta(hours=1.5),
        unstated_email=True,
        signed_out=tmp_path / "signed-out",
    )


def test_what_is_not_said_is_the_careful_choice() -> None:
    people, mistakes = read('editors = ["a@b.example"]')
    assert mistakes == []
    assert people == People(editors=(Entry(address="a@b.example"),), session=timedelta(hours=12))
    assert people.default is None
    assert people.unstated_email is False


def test_a_session_may_last_as_long_as_its_token() -> None:
    assert read('default = "viewer"\nsession_hours = "token"')[0].session is None


@pytest.mark.parametrize(
    "entry",
    [
        '"planning.example"',
        '"*@planning.example"',
        '"@*.planning.example"',
        '"a@b@c"',
        '"@"',
        '"a @b.example"',
        '"\\uff41@b.example"',
        '""',
        "7",
        "[]",
        "{}",
        '{claim = "groups"}',
        '{claim = "groups", value = ["x"]}',
        '{claim = "groups", value = "x", role = "editor"}',
        '{claim = "email", value = "a@b.example"}',
        '{claim = "preferred_username", value = "root"}',
    ],
)
def test_an_entry_that_names_nobody_for_sure_is_a_mistake(entry: str) -> None:
    people, mistakes = read(f'editors = ["ok@b.example", {entry}]')
    assert mistakes == ["geoplan.people.editors[1]"]
    assert people.editors == (Entry(address="ok@b.example"),)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('editors = "a@b.example"', "editors"),
        ('default = "editor"', "default"),
        ("default = true", "default"),
        ('default = "viewer"\nsession_hours = 0', "session_hours"),
        ('default = "viewer"\nsession_hours = 721', "session_hours"),
        ('default = "viewer"\nsession_hours = "long"', "session_hours"),
        ('default = "viewer"\nsession_hours = nan', "session_hours"),
        ('default = "viewer"\nunstated_email = true', "unstated_email"),
        ('default = "viewer"\nsigned_out = "signed-out"', "signed_out"),
        ('default = "viewer"\nsigned_out = "/no/such/folder/signed-out"', "signed_out"),
        ('default = "viewer"\nsigned_out = 7', "signed_out"),
        ('default = "viewer"\neditor = ["a@b.example"]', "editor"),
    ],
)
def test_a_value_that_cannot_be_followed_is_a_mistake(text: str, key: str) -> None:
    assert read(text)[1] == [f"geoplan.people.{key}"]


@pytest.mark.parametrize("text", ["", "editors = []", 'default = "none"'])
def test_a_table_that_lets_nobody_in_is_a_mistake(text: str) -> None:
    assert read(text)[1] == ["geoplan.people"]


def test_a_table_that_is_none_is_a_mistake() -> None:
    mistakes: list[Mistake] = []
    assert read_people(["a@b.example"], mistakes) == People()
    assert [mistake.key for mistake in mistakes] == ["geoplan.people"]


def test_all_mistakes_are_said_at_once() -> None:
    _, mistakes = read('editors = [7, 8]\nviewers = "x"\ndefault = "boss"\nadmins = []')
    assert mistakes == [f"geoplan.people.{key}" for key in ("admins", "editors[0]", "editors[1]", "viewers", "default")]
