"""Hold changes that a person must decide: from a provider or from a file."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProposalQuerySet(models.QuerySet):
    def waiting(self):
        """Keep what nobody has decided yet."""
        return self.filter(state=Proposal.State.WAITING)


class Proposal(models.Model):
    """Another value for one field of a listing; the listing keeps its own until a person accepts."""

    class Origin(models.TextChoices):
        PROVIDER = "provider", _("The provider, by signed link")
        IMPORT = "import", _("An imported file")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced by a newer one")

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="proposals"
    )
    origin = models.CharField(_("from"), max_length=20, choices=Origin)
    import_run = models.ForeignKey(
        "resources.Import", models.SET_NULL, null=True, blank=True, verbose_name=_("import"), related_name="proposals"
    )
    field = models.CharField(_("field"), max_length=40)
    before = models.JSONField(_("as it is"), default=dict)
    after = models.JSONField(_("as proposed"), default=dict)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(_("made at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("decided by"), related_name="+"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "origin", "field"],
                condition=Q(state="waiting"),
                name="proposal_one_waiting_a_field_and_origin",
            )
        ]

    def __str__(self):
        return f"{self.listing_id}: {self.field}"


class Change(models.Model):
    """A value that a listing no longer has: what it was, what it became, when, and through whom."""

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="changes"
    )
    field = models.CharField(_("field"), max_length=40)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    why = models.CharField(_("why"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )

    class Meta:
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")
        indexes = [models.Index(fields=["listing", "-at"], name="change_newest")]

    def __str__(self):
        return f"{self.listing_id}: {self.field}"
