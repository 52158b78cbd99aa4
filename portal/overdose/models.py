"""Hold the emergency guides: what to do in an overdose, naloxone, and withdrawal, passage by passage."""

from itertools import zip_longest

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.lib import languages
from portal.lib.richtext import RichTextField
from portal.reference.models import Line, Source


def _filled(field: str, language: str) -> Q:
    """Return the condition that a translated field says something in this language."""
    column = languages.column(field, language)
    return Q(**{f"{column}__isnull": False}) & ~Q(**{column: ""})


def _name(*parts: str) -> str:
    return "_".join(parts).replace("-", "_")


class GuideQuerySet(models.QuerySet):
    def for_page(self):
        """Load a whole guide with what may be shown of it: three queries, however long it is."""
        citations = Citation.objects.filter(is_hidden=False).select_related("source")
        passages = Passage.objects.shown().select_related("line").prefetch_related(Prefetch("citations", citations))
        return self.select_related("line").prefetch_related(Prefetch("passages", passages, to_attr="shown"))


class Guide(models.Model):
    """One emergency page; the addresses of the three are fixed."""

    class Topic(models.TextChoices):
        OVERDOSE = "overdose", _("Overdose")
        NALOXONE = "naloxone", _("Naloxone")
        WITHDRAWAL = "withdrawal", _("Withdrawal")

    topic = models.CharField(_("page"), max_length=20, choices=Topic, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("summary"), max_length=400)
    line = models.ForeignKey(
        Line, models.PROTECT, verbose_name=_("line to call"), related_name="+", help_text=_("The large button.")
    )
    is_starter = models.BooleanField(
        _("is starter text"), default=False, help_text=_("Shows readers that the department must still review it.")
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("reviewed by"), related_name="+"
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = GuideQuerySet.as_manager()

    APPROVED = ("title", "summary", "line")

    class Meta:
        verbose_name = _("emergency guide")
        verbose_name_plural = _("emergency guides")
        permissions = [("review_guide", _("Can review an emergency guide"))]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=_filled("title", code) & _filled("summary", code),
                    name=_name("guide_is_whole", code),
                    violation_error_message=_("A guide needs its title and summary in every language."),
                )
                for code in languages.complete()
            ),
            models.CheckConstraint(
                condition=Q(reviewed_on=None, reviewed_by=None)
                | Q(reviewed_on__isnull=False, reviewed_by__isnull=False),
                name="guide_reviewed_says_who_and_when",
                violation_error_message=_("A review needs both its day and the person."),
            ),
        ]

    def __str__(self):
        return self.get_topic_display()

    def get_absolute_url(self):
        return reverse(f"overdose:{self.topic}")


class PassageQuerySet(models.QuerySet):
    def shown(self):
        """Keep what visitors read, in the order of the page."""
        return self.filter(is_hidden=False).order_by("position", "pk")


class Passage(models.Model):
    """A step or a section of a guide; hidden or shown in all languages at once, whole in each while shown."""

    class Kind(models.TextChoices):
        STEP = "step", _("Step")
        CHECK = "check", _("Step that asks about breathing")
        NOT_BREATHING = "not breathing", _("Step if the person does not breathe")
        BREATHING = "breathing", _("Step if the person breathes")
        WITHOUT_NALOXONE = "without naloxone", _("Section: I have no naloxone")
        NEVER = "never", _("Section: never do this")
        EMERGENCY = "emergency", _("Section: when to get care now")
        NOTE = "note", _("Section")

    class Drawing(models.TextChoices):
        TILT = "naloxone-1", _("Tilt the head back")
        NOSTRIL = "naloxone-2", _("Nozzle in the nostril")
        PRESS = "naloxone-3", _("Press the plunger")
        SIDE = "naloxone-4", _("Lying on the side")

    STEP_KINDS = frozenset({Kind.STEP, Kind.CHECK, Kind.NOT_BREATHING, Kind.BREATHING})

    guide = models.ForeignKey(Guide, models.CASCADE, related_name="passages", verbose_name=_("guide"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    anchor = models.CharField(
        _("anchor"), max_length=60, validators=[RegexValidator(r"^[a-z][a-z0-9-]*$")], help_text=_("Never changes.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NOTE)
    is_hidden = models.BooleanField(
        _("is hidden"), default=False, help_text=_("Takes it off the page at once, in every language.")
    )
    heading = models.CharField(_("heading"), max_length=120, blank=True)
    text = RichTextField(_("text"), blank=True)
    drawing = models.CharField(_("drawing"), max_length=20, choices=Drawing, blank=True)
    drawing_alt = models.CharField(_("the drawing in words"), max_length=200, blank=True)
    say = models.TextField(_("English words to say"), blank=True, help_text=_("One phrase on each line."))
    say_sounds = models.TextField(
        _("how they sound"),
        blank=True,
        help_text=_("One line for each phrase, spelled for a reader of this language; in English, the words again."),
    )
    say_means = models.TextField(
        _("what they mean"), blank=True, help_text=_("One line for each phrase; in English, the words again.")
    )
    line = models.ForeignKey(
        Line, models.PROTECT, null=True, blank=True, verbose_name=_("line to call"), related_name="+"
    )
    note = models.TextField(_("note for staff"), blank=True, help_text=_("Doubts, and what no source says."))
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PassageQuerySet.as_manager()

    APPROVED = (
        "position",
        "kind",
        "heading",
        "text",
        "drawing",
        "drawing_alt",
        "say",
        "say_sounds",
        "say_means",
        "line",
    )

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        constraints = [
            models.UniqueConstraint(fields=["guide", "anchor"], name="passage_anchor_once_a_guide"),
            models.UniqueConstraint(
                fields=["guide", "kind"],
                condition=Q(kind__in=["check", "not breathing", "breathing"]),
                name="passage_breathing_kinds_once_a_guide",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(is_hidden=True)
                    | (
                        _filled("heading", code)
                        & _filled("text", code)
                        & (Q(drawing="") | _filled("drawing_alt", code))
                    ),
                    name=_name("passage_shown_is_whole", code),
                    violation_error_message=_(
                        "A passage shows only when every language is whole, drawing included. Until then, hide it."
                    ),
                )
                for code in languages.complete()
            ),
        ]

    def __str__(self):
        return self.heading or self.anchor

    def clean(self):
        """Refuse translations of the English words that do not stand line by line beside them."""
        phrases = len(_lines(self.say))
        for column in languages.columns("say_sounds", "say_means"):
            if len(_lines(getattr(self, column))) not in {0, phrases}:
                raise ValidationError({column: _("Write one line for each line of the English words.")})

    @property
    def is_step(self) -> bool:
        """Whether the page counts it as one of its steps."""
        return self.kind in self.STEP_KINDS

    def phrases(self) -> list[tuple[str, str, str]]:
        """Return (English words, how they sound, what they mean) in the active language."""
        columns = zip_longest(_lines(self.say), _lines(self.say_sounds), _lines(self.say_means), fillvalue="")
        return [(words, sounds, means) for words, sounds, means in columns if words]


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class Citation(models.Model):
    """A source that says what a passage says."""

    passage = models.ForeignKey(Passage, models.CASCADE, related_name="citations", verbose_name=_("passage"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_hidden = models.BooleanField(_("is hidden"), default=False, editable=False)  # until a second person approves it

    APPROVED = ("position", "source")

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["passage", "source"], name="citation_source_once_a_passage"),
        ]

    def __str__(self):
        return str(self.source)

    @property
    def page(self):
        """The guide that a second person approves it with."""
        return self.passage.guide
