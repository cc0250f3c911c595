"""A PostgreSQL server of a fault's own."""

from seawall.errors import SeawallError
from seawall.lab.faults.row import NotTried, Tries
from seawall.lab.postgres_server import PostgresServer


def own_server(tries: Tries, **options: str) -> PostgresServer:
    """Start one in a fault's folder.

    Parameters
    ----------
    **options
        Settings of the server.

    Raises
    ------
    NotTried
        When it does not start.
    SeawallError
        ``library_missing`` without its programs.
    """
    tries.folder.chmod(0o701)  # the server's own user must pass through
    try:
        return PostgresServer(tries.folder, options=options)
    except SeawallError as error:
        if error.code != "process_failed":
            raise
        raise NotTried(f"PostgreSQL cannot be started: {error.message}") from error
