"""Tests of fabrics: tiles, parcels, and what is kept of them."""
