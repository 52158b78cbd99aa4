import pytest

from portal.lib import extraction

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy

name = _("name")
again = _("name")
long = _("One "
         "sentence.")
count = ngettext("%(count)s place", "%(count)s places", 2)
leave = pgettext_lazy("leave the site", "Exit")
plain = "not for people"
"""
TEMPLATE = """{% extends "base.html" %}
  {% block title %}{% translate "Learn" %}{% endblock %}
{% block main %}
      <p title="{% translate "A title" %}">Don't (stumble over "this"  # or that</p>
  {% blocktranslate trimmed with city=department.city %}
    Help in {{ city }},
    100% free
  {% endblocktranslate %}
  {% blocktranslate trimmed count total=total %}{{ total }} result{% plural %}{{ total }} results{% endblocktranslate %}
  {% translate "Exit" context "leave the site" %}
  {{ _("In a variable") }}
{% endblock %}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "portal" / "migrations").mkdir(parents=True)
    (tmp_path / "templates" / "email").mkdir(parents=True)
    (tmp_path / "portal" / "models.py").write_text(PYTHON)
    (tmp_path / "portal" / "migrations" / "0001_initial.py").write_text('_("kept in a migration")')
    (tmp_path / "templates" / "home.html").write_text(TEMPLATE)
    (tmp_path / "templates" / "email" / "hello.txt").write_text('{% translate "Hello" %}')
    return tmp_path


def test_every_string_of_python_and_templates_is_collected_once(project):
    found = extraction.collect(project)

    assert {(message.context, message.id) for message in found if message.id} == {
        (None, "name"),
        (None, "One sentence."),
        (None, ("%(count)s place", "%(count)s places")),
        ("leave the site", "Exit"),
        (None, "Learn"),
        (None, "A title"),
        (None, "Help in %(city)s, 100%% free"),
        (None, ("%(total)s result", "%(total)s results")),
        (None, "In a variable"),
        (None, "Hello"),
    }


def test_a_catalogue_keeps_translations_takes_new_strings_and_drops_those_that_are_gone(project, tmp_path):
    po = tmp_path / "django.po"
    po.write_text('msgid "name"\nmsgstr "nombre"\n\nmsgid "names"\nmsgstr "nombres"\n', encoding="utf-8")

    waiting = extraction.update(po, extraction.collect(project), "es")

    catalogue = extraction.read(po, "es")
    assert waiting == 9
    assert (catalogue["name"].string, catalogue["Learn"].string, "names" in catalogue) == ("nombre", "", False)


def test_nothing_is_guessed_from_a_similar_string(project, tmp_path):
    po = tmp_path / "django.po"
    po.write_text('msgid "Learned"\nmsgstr "Aprendido"\n', encoding="utf-8")

    extraction.update(po, extraction.collect(project), "es")

    assert [message.string for message in extraction.read(po, "es") if message.id == "Learn"] == [""]


def test_a_second_update_changes_nothing(project, tmp_path):
    po = tmp_path / "django.po"
    extraction.update(po, extraction.collect(project), "es")
    before = po.read_bytes()

    extraction.update(po, extraction.collect(project), "es")

    assert po.read_bytes() == before


@pytest.mark.parametrize(
    ("string", "expected"),
    [("Hola", True), ("", False), (None, False), (("uno", "dos"), True), (("uno", ""), False), ((), False)],
)
def test_a_translation_is_there_when_every_plural_form_is(string, expected):
    assert extraction.is_translated(string) is expected
