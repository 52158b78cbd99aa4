"""Make emergency guides and their passages."""

import datetime

import factory

from portal.overdose.models import Citation, Guide, Passage
from portal.reference.models import Line, Source


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    code = factory.Sequence("SOURCE-{}".format)
    title = factory.Sequence("Source {}".format)
    mark = Source.Mark.SEEN


class LineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Line
        django_get_or_create = ("slug",)

    slug = "911"
    name_en = name_es = "911"
    phone = "911"
    purpose_en = "Any emergency"
    purpose_es = "Cualquier emergencia"
    how_en = "Call."
    how_es = "Llame."
    hours_en = "Day and night"
    hours_es = "Día y noche"
    source = factory.SubFactory(SourceFactory)
    source_date = datetime.date(2026, 11, 22)


class GuideFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Guide

    topic = Guide.Topic.OVERDOSE
    title_en = "What to do"
    title_es = "Qué hacer"
    summary_en = "Stay calm."
    summary_es = "Mantenga la calma."
    line = factory.SubFactory(LineFactory)


class PassageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Passage

    guide = factory.SubFactory(GuideFactory)
    position = factory.Sequence(int)
    anchor = factory.Sequence("part-{}".format)
    kind = Passage.Kind.STEP
    heading_en = factory.Sequence("Part {}".format)
    heading_es = factory.Sequence("Parte {}".format)
    text_en = "<p>Do this.</p>"
    text_es = "<p>Haga esto.</p>"


class CitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Citation

    passage = factory.SubFactory(PassageFactory)
    source = factory.SubFactory(SourceFactory)
