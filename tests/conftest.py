"""What every test runs under: no example fails for being slow, since a test asserts no wall-clock time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("geoplan", deadline=None)
settings.load_profile("geoplan")
