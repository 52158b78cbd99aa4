"""Hold each attempt to check a listing; only a person makes one, never an import."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class VerificationQuerySet(models.QuerySet):
    def attempts(self):
        """Keep what staff tried by phone or in person, however it ended."""
        return self.filter(method__in=Verification.BY_THE_DEPARTMENT)

    def by_the_department(self):
        """Keep the attempts in which staff reached somebody by phone or in person."""
        return self.attempts().filter(outcome=Verification.Outcome.REACHED)


class Verification(models.Model):
    """One attempt: how, when, by whom, how it ended and which fields were read back."""

    class Method(models.TextChoices):
        PHONE = "phone", _("Phone call by staff")
        VISIT = "visit", _("Visit by staff")
        PROVIDER_LINK = "provider link", _("Provider's signed link")
        PROVIDER_EMAIL = "provider email", _("Provider's e-mail")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        LEFT_MESSAGE = "left message", _("Left a message")
        CALL_BACK = "call back", _("Asked to call back")
        REFUSED = "refused", _("Would not answer questions")
        NO_ANSWER = "no answer", _("No answer")
        WRONG_NUMBER = "wrong number", _("Wrong number")
        MOVED = "moved", _("Moved")
        CLOSED = "closed", _("Closed")
        NO_NEW_PATIENTS = "no new patients", _("Takes no new patients")

    class Field(models.TextChoices):
        PHONE = "phone", _("phone")
        ADDRESS = "address", _("address")
        HOURS = "hours", _("hours")
        SERVICES = "services", _("services")
        LANGUAGES = "languages", _("languages")
        PAYMENT = "payment", _("payment")
        NAME = "name", _("name")
        INTAKE = "intake", _("how to start")

    BY_THE_DEPARTMENT = (Method.PHONE, Method.VISIT)

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="verifications"
    )
    method = models.CharField(_("method"), max_length=20, choices=Method)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    call_back_at = models.DateTimeField(_("call back at"), null=True, blank=True)
    note = models.TextField(_("note for staff"), max_length=1000, blank=True)
    fields = ArrayField(
        models.CharField(max_length=20, choices=Field), verbose_name=_("fields read back"), default=list, blank=True
    )

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        constraints = [
            models.CheckConstraint(
                condition=~Q(method__in=["phone", "visit"]) | Q(by__isnull=False), name="verification_by_staff_says_who"
            ),
            models.CheckConstraint(
                condition=Q(outcome="reached") | Q(fields=[]), name="verification_reads_back_only_when_reached"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="reached", method__in=["phone", "visit"]) | ~Q(fields=[]),
                name="verification_by_staff_says_what_was_read_back",
            ),
            models.CheckConstraint(
                condition=Q(call_back_at=None) | Q(outcome="call back"), name="verification_call_back_only_when_asked"
            ),
        ]
        indexes = [models.Index(fields=["listing", "-at"], name="verification_newest")]

    def __str__(self):
        return f"{self.get_method_display()}: {self.get_outcome_display()}"

    @property
    def is_by_the_department(self) -> bool:
        """Staff tried by phone or in person; what a provider says of itself is no check."""
        return self.method in self.BY_THE_DEPARTMENT

    @property
    def is_check(self) -> bool:
        """Staff reached somebody: only this moves the date that visitors see."""
        return self.is_by_the_department and self.outcome == self.Outcome.REACHED
