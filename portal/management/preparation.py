"""Make a copy of the site ready to serve; each step does nothing when nothing has changed."""

import hashlib
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

LOGIN_NAME = "admin"
LOGIN_FILE = "staff-login.txt"


def collect_changed_static() -> bool:
    """Collect the static files if one was added, removed or edited since the last time; tell whether."""
    stamp = settings.VAR_DIR / "static.collected"
    present = _fingerprint_of_static()
    if stamp.exists() and stamp.read_text() == present:
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(present)
    return True


def _fingerprint_of_static() -> str:
    files: dict[str, str] = {}
    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            files.setdefault(name, f"{name} {file.st_size} {file.st_mtime_ns}")
    lines = [f"{settings.STATIC_ROOT} {settings.STORAGES['staticfiles']['BACKEND']}", *sorted(files.values())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def make_first_login() -> str | None:
    """Make the staff log-in of a copy that has none; return its password, also kept in `var/`, or None.

    The file comes first: cut short in between, the next start makes both anew.
    """
    users = get_user_model().objects
    if users.exists():
        return None
    password = secrets.token_urlsafe(12)
    _keep(settings.VAR_DIR / LOGIN_FILE, f"Address: /admin/\nName: {LOGIN_NAME}\nPassword: {password}\n")
    users.create_superuser(LOGIN_NAME, password=password)
    return password


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whatever it was before."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(text)
    draft.replace(path)
