"""Hold who answers for the site, and the telephone lines for people in need."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import phones

from .sources import Source


def _confirmed_constraint(model: str) -> models.CheckConstraint:
    """Return the rule that a confirmation names who and when, or neither."""
    return models.CheckConstraint(
        condition=Q(confirmed_by=None, confirmed_on=None) | Q(confirmed_by__isnull=False, confirmed_on__isnull=False),
        name=f"{model}_confirmed_by_and_on_together",
    )


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
        return self.filter(position__lt=100, is_hidden=False).order_by("position", "pk")


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
    is_hidden = models.BooleanField(
        _("is hidden"), default=False, help_text=_("Takes the number off every page at once, in every language.")
    )
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

    APPROVED = ("phone", "name", "purpose", "how", "hours", "texting", "url", "position")

    class Meta:
        verbose_name = _("crisis line")
        verbose_name_plural = _("crisis lines")
        permissions = [("approve_line", _("Can approve a crisis line"))]
        constraints = [_confirmed_constraint("line")]

    def __str__(self):
        return self.name

    @property
    def tel(self) -> str:
        """The number as a `tel:` address (RFC 3966)."""
        return phones.tel(self.phone)
