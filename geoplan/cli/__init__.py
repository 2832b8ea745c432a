"""The command line: parse, call a use case, render."""

from geoplan.cli.main import main

__all__ = ["main"]
