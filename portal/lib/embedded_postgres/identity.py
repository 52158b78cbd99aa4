"""Decide as whom PostgreSQL runs: it refuses to run as root."""

import functools
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .binaries import PostgresError, run


@dataclass(frozen=True)
class Identity:
    """A way to start a program: words put before its command, and options for `subprocess`."""

    prefix: list[str] = field(default_factory=list)
    options: dict = field(default_factory=dict)

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a program to its end as this identity."""
        return run([*self.prefix, *command], **self.options)


def identity_for(data_dir: Path) -> Identity:
    """Return as whom the server of a data folder runs; raise PostgresError where that cannot be."""
    owner = data_dir.stat().st_uid if data_dir.exists() else os.geteuid()
    if os.geteuid() == 0:
        return _not_root(owner)
    if owner != os.geteuid():
        raise PostgresError(
            f"{data_dir} belongs to another account ({_name(owner)}). Run this as {_name(owner)}, or remove the folder."
        )
    return Identity()


def hand_over(folder: Path, identity: Identity) -> None:
    """Give a folder just made to the account that PostgreSQL runs as, and let that account pass through its parent."""
    if "user" not in identity.options:
        return
    os.chown(folder, identity.options["user"], identity.options["group"])
    folder.parent.chmod(folder.parent.stat().st_mode | 0o011)


def require_reach(folder: Path, program: Path, identity: Identity) -> None:
    """Raise PostgresError when the account PostgreSQL runs as cannot get at its data or its programs."""
    if "user" not in identity.options:
        return
    reached = identity.run(["sh", "-c", 'test -w "$1" && test -x "$2"', "sh", str(folder), str(program)])
    if reached.returncode != 0:
        raise PostgresError(
            "PostgreSQL refuses to run as root, this machine has no user namespaces, and the account "
            f'"{_name(identity.options["user"])}" cannot reach {folder} or {program}. Run this as an ordinary user, '
            "or move the copy to a folder that every account may enter (such as /srv), or set DATABASE_URL."
        )


def _not_root(owner: int) -> Identity:
    """Return the identity for root: a user namespace leaves every file root's own; an account is second best."""
    if owner != 0:
        return _account(pwd.getpwuid(owner))
    # initdb wants a name for its user id, so the id inside the namespace is one the machine knows.
    nobody = _nobody()
    prefix = ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--"]
    return Identity(prefix=prefix) if _works(tuple(prefix)) else _account(nobody)


@functools.cache
def _works(prefix: tuple[str, ...]) -> bool:
    return shutil.which(prefix[0]) is not None and run([*prefix, "true"]).returncode == 0


def _account(account: pwd.struct_passwd) -> Identity:
    return Identity(options={"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []})


def _nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresError(
            'PostgreSQL refuses to run as root and this machine has no account "nobody" to run it as. '
            "Run this as an ordinary user, or set DATABASE_URL."
        ) from None


def _name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)
