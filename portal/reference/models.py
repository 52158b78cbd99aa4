"""Keep what every feature quotes as one record each: changed once, changed everywhere."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import phones


def _confirmed_constraint(model: str) -> models.CheckConstraint:
    """Return the rule that a confirmation names who and when, or neither."""
    return models.CheckConstraint(
        condition=Q(confirmed_by=None, confirmed_on=None) | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
        name=f"{model}_confirmed_by_and_on_together",
    )


class Source(models.Model):
    """A publication that a page may cite, and how surely its statement was seen."""

    class Mark(models.TextChoices):
        SEEN = "seen", _("Seen in the source itself")
        SECOND_HAND = "second-hand", _("Seen on another page that names the source")

    code = models.CharField(_("code"), max_length=40, unique=True, help_text=_("Capital letters, as in [SORDO2017]."))
    title = models.CharField(_("title"), max_length=400)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    publisher = models.CharField(_("publisher or journal"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    doi = models.CharField(_("DOI"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    mark = models.CharField(_("how it was seen"), max_length=20, choices=Mark)
    note = models.TextField(_("note for staff"), blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]+$"), name="source_code_is_capitals"),
        ]

    def __str__(self):
        return f"{self.code}: {self.title}"

    @property
    def byline(self) -> str:
        """The authors as a sentence, or "" where none are named."""
        return f"{self.authors.rstrip('.')}. " if self.authors else ""

    @property
    def link(self) -> str:
        """The address to link: the page itself, else the DOI's."""
        return self.url or (f"https://doi.org/{self.doi}" if self.doi else "")


class StarterRecord(models.Model):
    """A starter record that this database was once given: what staff delete afterwards never comes back."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=320)

    class Meta:
        verbose_name = _("starter record")
        verbose_name_plural = _("starter records")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="starterrecord_once")]

    def __str__(self):
        return f"{self.kind}: {self.key}"


class DepartmentQuerySet(models.QuerySet):
    def current(self):
        """Return the one department of this site, or None before it was entered."""
        return self.first()


class Department(models.Model):
    """The health department that answers for the site: exactly one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=200)
    street = models.CharField(_("street"), max_length=200)
    city = models.CharField(_("city"), max_length=100)
    state = models.CharField(_("state"), max_length=2)
    postal_code = models.CharField(_("ZIP code"), max_length=10)
    phone = models.CharField(_("phone"), max_length=30, validators=[phones.validate])
    url = models.URLField(_("web page"), blank=True)
    latitude = models.FloatField(_("latitude"), help_text=_("Searches without a place start here."))
    longitude = models.FloatField(_("longitude"))
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="+")
    source_date = models.DateField(_("read in the source on"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("confirmed by"),
        related_name="+",
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("department")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="department_only_one"),
            _confirmed_constraint("department"),
        ]

    def __str__(self):
        return self.name


class LineQuerySet(models.QuerySet):
    def in_footer(self):
        """Return the lines that every page lists, in their order."""
        return self.filter(position__lt=100).order_by("position", "pk")


class Line(models.Model):
    """A telephone line for people in need: how to reach a person there, in each language."""

    slug = models.SlugField(_("name in addresses"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=30, validators=[phones.validate])
    purpose = models.CharField(_("what for"), max_length=200)
    how = models.CharField(_("how to reach a person"), max_length=300)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    texting = models.CharField(_("whether text works"), max_length=200, blank=True)
    url = models.URLField(_("web page"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100, help_text=_("Below 100: on every page."))
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="+")
    source_date = models.DateField(_("read in the source on"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("confirmed by"),
        related_name="+",
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("crisis line")
        verbose_name_plural = _("crisis lines")
        constraints = [_confirmed_constraint("line")]

    def __str__(self):
        return self.name

    @property
    def tel(self) -> str:
        """The number as a `tel:` address (RFC 3966)."""
        return phones.tel(self.phone)


class Concept(models.Model):
    """One thing people look for, with every word they type for it; words match and are never displayed."""

    class Kind(models.TextChoices):
        NEED = "need", _("What somebody needs")
        QUALIFIER = "qualifier", _("A wish about it")
        TOPIC = "topic", _("Something to read about")

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    label = models.CharField(_("name shown"), max_length=120)
    words = models.TextField(_("words people type"), help_text=_("One on each line. They are never displayed."))
    claims = ArrayField(models.SlugField(), verbose_name=_("what a listing must offer"), default=list, blank=True)
    samhsa_codes = ArrayField(models.CharField(max_length=10), verbose_name=_("SAMHSA codes"), default=list, blank=True)

    class Meta:
        verbose_name = _("search concept")
        verbose_name_plural = _("search concepts")

    def __str__(self):
        return self.label or self.code
