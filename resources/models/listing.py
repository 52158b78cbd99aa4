"""Hold the listings: one service at one location, which is what a visitor finds and staff verify."""

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from .answer import Answer
from .closure import Closure
from .correction import Correction
from .imports import Import
from .listing_type import ListingType
from .location import Location
from .phone import Phone
from .provenance import Provenance
from .quality import QualityFact
from .schedule import Schedule
from .service import Service
from .verification import Verification

RESERVED_SLUGS = {"page", "feed", "print", "compare", "map", "near"}


def refuse_reserved(slug: str) -> None:
    """Raise `ValidationError` for a word that is, or may become, an address of its own below `find/`."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This word is an address of the site. Choose another."), code="reserved")


class ServiceAtLocationQuerySet(models.QuerySet):
    def public(self):
        """Keep the listings that have a page: none of an import that is not applied, none merged into another."""
        return self.filter(arrives_with=None, merged_into=None)

    def open(self):
        """Keep the public listings that a visitor can go to or call now: open, and not withdrawn."""
        return self.public().filter(status=ServiceAtLocation.Status.OPEN, withdrawn_on=None)

    def with_checks(self):
        """Add to each listing when staff last reached it, and when, how and with what they last tried."""
        own = Verification.objects.filter(listing=OuterRef("pk")).attempts().order_by("-at", "-pk")
        return self.annotate(
            checked_at=Subquery(own.by_the_department().values("at")[:1]),
            tried_at=Subquery(own.values("at")[:1]),
            tried_outcome=Subquery(own.values("outcome")[:1]),
            asked_back_at=Subquery(own.values("call_back_at")[:1]),
        )

    def never_checked(self):
        """Keep the listings that staff have never reached."""
        return self.exclude(verifications__in=Verification.objects.by_the_department())

    def with_closures(self):
        """Add to each listing its closures as plain rows, in the order of `hours.Shut`: they cost no query."""
        own = Closure.objects.filter(listing=OuterRef("pk")).order_by("starts_on", "pk")
        row = JSONObject(**{name: name for name in ("starts_on", "ends_on", "reason", "opens_at", "closes_at")})
        return self.annotate(closure_rows=ArraySubquery(own.values_list(row)))

    def for_page(self):
        """Load everything that a listing's own page shows: seven queries."""
        listings = self.select_related("type", "service__organization", "location").with_closures()
        return listings.prefetch_related(
            models.Prefetch("phones", Phone.objects.order_by("position", "pk")),
            models.Prefetch("provenances", Provenance.objects.order_by("pk")),
            models.Prefetch("schedules", Schedule.objects.order_by("pk")),
            models.Prefetch("verifications", Verification.objects.order_by("-at", "-pk")),
            models.Prefetch("quality_facts", QualityFact.objects.order_by("-as_of", "pk")),
            models.Prefetch("corrections", Correction.objects.told()),
        )


class ServiceAtLocation(models.Model):
    """A listing: it owns the address of its page, the short code on paper and the verifications."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("a listing", "Open")
        TEMPORARILY_CLOSED = "temporarily closed", _("Temporarily closed")
        MOVED = "moved", _("Moved")
        DEFUNCT = "defunct", _("Closed for good")

    class Support(models.TextChoices):
        STAFF = "staff", _("Staff speak it")
        INTERPRETER = "interpreter", _("Interpreter")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known")

    class Gender(models.TextChoices):
        ALL = "", _("Everybody")
        WOMEN = "women", _("Women")
        MEN = "men", _("Men")

    type = models.ForeignKey(
        ListingType,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("kind of place"),
        related_name="listings",
        help_text=_("Blank: treatment."),
    )
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
    takes_new_patients = models.CharField(
        _("takes new patients"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    same_day_start = models.CharField(_("starts the same day"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    walk_in = models.CharField(_("walk in without appointment"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    id_needed = models.CharField(_("asks for ID"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    asks_immigration = models.CharField(
        _("asks about immigration status"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    takes_pregnant = models.CharField(_("takes pregnant people"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    with_children = models.CharField(
        _("children may come along"), max_length=10, choices=Answer, default=Answer.UNKNOWN
    )
    has_beds = models.CharField(_("has beds"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    gender = models.CharField(_("for"), max_length=10, choices=Gender, default=Gender.ALL, blank=True)
    least_age = models.PositiveSmallIntegerField(_("least age"), null=True, blank=True)
    greatest_age = models.PositiveSmallIntegerField(_("greatest age"), null=True, blank=True)
    spanish = models.CharField(
        _("Spanish"),
        max_length=20,
        choices=Support,
        default=Support.UNKNOWN,
        help_text=_("Ask who there speaks it now."),
    )
    they_ask = models.TextField(_("what they ask on the phone"), blank=True)
    to_bring = models.TextField(_("what to bring"), blank=True)
    up_front = models.CharField(_("to pay up front"), max_length=300, blank=True)
    contact_email = models.EmailField(
        _("e-mail for the monthly link"),
        blank=True,
        help_text=_("Never shown. The provider confirms the listing by it."),
    )
    withdrawn_on = models.DateField(
        _("withdrawn on"),
        null=True,
        blank=True,
        help_text=_("After a wrong number or a closure confirmed on another day."),
    )
    withdrawal_held_on = models.DateField(
        _("withdrawal waits for a publisher since"), null=True, blank=True, editable=False
    )
    stays_listed = models.BooleanField(
        _("no age takes it off the list"),
        default=False,
        editable=False,
        help_text=_("The methadone program within 10 miles that was checked last. Reckoned, never entered."),
    )
    changed_since_check = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("changed since the last check"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("What staff read back, and somebody has changed since: the check no longer speaks for it."),
    )
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
    arrives_with = models.ForeignKey(
        Import,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("not public before this import is applied"),
        related_name="arriving",
    )
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, verbose_name=_("merged into"), related_name="+"
    )
    uuid = models.UUIDField(_("HSDS id"), unique=True, editable=False, db_default=RandomUUID())
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ServiceAtLocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        permissions = [("withdraw_serviceatlocation", _("Can take a listing off the list, or keep it there"))]
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
            models.CheckConstraint(
                condition=Q(claimed_by=None, claimed_at=None) | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="listing_claim_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawal_held_on=None), name="listing_withdrawal_is_done_or_waits"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="listing_does_not_merge_into_itself"),
            models.CheckConstraint(
                condition=Q(least_age=None) | Q(greatest_age=None) | Q(greatest_age__gte=F("least_age")),
                name="listing_ages_are_in_order",
            ),
        ]
        indexes = [
            GinIndex(fields=["codes"], name="listing_codes"),
            models.Index(fields=["updated_at", "id"], name="listing_newest"),
        ]

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
    def last_check(self) -> Verification | None:
        """The newest attempt in which staff reached somebody; needs the verifications loaded, newest first."""
        return next((row for row in self.verifications.all() if row.is_check), None)

    @property
    def read_back(self) -> list[str]:
        """The fields that the last check still speaks for; needs the verifications loaded, newest first."""
        reached = self.last_check
        return [field for field in reached.fields if field not in self.changed_since_check] if reached else []

    @property
    def is_unanswered(self) -> bool:
        """Staff have tried since the last check and not reached it; needs the verifications loaded, newest first."""
        attempts = (row for row in self.verifications.all() if row.is_by_the_department)
        newest = next(attempts, None)
        return newest is not None and not newest.is_check

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
