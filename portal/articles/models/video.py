"""Hold the videos: a file of our own or a link to another site, with captions and the words in every language."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.lib import languages

from .topic import Topic
from .words import keep_words, word_indexes

MOST_VIDEO = 500 * 1024 * 1024  # bytes: ten minutes in good quality; more is for an outside host
MOST_CAPTIONS = 1024 * 1024
MOST_POSTER = 2 * 1024 * 1024
TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
_CUE = re.compile(r"^(\d{2,}:)?\d{2}:\d{2}\.\d{3} +--> +(\d{2,}:)?\d{2}:\d{2}\.\d{3}", re.MULTILINE)


def check_video(file) -> None:
    """Raise `ValidationError` for a file that is too big, or whose first bytes are not those of MP4 or WebM."""
    if file.size > MOST_VIDEO:
        raise ValidationError(_("This file is too big: at most 500 MB. Make it smaller, or link to it elsewhere."))
    file.seek(0)
    start = file.read(12)
    file.seek(0)
    if start[4:8] != b"ftyp" and start[:4] != b"\x1a\x45\xdf\xa3":
        raise ValidationError(_("This is not an MP4 or WebM video."))


def check_captions(file) -> None:
    """Raise `ValidationError` for a file that is too big or is not WebVTT with at least one caption (W3C WebVTT)."""
    if file.size > MOST_CAPTIONS:
        raise ValidationError(_("This file is too big for captions: at most 1 MB."))
    file.seek(0)
    raw = file.read()
    file.seek(0)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("This file is not text in UTF-8. Save the captions as WebVTT in UTF-8.")) from error
    if not re.match(r"WEBVTT(\s|$)", text) or not _CUE.search(text):
        raise ValidationError(_("These are not captions in WebVTT: the first line must say WEBVTT, and times follow."))


def check_poster(file) -> None:
    """Raise `ValidationError` for a picture that is too big."""
    if file.size > MOST_POSTER:
        raise ValidationError(_("This picture is too big: at most 2 MB."))


def _said(name: str, code: str) -> Q:
    column = languages.column(name, code)
    return Q(**{f"{column}__isnull": False}) & ~Q(**{column: ""})


def _public_constraints():
    """Yield, for each language, that a public video has its words and its captions there."""
    for code in languages.codes():
        there = Q(**{languages.column("captions_there", code): True}) & ~Q(url="")
        yield models.CheckConstraint(
            condition=Q(is_public=False)
            | (
                _said("title", code)
                & _said("slug", code)
                & _said("transcript", code)
                & (_said("captions", code) | there)
            ),
            name=f"video_public_{code.replace('-', '_')}_is_whole",
            violation_error_message=_("A video is published with its captions and its words in every language."),
        )


class VideoQuerySet(models.QuerySet):
    def public(self):
        """Return what visitors see, the newest first."""
        return self.filter(is_public=True).defer(*languages.columns("words")).order_by("-made_on", "-pk")


class Video(models.Model):
    """A video to watch here, or a link to one elsewhere."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=120, null=True, blank=True)
    summary = models.CharField(_("what it shows"), max_length=300, blank=True)
    file = models.FileField(
        _("video file"),
        upload_to="videos/%Y",
        blank=True,
        validators=[FileExtensionValidator([*TYPES]), check_video],
        help_text=_("MP4 or WebM, at most 500 MB."),
    )
    url = models.URLField(
        _("or its address elsewhere"),
        max_length=400,
        blank=True,
        help_text=_("Readers get a link that names the site."),
    )
    poster = models.ImageField(
        _("picture before it starts"),
        upload_to="videos/%Y",
        blank=True,
        validators=[FileExtensionValidator(["jpg", "jpeg", "png", "webp"]), check_poster],
        help_text=_("JPEG, PNG or WebP, at most 2 MB."),
    )
    sound = models.CharField(
        _("language of the sound"), max_length=10, blank=True, help_text=_("Empty when nobody speaks in it.")
    )
    seconds = models.PositiveIntegerField(_("length in seconds"), null=True, blank=True)
    captions = models.FileField(
        _("captions"),
        upload_to="videos/%Y",
        blank=True,
        validators=[FileExtensionValidator(["vtt"]), check_captions],
        help_text=_("A WebVTT file (.vtt) in this language."),
    )
    captions_there = models.BooleanField(
        _("the other site shows captions"), default=False, help_text=_("Only for a link: somebody saw them there.")
    )
    transcript = models.TextField(
        _("everything said and shown, as text"), blank=True, help_text=_("An empty line begins a new paragraph.")
    )
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True, blank=True, verbose_name=_("topic"))
    made_on = models.DateField(_("date of the video"))
    credit = models.CharField(_("made by"), max_length=200, blank=True)
    is_public = models.BooleanField(_("is public"), default=False)
    last_reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("reviewed by"), related_name="+"
    )
    next_review_on = models.DateField(_("next review on"), null=True, blank=True)

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        indexes = word_indexes("video")
        constraints = [
            *languages.slug_constraints("video"),
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(url="")) | (~Q(file="") & Q(url="")),
                name="video_is_a_file_or_a_link",
                violation_error_message=_("Choose a file or write an address, and not both."),
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__startswith="https://"),
                name="video_link_is_https",
                violation_error_message=_("Write an address that begins with https://."),
            ),
            models.CheckConstraint(
                condition=Q(last_reviewed_on=None, reviewed_by=None)
                | Q(last_reviewed_on__isnull=False, reviewed_by__isnull=False),
                name="video_reviewed_says_who_and_when",
                violation_error_message=_("A review names both who did it and when."),
            ),
            *_public_constraints(),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.address(languages.current())

    def clean(self):
        """Refuse publishing while captions or words are missing in a language, and name each."""
        if not self.is_public:
            return
        errors = dict(self._missing())
        if errors:
            raise ValidationError(errors)

    def _missing(self):
        for code in languages.codes():
            column = {
                name: languages.column(name, code) for name in ("slug", "transcript", "captions", "captions_there")
            }
            if not getattr(self, column["slug"]):
                yield column["slug"], _("A public video needs its address in this language.")
            if not getattr(self, column["transcript"]):
                yield column["transcript"], _("A public video needs its words in this language.")
            if not getattr(self, column["captions"]) and not (self.url and getattr(self, column["captions_there"])):
                yield column["captions"], _("A public video needs its captions in this language.")

    def address(self, language: str) -> str:
        """Return the page's address in this language."""
        with override(language):
            return reverse("video", args=[getattr(self, languages.column("slug", language))])

    @property
    def host(self) -> str:
        """The name of the other site, or "" for a file of our own."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def minutes(self) -> int:
        """The length in whole minutes, at least one where it is known; 0 where it is not."""
        return max(1, round(self.seconds / 60)) if self.seconds else 0

    @property
    def content_type(self) -> str:
        """The type that a browser needs to know to play the file."""
        return TYPES.get((self.file.name or "").rpartition(".")[2].lower(), "")

    @property
    def tracks(self) -> list[tuple[str, str]]:
        """The (language, address) of each captions file, that of the reader first."""
        current = languages.current()
        files = [
            (code, getattr(self, languages.column("captions", code))) for code in [current, *languages.others(current)]
        ]
        return [(code, file.url) for code, file in files if file]


keep_words(Video, title="A", summary="B", transcript="D")
