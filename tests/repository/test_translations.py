"""Every word the site says exists in each of its languages."""

import pytest
from django.conf import settings
from django.utils.translation import to_locale

from portal.lib import extraction, languages
from tests.repository.tree import ROOT, write

LOCALES = [to_locale(code) for code in languages.others(settings.LANGUAGE_CODE)]


def problems(root, locale):
    """Name each string that the catalogue lacks, leaves open, doubts or breaks, and each it holds in vain."""
    catalogue = extraction.read(root / "locale" / locale / "LC_MESSAGES" / "django.po", locale)
    found = extraction.collect(root)
    wanted = {(message.id, message.context) for message in found if message.id}
    kept = {(message.id, message.context): message for message in catalogue if message.id}
    named = [f"not in the catalogue: {text}" for text, _context in sorted(wanted - set(kept), key=str)]
    named += [f"no longer in the code: {text}" for text, _context in sorted(set(kept) - wanted, key=str)]
    for message in kept.values():
        if not extraction.is_translated(message.string):
            named.append(f"not translated: {message.id}")
        elif message.fuzzy:
            named.append(f"marked fuzzy: {message.id}")
        else:
            named += [f"{error}: {message.id}" for error in message.check(catalogue)]
    return named


@pytest.mark.parametrize("locale", LOCALES)
def test_every_string_of_the_code_is_translated(locale):
    assert problems(ROOT, locale) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", ["not in the catalogue: Hello %(name)s"]),
        ('msgid "Hello %(name)s"\nmsgstr ""', ["not translated: Hello %(name)s"]),
        ('#, fuzzy\nmsgid "Hello %(name)s"\nmsgstr "Hola %(name)s"', ["marked fuzzy: Hello %(name)s"]),
        (
            'msgid "Hello %(name)s"\nmsgstr "Hola %(name)s"\n\nmsgid "Bye"\nmsgstr "Adiós"',
            ["no longer in the code: Bye"],
        ),
        ('#, python-format\nmsgid "Hello %(name)s"\nmsgstr "Hola %(nombre)s"', ["unknown named placeholder 'nombre'"]),
        ('#, python-format\nmsgid "Hello %(name)s"\nmsgstr "Hola %(name)s"', []),
    ],
)
def test_a_string_that_is_not_as_it_should_be_is_named(tmp_path, entry, expected):
    write(
        tmp_path, "templates/a.html", "{% blocktranslate trimmed with name=a %}Hello {{ name }}{% endblocktranslate %}"
    )
    write(tmp_path, "locale/es/LC_MESSAGES/django.po", entry)

    named = problems(tmp_path, "es")

    assert [name.split(": Hello %(name)s")[0] if "placeholder" in name else name for name in named] == expected
