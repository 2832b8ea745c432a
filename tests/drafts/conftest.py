"""Both kinds of store for the drafts, as the stores' own tests have them."""

from tests.store.conftest import backend, file_backend, server, server_backend

__all__ = ["backend", "file_backend", "server", "server_backend"]
