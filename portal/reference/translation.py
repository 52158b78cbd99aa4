"""Say which columns of the reference records exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.lib import languages

from .models import Alert, AlertSentence, AlertWord, Concept, Department, Fact, GlossaryTerm, Line, SiteLink


def _in_every_language(*fields):
    """Return that these fields may not be left empty in any language."""
    return dict.fromkeys(languages.complete(), fields)


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
    each_its_own = ("words",)


@register(Fact)
class FactTranslation(TranslationOptions):
    fields = ("name", "value", "proposed")
    required_languages = _in_every_language("name")


@register(GlossaryTerm)
class GlossaryTermTranslation(TranslationOptions):
    fields = ("term", "definition", "words")
    required_languages = _in_every_language("term", "definition")
    each_its_own = ("words",)


@register(AlertWord)
class AlertWordTranslation(TranslationOptions):
    fields = ("text",)
    required_languages = _in_every_language("text")


@register(AlertSentence)
class AlertSentenceTranslation(TranslationOptions):
    fields = ("text",)
    required_languages = _in_every_language("text")


@register(Alert)
class AlertTranslation(TranslationOptions):
    fields = ("text",)


@register(SiteLink)
class SiteLinkTranslation(TranslationOptions):
    fields = ("name", "url", "description")
    required_languages = _in_every_language("name", "url")
