import gettext
import os

import pytest

from portal.lib.catalogues import compile_stale

SPANISH = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "learn/"
msgstr "aprender/"

#, fuzzy
msgid "find/"
msgstr "hallar/"
"""


@pytest.fixture
def source(tmp_path):
    source = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SPANISH)
    return source


def test_compiled_catalogue_says_what_its_source_says_without_guesses(tmp_path, source):
    compiled = compile_stale(tmp_path)

    spanish = gettext.translation("django", tmp_path, ["es"])
    assert compiled == [source]
    assert [spanish.gettext(word) for word in ("learn/", "find/")] == ["aprender/", "find/"]
    assert [path.name for path in source.parent.iterdir() if path != source] == ["django.mo"]


def test_catalogue_is_compiled_again_only_when_its_source_is_newer(tmp_path, source):
    compile_stale(tmp_path)

    unchanged = compile_stale(tmp_path)
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    changed = compile_stale(tmp_path)

    assert (unchanged, changed) == ([], [source])
