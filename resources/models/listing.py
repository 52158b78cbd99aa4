"""Hold the listings: one service at one location, which is what a visitor finds and staff verify."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from .location import Location
from .phone import Phone
from .provenance import Provenance
from .schedule import Schedule
from .service import Service
from .verification import Verification

RESERVED_SLUGS = {"page", "feed", "print", "compare", "map", "near"}


def refuse_reserved(slug: str) -> None:
    """Raise `ValidationError` for a word that is, or may become, an address of its own below `find/`."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This word is an address of the site. Choose another."), code="reserved")


class ServiceAtLocationQuerySet(models.QuerySet):
    def open(self):
        """Keep the listings that a visitor can go to or call now."""
        return self.filter(status=ServiceAtLocation.Status.OPEN)

    def never_checked(self):
        """Keep the listings that staff have never reached."""
        return self.exclude(verifications__in=Verification.objects.by_the_department())

    def for_page(self):
        """Load everything that a listing's own page shows: five queries."""
        return self.select_related("service__organization", "location", "moved_to").prefetch_related(
            models.Prefetch("phones", Phone.objects.order_by("position", "pk")),
            models.Prefetch("provenances", Provenance.objects.order_by("pk")),
            models.Prefetch("schedules", Schedule.objects.order_by("pk")),
            models.Prefetch("verifications", Verification.objects.order_by("-at", "-pk")),
        )


class ServiceAtLocation(models.Model):
    """A listing: it owns the address of its page, the short code on paper and the verifications."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("a listing", "Open")
        TEMPORARILY_CLOSED = "temporarily closed", _("Temporarily closed")
        MOVED = "moved", _("Moved")
        DEFUNCT = "defunct", _("Closed for good")

    service = models.ForeignKey(Service, models.CASCADE, verbose_name=_("service"), related_name="listings")
    location = models.ForeignKey(Location, models.CASCADE, verbose_name=_("location"), related_name="listings")
    slug = models.SlugField(
        _("name in addresses"),
        max_length=120,
        unique=True,
        validators=[refuse_reserved],
        help_text=_("The same in every language. Made once; imports never change it."),
    )
    short_code = models.PositiveIntegerField(
        _("short code"),
        unique=True,
        editable=False,
        db_default=Func(Value("resources_short_code"), function="nextval"),
        help_text=_("For paper and voice: digits, never used again."),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.OPEN)
    status_since = models.DateField(_("since"), null=True, blank=True)
    moved_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, verbose_name=_("moved to"), related_name="+"
    )
    codes = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("what it offers"),
        default=list,
        blank=True,
        help_text=_("Codes of the taxonomy."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ServiceAtLocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.UniqueConstraint(fields=["service", "location"], name="listing_once_a_service_and_location"),
            models.CheckConstraint(
                condition=Q(status="open", status_since=None) | (~Q(status="open") & Q(status_since__isnull=False)),
                name="listing_not_open_says_since",
            ),
            models.CheckConstraint(
                condition=Q(moved_to=None) | Q(status="moved"), name="listing_moved_to_only_if_moved"
            ),
            models.CheckConstraint(condition=~Q(moved_to=F("id")), name="listing_does_not_move_to_itself"),
            models.CheckConstraint(condition=~Q(slug=""), name="listing_has_a_slug"),
        ]
        indexes = [GinIndex(fields=["codes"], name="listing_codes")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("resources:listing", args=[self.slug])

    @property
    def title(self) -> str:
        """The organization, and the program where it has a name of its own; needs both loaded."""
        organization, service = self.service.organization.name, self.service.name
        return organization if service in ("", organization) else f"{organization}: {service}"

    @property
    def numbers_to_call(self) -> list[Phone]:
        """The numbers that a person answers, in their order; needs the phones loaded in order."""
        return [phone for phone in self.phones.all() if phone.type == Phone.Type.VOICE]

    @property
    def other_numbers(self) -> list[Phone]:
        """The numbers for text messages, TTY and fax, which nobody should call by mistake."""
        return [phone for phone in self.phones.all() if phone.type != Phone.Type.VOICE]

    @property
    def directions(self) -> str:
        """The address of directions on OpenStreetMap, or "" without a point."""
        if self.location.latitude is None:
            return ""
        return f"https://www.openstreetmap.org/directions?to={self.location.latitude},{self.location.longitude}"

    def url(self, language):
        """Return the page's address in this language."""
        with override(language):
            return self.get_absolute_url()
