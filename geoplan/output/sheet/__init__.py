"""The plan on paper: a sheet to a true scale as PDF, and the same report as one self-contained HTML page."""
