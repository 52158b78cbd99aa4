"""A PostgreSQL of the copy's own, below its `var/` folder: no server to install, no TCP port.

The package is also a database ENGINE (`base.py`) that starts the server at the first connection.
"""

from .manager import Server, settings

__all__ = ["Server", "settings"]
