"""The floor of a poll: as many bare Django views, on the same kind of server."""
