"""Be the site's settings with one more language, and migrations in a folder that may be thrown away."""

import os

from portal.settings import *  # noqa: F403
from portal.settings import DATABASES, LANGUAGES, STORAGES

from . import OWN_APPS

LANGUAGES = [*LANGUAGES, ("pt-br", "Portuguese")]
MIGRATION_MODULES = {app: f"migrations_of_three.{app}" for app in OWN_APPS}
DATABASES["default"]["NAME"] = os.environ["DATABASE_OF_THREE"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
