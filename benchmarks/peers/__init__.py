"""The tools that geoplan is measured beside, each used as its own documentation says to.

Every module here asks one tool the same questions about one file and prints an `Answer`; `catalogue` lists them.
"""
