"""Stores of revisions: one GeoPackage file by default, PostGIS for a team."""
