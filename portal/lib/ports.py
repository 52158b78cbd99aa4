"""Take the TCP port that a local site answers on."""

import socket

HOST = "127.0.0.1"  # this machine only: a proxy in front speaks to the world
FIRST = 8000
LAST = 8099


class PortError(Exception):
    """Say in plain words why no port could be taken."""


def listen(wanted: str) -> tuple[socket.socket, int]:
    """Return a listening socket and its port: the wanted one, or for "" the first free one from 8000.

    The socket is open from here on, so nobody can take the port between the choice and the first answer.
    """
    if not wanted:
        return _first_free()
    if not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= 65535):
        raise PortError(f'PORT must be a number from 1 to 65535, not "{wanted}".')
    try:
        return _open(int(wanted)), int(wanted)
    except OSError as error:
        raise PortError(
            f"Port {wanted} cannot be used ({error.strerror}). Set PORT to another, or unset it."
        ) from error


def _first_free() -> tuple[socket.socket, int]:
    for port in range(FIRST, LAST + 1):
        try:
            return _open(port), port
        except OSError:
            continue
    raise PortError(f"All ports from {FIRST} to {LAST} are taken. Set PORT to a free one.")


def _open(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Without this a restart would wait a minute for the last visitors' connections to be forgotten.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener
