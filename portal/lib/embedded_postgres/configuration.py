"""Write the server's settings: small, by socket only, and with nothing about a person in its log."""

import os
from pathlib import Path

PORT = 5432  # only part of the socket's name: the server opens no TCP port

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    # A laptop's worth of memory; connections for two web workers of four threads, a sender and eight parallel tests.
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    # An error repeats the statement that caused it, and statements hold addresses and search words.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def write_configuration(data_dir: Path, socket_dir: Path) -> None:
    """Replace postgresql.conf of a data folder, at once and keeping its owner."""
    values = SETTINGS | {"port": str(PORT), "unix_socket_directories": f'"{socket_dir}"'}
    lines = [f"{name} = {_quoted(value)}\n" for name, value in values.items()]
    replacement = data_dir / "postgresql.conf.new"
    replacement.write_text("# Written anew at each start by portal/lib/embedded_postgres.\n" + "".join(lines))
    owner = data_dir.stat()
    os.chown(replacement, owner.st_uid, owner.st_gid)
    replacement.replace(data_dir / "postgresql.conf")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
