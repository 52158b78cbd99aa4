"""Hold what staff should ask by phone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CallToMakeQuerySet(models.QuerySet):
    def waiting(self):
        """Keep the calls that nobody has made yet."""
        return self.filter(done_at=None)


class CallToMake(models.Model):
    """A doubt about a place, or a place that is missing, with the number to ask."""

    organization = models.CharField(_("organization"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    reason = models.TextField(_("what to ask"))
    source = models.TextField(_("source of the doubt"), blank=True)
    listings = models.ManyToManyField(
        "resources.ServiceAtLocation", verbose_name=_("listings"), blank=True, related_name="calls_to_make"
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("done by"), related_name="+"
    )
    note = models.TextField(_("what was learned"), blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("being called by"),
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("being called since"), null=True, blank=True, editable=False)

    objects = CallToMakeQuerySet.as_manager()

    class Meta:
        verbose_name = _("call to make")
        verbose_name_plural = _("calls to make")
        constraints = [
            models.UniqueConstraint(fields=["organization", "address"], name="call_once_an_organization_and_address"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="call_done_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None) | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="call_claim_says_who_and_when",
            ),
        ]

    def __str__(self):
        return self.organization
