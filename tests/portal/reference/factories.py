"""Make what pages quote, and alerts."""

import datetime

import factory

from portal.accounts.models import User
from portal.reference.models import Alert, AlertSentence, AlertWord, Fact, GlossaryTerm, Line, SiteLink
from tests.portal.articles.factories import SourceFactory

BEFORE = datetime.datetime(2026, 11, 30, 12, 0, tzinfo=datetime.UTC)
AFTER = datetime.datetime(2026, 12, 8, 12, 0, tzinfo=datetime.UTC)


class StaffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence("staff-{}".format)
    is_staff = True


class FactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Fact

    class Params:
        approved = factory.Trait(approved_by=factory.SubFactory(StaffFactory), approved_on=datetime.date(2026, 11, 25))

    code = factory.Sequence("fact-{}".format)
    kind = "dose"
    name_en = "Time before one more dose"
    name_es = "Tiempo antes de otra dosis"
    value_en = "2 to 3 minutes"
    value_es = "2 o 3 minutos"
    source = factory.SubFactory(SourceFactory)
    source_date = datetime.date(2026, 11, 22)
    expires_on = datetime.date(2027, 5, 22)


class GlossaryTermFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GlossaryTerm

    code = factory.Sequence("word-{}".format)
    term_en = factory.Sequence("word {}".format)
    term_es = factory.Sequence("palabra {}".format)
    definition_en = "What it means."
    definition_es = "Lo que significa."


class LineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Line

    slug = factory.Sequence("line-{}".format)
    name_en = "Help Line"
    name_es = "Línea de Ayuda"
    phone = "860-555-0100"
    purpose_en = "To talk."
    purpose_es = "Para hablar."
    how_en = "Call."
    how_es = "Llame."
    source = factory.SubFactory(SourceFactory)
    source_date = datetime.date(2026, 11, 22)


class AlertWordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AlertWord

    code = factory.Sequence("word-{}".format)
    blank = "area"
    text_en = "the North End"
    text_es = "el North End"


class AlertSentenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AlertSentence

    class Params:
        approved = factory.Trait(approved_by=factory.SubFactory(StaffFactory), approved_on=datetime.date(2026, 11, 25))

    code = factory.Sequence("sentence-{}".format)
    kind = "emergency"
    text_en = "Many overdoses in {area} since {day}."
    text_es = "Muchas sobredosis en {area} desde el {day}."


class AlertFactory(factory.django.DjangoModelFactory):
    """An alert that nobody has published yet."""

    class Meta:
        model = Alert

    class Params:
        out = factory.Trait(
            published_at=BEFORE,
            published_by=factory.SubFactory(StaffFactory),
            text_en="Many overdoses in the North End.",
            text_es="Muchas sobredosis en el North End.",
        )

    kind = "emergency"
    sentence = factory.SubFactory(AlertSentenceFactory, approved=True)
    area = factory.SubFactory(AlertWordFactory)
    day = datetime.date(2026, 11, 30)
    starts_at = BEFORE
    ends_at = AFTER


class SiteLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SiteLink

    name_en = "Another site"
    name_es = "Otro sitio"
    url_en = "https://example.org/en"
    url_es = "https://example.org/es"
    is_public = True
