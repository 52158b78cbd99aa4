"""Say which columns of the reference records exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.lib import languages

from .models import Concept, Department, Line


def _in_every_language(*fields):
    """Return that these fields may not be left empty in any language."""
    return dict.fromkeys(languages.codes(), fields)


@register(Department)
class DepartmentTranslation(TranslationOptions):
    fields = ("name",)
    required_languages = _in_every_language("name")


@register(Line)
class LineTranslation(TranslationOptions):
    fields = ("name", "purpose", "how", "hours", "texting")
    required_languages = _in_every_language("name", "purpose", "how")


@register(Concept)
class ConceptTranslation(TranslationOptions):
    fields = ("label", "words")
    required_languages = _in_every_language("label", "words")
