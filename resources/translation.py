"""Say which columns of the directory exist in every language; proper names exist once."""

from modeltranslation.translator import TranslationOptions, register

from .models import CallToMake, Organization, Phone, Schedule, Service, TaxonomyTerm


@register(Organization)
class OrganizationTranslation(TranslationOptions):
    fields = ("description",)


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Phone)
class PhoneTranslation(TranslationOptions):
    fields = ("note",)


@register(Schedule)
class ScheduleTranslation(TranslationOptions):
    fields = ("description",)


@register(TaxonomyTerm)
class TaxonomyTermTranslation(TranslationOptions):
    fields = ("category", "name")


@register(CallToMake)
class CallToMakeTranslation(TranslationOptions):
    fields = ("reason",)
