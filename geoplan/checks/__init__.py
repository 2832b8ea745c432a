"""The checks: one short module per family, each a function from a context to findings."""
