"""Tests of geoplan.store: one contract for both stores, and what only one of them can suffer."""
