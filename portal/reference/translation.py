"""Say which columns of the reference records exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from .models import Concept, Department, Line


@register(Department)
class DepartmentTranslation(TranslationOptions):
    fields = ("name",)


@register(Line)
class LineTranslation(TranslationOptions):
    fields = ("name", "purpose", "how", "hours", "texting")


@register(Concept)
class ConceptTranslation(TranslationOptions):
    fields = ("label", "words")
