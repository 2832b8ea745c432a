"""Who may do what: the roles viewer and editor, from the claims of a sign-in and the table `[geoplan.people]`.

Nothing here knows Streamlit or a network: claims go in, a `Standing` comes out. Whatever is doubtful
gives no role: an address that was not verified, one that only looks like another, a session past its time.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias

from geoplan.output.escape import visible

Role: TypeAlias = Literal["viewer", "editor"]
Claims: TypeAlias = Mapping[str, object]

DEFAULT_SESSION = timedelta(hours=12)
_OF_A_SESSION = ("provider", "iss", "sub", "iat", "nonce", "sid", "jti")
_OF_A_PERSON = ("exp", "name", "preferred_username", "email", "email_verified")
MAX_NAME = 80  # characters of a name shown or written as an author


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who uses the app: `email` is a verified address, or None; who is not `signed_in` has no name."""

    name: str
    email: str | None
    role: Role
    signed_in: bool

    @property
    def may_write(self) -> bool:
        """Return whether this person may change anything at all."""
        return self.role == "editor"


class Reason(StrEnum):
    """Why there is nobody to show a page to."""

    NOBODY = "nobody"  # not signed in
    ENDED = "ended"  # signed out elsewhere, or longer ago than a session lasts
    UNVERIFIED = "unverified"  # the provider does not vouch for the address, and nothing else gives a role
    NO_ROLE = "no_role"  # signed in, and on no list
    SETTINGS = "settings"  # the settings are broken, so nobody is let in


@dataclass(frozen=True, slots=True)
class Standing:
    """What a request amounts to: a `person` who may at least look, or the `reason` why there is none.

    `name` is who signed in, also without a role, so that they see which account they used.
    """

    person: Person | None
    reason: Reason | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list of people: an `address`, a `domain`, or a `claim` that has or holds a `value`."""

    address: str = ""
    domain: str = ""
    claim: str = ""
    value: str = ""

    def admits(self, claims: Claims, address: str | None) -> bool:
        """Return whether the entry is about somebody with these claims and this verified address."""
        if self.claim:
            return self.value in _words(_claim(claims, self.claim))
        if address is None:
            return False
        return address == self.address or (bool(self.domain) and address.rpartition("@")[2] == self.domain)


@dataclass(frozen=True, slots=True)
class People:
    """The table `[geoplan.people]`: who edits, who looks, and how long a sign-in lasts.

    `default` is the role of everybody else who signs in, None for no role. `session` is counted from
    when the provider issued the token; None means until the token itself runs out. With
    `unstated_email` an address counts although the provider does not say whether it is verified.
    `signed_out` is the file that keeps ended sessions over a restart and between processes.
    """

    editors: tuple[Entry, ...] = ()
    viewers: tuple[Entry, ...] = ()
    default: Role | None = None
    session: timedelta | None = DEFAULT_SESSION
    unstated_email: bool = False
    signed_out: Path | None = None

    def role(self, claims: Claims) -> Role | None:
        """Return the role of somebody with these claims; None for nobody listed."""
        address = verified_address(claims, unstated=self.unstated_email)
        if any(entry.admits(claims, address) for entry in self.editors):
            return "editor"
        if any(entry.admits(claims, address) for entry in self.viewers):
            return "viewer"
        return self.default

    def over(self, claims: Claims, now: float) -> bool:
        """Return whether a session is past its time at `now`, in seconds since 1970.

        Claims without the time they need are past it: OpenID Connect Core 1.0 §2 requires `iat` and `exp`.
        """
        if self.session is None:
            until = _number(claims.get("exp"))
        else:
            issued = _number(claims.get("iat"))
            until = None if issued is None else issued + self.session.total_seconds()
        return until is None or now >= until

    def needed(self, claims: Claims) -> dict[str, object]:
        """Return the claims that roles, names and sessions hang on; of lists only what an entry asks for."""
        kept = {name: claims[name] for name in (*_OF_A_SESSION, *_OF_A_PERSON) if name in claims}
        for entry in (*self.editors, *self.viewers):
            if entry.claim and entry.admits(claims, None):
                found = kept.get(entry.claim)
                kept[entry.claim] = [*(found if isinstance(found, list) else []), entry.value]
        return kept


def stand(claims: Claims, people: People, now: float, *, ended: bool = False, read_only: bool = False) -> Standing:
    """Return what the claims of a sign-in amount to at `now`; `ended` is set once it was signed out.

    With `read_only` editors are viewers for the time being.
    """
    name = _name(claims)
    if ended or people.over(claims, now):
        return Standing(None, Reason.ENDED, name)
    role = people.role(claims)
    address = verified_address(claims, unstated=people.unstated_email)
    if role is None:
        unverified = address is None and bool(claims.get("email"))
        return Standing(None, Reason.UNVERIFIED if unverified else Reason.NO_ROLE, name)
    return Standing(Person(name, address, "viewer" if read_only else role, signed_in=True), None, name)


def author_of(person: Person) -> str | None:
    """Return what a revision says about its author: name and verified address, None when nobody is signed in.

    The name is what the account says of itself; the address tells two people of one name apart.
    """
    if not person.signed_in:
        return None
    return f"{person.name} <{person.email}>" if person.email and person.email != person.name else person.name


def session_key(claims: Claims) -> str:
    """Return what tells one sign-in from every other, as 64 hexadecimal digits; the same from page and request."""
    parts = [claims.get(name) for name in _OF_A_SESSION]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def verified_address(claims: Claims, *, unstated: bool) -> str | None:
    """Return the address in lower case if the provider vouches for it, else None.

    An address counts only as written: one with compatibility characters (the Kelvin sign, full-width
    letters, the long s) would read like somebody else's once folded, so it counts as none.
    """
    vouched = claims.get("email_verified")
    stated = vouched is True or (isinstance(vouched, str) and vouched.lower() == "true")
    if not stated and not (unstated and vouched is None):
        return None
    return normal_address(claims.get("email"))


def normal_address(value: object) -> str | None:
    """Return a well-formed e-mail address in lower case, else None."""
    if not isinstance(value, str) or unicodedata.normalize("NFKC", value) != value:
        return None
    local, at, domain = value.partition("@")
    if not (local and at and domain) or "@" in domain or visible(value) != value or any(map(str.isspace, value)):
        return None
    return value.lower()


def _name(claims: Claims) -> str:
    for claim in ("name", "preferred_username", "email", "sub"):
        value = claims.get(claim)
        if isinstance(value, str) and (said := visible(" ".join(value.split())).translate({60: None, 62: None})):
            return said[:MAX_NAME]  # without < and >, which mark the address beside it
    return "?"


def _claim(claims: Claims, name: str) -> object:
    """Return a claim by its name, or by a path of names joined by dots, as in realm_access.roles."""
    if name in claims:
        return claims[name]
    value: object = claims
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _words(value: object) -> tuple[str, ...]:
    """Return the texts a claim holds: itself, or the members of a list. Numbers and truth values are none."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence):
        return tuple(member for member in value if isinstance(member, str))
    return ()


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
