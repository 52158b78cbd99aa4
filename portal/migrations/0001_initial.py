"""Make what belongs to no model: the cache's table and the text search configurations without accents."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

CACHE_TABLE = """
CREATE UNLOGGED TABLE portal_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX portal_cache_expires ON portal_cache (expires);
"""


def _configuration(name):
    return migrations.RunSQL(
        f"CREATE TEXT SEARCH CONFIGURATION {name}_unaccent (COPY = {name});"
        f"ALTER TEXT SEARCH CONFIGURATION {name}_unaccent ALTER MAPPING FOR hword, hword_part, word "
        f"WITH unaccent, {name if name == 'simple' else name + '_stem'};",
        f"DROP TEXT SEARCH CONFIGURATION {name}_unaccent;",
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        *[_configuration(name) for name in ("english", "spanish", "simple")],
        migrations.RunSQL(CACHE_TABLE, "DROP TABLE portal_cache;"),
    ]
