"""Import a file in a process of its own that ends by `kill -9` at a chosen point.

Arguments: the name of the database, the file, the point ("none", or a function and how often it is called before).
"""

import os
import signal
import sys

import django
from django.conf import settings
from django.core.management import call_command


def main(database, file, point):
    """Set the trap and import."""
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from resources.imports import adding, applying, staging  # noqa: PLC0415  # models need a database's name first

    staging.BATCH = applying.BATCH = 2
    name, _colon, count = point.partition(":")
    places = {
        "copy": (staging, "_copy"),
        "settle": (staging, "_settle"),
        "add": (adding, "add"),
        "added": (applying, "_add"),
        "update": (applying, "_propose"),
        "rebuild": (applying, "rebuild_search"),
    }
    if name in places:
        set_trap(*places[name], int(count))
    call_command("import_listings", file, "--as-of=2023-05-01", skip_checks=True)


def set_trap(module, name, left):
    """End the process without a word at the end of the call that follows so many others."""
    real = getattr(module, name)
    calls = []

    def trapped(*args, **options):
        result = real(*args, **options)
        calls.append(name)
        if len(calls) > left:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, name, trapped)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    main(*sys.argv[1:])
