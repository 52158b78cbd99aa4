"""Say which columns of the directory exist in every language; proper names exist once."""

from modeltranslation.translator import TranslationOptions, register

from .models import (
    CallToMake,
    Correction,
    ListingType,
    Location,
    Organization,
    Phone,
    QualityFact,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)


@register(Organization)
class OrganizationTranslation(TranslationOptions):
    fields = ("description",)


@register(Service)
class ServiceTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Phone)
class PhoneTranslation(TranslationOptions):
    fields = ("note",)
    part_of = "listing"


@register(Schedule)
class ScheduleTranslation(TranslationOptions):
    fields = ("description",)
    part_of = "listing"


@register(TaxonomyTerm)
class TaxonomyTermTranslation(TranslationOptions):
    fields = ("category", "name")


@register(CallToMake)
class CallToMakeTranslation(TranslationOptions):
    fields = ("reason",)


@register(ServiceAtLocation)
class ServiceAtLocationTranslation(TranslationOptions):
    fields = ("they_ask", "to_bring", "up_front")


@register(Location)
class LocationTranslation(TranslationOptions):
    fields = ("transit",)


@register(ListingType)
class ListingTypeTranslation(TranslationOptions):
    fields = ("name", "plural")


@register(QualityFact)
class QualityFactTranslation(TranslationOptions):
    fields = ("text",)
    part_of = "listing"


@register(Correction)
class CorrectionTranslation(TranslationOptions):
    fields = ("answer",)
