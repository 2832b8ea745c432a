from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.ui.roles import Entry, People, Person, Reason, author_of, normal_address, session_key, stand
from tests.ui.signin import NOW, claims

TEAM = People(
    editors=(Entry(address="wang@planning.example"), Entry(claim="groups", value="geoplan-editors")),
    viewers=(Entry(domain="planning.example"),),
)


def role(people: People = TEAM, **changed: object) -> str | None:
    person = stand(claims(**changed), people, NOW).person
    return person.role if person else None


def reason(people: People = TEAM, **changed: object) -> Reason | None:
    return stand(claims(**changed), people, NOW).reason


def test_a_listed_address_edits_and_a_listed_domain_looks() -> None:
    assert role() == "editor"
    assert role(email="li@planning.example") == "viewer"
    assert role(email="li@elsewhere.example") is None
    assert reason(email="li@elsewhere.example") is Reason.NO_ROLE


def test_an_address_is_the_same_in_any_case() -> None:
    assert role(email="WANG@Planning.Example") == "editor"


@pytest.mark.parametrize(
    "email",
    [
        "wang@sub.planning.example",  # a domain is not its subdomains
        "wang@planning.example.evil.example",
        "wang@evil.example@planning.example",
        "x wang@planning.example",
        "wang@planning.example\n",
        "wang@planning.example\u200b",
        "wan\uff47@planning.example",  # full-width g
        "wan\u0261@planning.example\u202e",
        "@planning.example",
        "planning.example",
        "",
        7,
        ["wang@planning.example"],
    ],
)
def test_an_address_that_only_looks_like_one_gives_no_role(email: object) -> None:
    assert role(email=email) is None


@pytest.mark.parametrize(
    "letter", ["\u212a", "\uff4b", "\u24da", "\U0001d424"]
)  # Kelvin sign, full width, circled, bold
def test_a_letter_that_folds_to_another_is_not_that_letter(letter: str) -> None:
    people = People(editors=(Entry(address="kai@planning.example"),))
    assert role(people, email="kai@planning.example") == "editor"
    assert role(people, email=f"{letter}ai@planning.example") is None


def test_a_long_s_and_a_dotless_i_are_letters_of_their_own() -> None:
    people = People(editors=(Entry(address="sim@planning.example"),))
    assert role(people, email="\u017fim@planning.example") is None
    assert role(people, email="s\u0131m@planning.example") is None


@given(st.text())
def test_no_text_becomes_an_address_of_ascii_unless_it_is_one(text: str) -> None:
    found = normal_address(text)
    if found is not None and found.isascii():
        assert text.isascii()


@pytest.mark.parametrize("vouched", [False, "false", 0, 1, "yes", None, ""])
def test_an_address_the_provider_does_not_vouch_for_gives_no_role(vouched: object) -> None:
    assert role(email_verified=vouched) is None
    assert reason(email_verified=vouched) is Reason.UNVERIFIED


def test_a_provider_that_writes_true_as_a_word_is_understood() -> None:
    assert role(email_verified="true") == "editor"


def test_an_unstated_address_counts_only_where_the_administrator_says_so_and_a_refused_one_never() -> None:
    lenient = People(editors=TEAM.editors, unstated_email=True)
    assert role(lenient, email_verified=None) == "editor"
    assert role(lenient, email_verified=False) is None


def test_an_unverified_address_leaves_a_role_by_group_as_it_is_and_is_not_shown() -> None:
    person = stand(claims(email_verified=False, groups=["geoplan-editors"]), TEAM, NOW).person
    assert person == Person("Wang Fang", None, "editor", signed_in=True)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["staff", "geoplan-editors"], "editor"),
        ("geoplan-editors", "editor"),
        ("geoplan-editors-not", None),
        (["Geoplan-Editors"], None),
        ([["geoplan-editors"]], None),
        ({"geoplan-editors": True}, None),
        (7, None),
    ],
)
def test_a_claim_gives_a_role_when_it_is_or_lists_exactly_the_value(groups: object, expected: str | None) -> None:
    assert role(email="sun@elsewhere.example", groups=groups) == expected


def test_a_claim_within_a_claim_is_found_by_its_path_and_one_with_dots_in_its_name_by_its_name() -> None:
    nested = People(editors=(Entry(claim="realm_access.roles", value="planner"),))
    named = People(editors=(Entry(claim="https://x.example/roles", value="planner"),))
    assert role(nested, realm_access={"roles": ["planner"]}) == "editor"
    assert role(nested, realm_access="planner") is None
    assert role(named, **{"https://x.example/roles": ["planner"]}) == "editor"


def test_everybody_else_gets_the_default_and_never_more() -> None:
    assert role(People(default="viewer"), email="anybody@elsewhere.example", email_verified=False) == "viewer"


def test_a_session_lasts_as_long_as_it_is_set_from_when_the_token_was_issued() -> None:
    day = People(default="viewer", session=timedelta(hours=8))
    assert role(day, iat=NOW - 8 * 3600 + 1, exp=NOW - 7 * 3600) == "viewer"
    assert reason(day, iat=NOW - 8 * 3600) is Reason.ENDED


def test_a_session_may_end_with_its_token() -> None:
    strict = People(default="viewer", session=None)
    assert role(strict, exp=NOW + 1) == "viewer"
    assert reason(strict, exp=NOW) is Reason.ENDED


@pytest.mark.parametrize("value", [None, "soon", True])
def test_a_session_without_its_time_is_over(value: object) -> None:
    assert reason(iat=value) is Reason.ENDED
    assert reason(People(default="viewer", session=None), exp=value) is Reason.ENDED


def test_a_session_that_was_signed_out_is_over_whatever_its_role() -> None:
    assert stand(claims(), TEAM, NOW, ended=True).person is None


def test_while_changes_are_switched_off_an_editor_looks() -> None:
    person = stand(claims(), TEAM, NOW, read_only=True).person
    assert person is not None
    assert not person.may_write


def test_the_author_is_the_name_with_the_address_that_tells_two_of_a_name_apart() -> None:
    assert author_of(Person("Wang Fang", "wang@planning.example", "editor", signed_in=True)) == (
        "Wang Fang <wang@planning.example>"
    )
    assert author_of(Person("Wang Fang", None, "editor", signed_in=True)) == "Wang Fang"
    assert author_of(Person("", None, "editor", signed_in=False)) is None


def test_nobody_can_write_another_s_address_into_their_own_name() -> None:
    person = stand(claims(name="Li Si <li@planning.example>\n\u202e", sub="2"), TEAM, NOW).person
    assert person is not None
    assert author_of(person) == "Li Si li@planning.example \\u202e <wang@planning.example>"


@pytest.mark.parametrize(
    ("missing", "shown"),
    [
        ((), "Wang Fang"),
        (("name",), "wang@planning.example"),
        (("name", "email"), "1"),
        (("name", "email", "sub"), "?"),
    ],
)
def test_somebody_without_a_name_is_called_what_the_account_is_called(missing: tuple[str, ...], shown: str) -> None:
    assert stand(claims(**dict.fromkeys(missing)), People(default="viewer"), NOW).name == shown


def test_a_very_long_name_is_cut() -> None:
    assert len(stand(claims(name="王" * 500), TEAM, NOW).name) == 80


def test_every_sign_in_is_told_from_every_other_even_of_one_person_at_one_time() -> None:
    assert session_key(claims()) == session_key(claims(name="Renamed", email="new@planning.example"))
    others = [{"nonce": "n2"}, {"sub": "2"}, {"iat": NOW}, {"iss": "https://other.example"}, {"provider": "second"}]
    assert len({session_key(claims(**other)) for other in [{}, *others]}) == 6
