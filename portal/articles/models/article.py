"""Hold the articles, each of its texts, states and dates in every language."""

from django.conf import settings
from django.contrib.postgres.search import SearchRank
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.lib import fulltext, languages
from portal.reference import citations
from portal.reference.models import Concept, Source

from .addresses import refuse_reserved, slug_of, with_slug
from .image import Image
from .parts import Reference, Section
from .topic import Topic
from .words import keep_words, word_indexes

DOI = r"^10\.\d{4,9}/\S+$"


class PublicationState(models.TextChoices):
    """Where an article stands in one language."""

    DRAFT = "draft", _("Draft")
    MEDICAL_REVIEW = "medical_review", _("In medical review")
    TRANSLATION = "translation", _("In translation")
    READY = "ready", _("Ready to publish")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


def _publication_constraints():
    """Yield, for each language, that what is published there is whole, and that an end comes after the beginning."""
    for code in languages.codes():
        names = ("state", "slug", "title", "published_at", "expires_at")
        state, slug, title, at, end = (languages.column(name, code) for name in names)
        yield models.CheckConstraint(
            condition=~Q(**{state: PublicationState.PUBLISHED})
            | (Q(**{f"{slug}__isnull": False, f"{at}__isnull": False}) & ~Q(**{title: ""}) & ~Q(**{title: None})),
            name=f"article_published_{code.replace('-', '_')}_is_whole",
            violation_error_message=_("What is published needs a title, an address and a moment of publication."),
        )
        yield models.CheckConstraint(
            condition=Q(**{end: None}) | Q(**{f"{end}__gt": F(at)}),
            name=f"article_expires_{code.replace('-', '_')}_after_published",
            violation_error_message=_("Choose an end that is later than the moment of publication."),
        )


def _list_indexes():
    """Yield, for each language, the indexes by which lists read the newest: of all, of a topic, about one thing."""
    for code in languages.codes():
        state, at = languages.column("state", code), languages.column("published_at", code)
        newest, published = [F(at).desc(nulls_last=True), F("id").desc()], Q(**{state: PublicationState.PUBLISHED})
        suffix = code.replace("-", "_")
        end = [languages.column("expires_at", code)]  # so that counting what is current reads the index alone
        yield models.Index(*newest, condition=published, include=end, name=f"article_newest_{suffix}")
        yield models.Index(F("topic"), *newest, condition=published, include=end, name=f"article_shelf_{suffix}")
        yield models.Index(F("concept"), *newest, condition=published, name=f"article_about_{suffix}")


class ArticleQuerySet(models.QuerySet):
    def published(self, language=None):
        """Keep what lists show in this language (the active one by default): published and not expired."""
        names = ("state", "published_at", "expires_at")
        state, at, end = (languages.column(name, language or languages.current()) for name in names)
        now = timezone.now()
        is_current = Q(**{end: None}) | Q(**{f"{end}__gt": now})
        return self.filter(is_current, **{state: PublicationState.PUBLISHED, f"{at}__lte": now})

    def review_due(self, day):
        """Keep what is out in some language and should have been reviewed again by this day."""
        out = Q()
        for column in languages.columns("state"):
            out |= Q(**{column: PublicationState.PUBLISHED})
        return self.filter(out, next_review_on__lte=day)

    def with_slug(self, slug):
        """Keep what has this slug in any language; which address it stands at, its `url` says."""
        return self.filter(with_slug(slug))

    def newest_first(self, language=None):
        """Order by the day of publication in this language, the newest first."""
        at = languages.column("published_at", language or languages.current())
        return self.order_by(F(at).desc(nulls_last=True), "-pk")

    def for_cards(self):
        """Load what a list shows of each article, in one query however many."""
        return self.select_related("topic").defer(
            *languages.columns("words", "key_points", "abstract", "conflicts"),
        )

    def as_rows(self, language=None):
        """Read only what a list shows of each article: title, summary, kind, and the slugs and key of its address."""
        language = language or languages.current()
        title, summary, slug = (languages.column(name, language) for name in ("title", "summary", "slug"))
        return self.values_list(title, summary, "kind", languages.column("topic__slug", language), "topic__key", slug)

    def matching(self, text, language=None):
        """Keep articles whose words in this language match, the best first."""
        language = language or languages.current()
        query = fulltext.query(text, language)
        words = languages.column("words", language)
        in_sections = Section.objects.filter(article=OuterRef("pk"), is_hidden=False, **{words: query})
        return self.filter(Q(**{words: query}) | Exists(in_sections)).order_by(SearchRank(F(words), query).desc(), "pk")


class Article(models.Model):
    """A page to read; its state, slug and dates of publication are those of each language."""

    State = PublicationState

    class Kind(models.TextChoices):
        GUIDE = "guide", _("Guide")
        QUESTION = "question", _("Questions and answers")
        NEWS = "news", _("News")
        PROFESSIONAL = "professional", _("Update for professionals")

    key = models.SlugField(_("key"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.GUIDE)
    is_emergency = models.BooleanField(
        _("is an emergency page"), default=False, help_text=_("Holds it to the strictest rules of publication.")
    )
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("topic"), related_name="articles")
    concept = models.ForeignKey(
        Concept,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("what it is about"),
        help_text=_("The page ends with a way to the places that offer it."),
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    slug = models.SlugField(_("address"), max_length=120, null=True, blank=True, validators=[refuse_reserved])
    summary = models.TextField(_("summary"), max_length=400, blank=True)
    key_points = models.TextField(_("key points"), blank=True, help_text=_("One on each line."))
    abstract = models.TextField(_("abstract"), blank=True, help_text=_("For updates for professionals."))
    conflicts = models.TextField(
        _("conflicts of interest"), blank=True, help_text=_("What the authors declare, also that there are none.")
    )
    image = models.ForeignKey(Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture"))
    doi = models.CharField(
        _("DOI"),
        max_length=100,
        blank=True,
        validators=[RegexValidator(DOI, _("Enter the number alone, like 10.1000/182."))],
        help_text=_("The number alone, as in 10.1000/182."),
    )
    correspondence = models.EmailField(
        _("e-mail for letters"), blank=True, help_text=_("Shown so that machines that collect addresses miss it.")
    )
    plain_version = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="professional_versions",
        verbose_name=_("the same in plain words"),
        help_text=_("For updates for professionals: the article for everybody. Both pages link each other."),
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, help_text=_("A moment to come publishes it then.")
    )
    expires_at = models.DateTimeField(
        _("expires at"), null=True, blank=True, help_text=_("From then on lists and search leave it out.")
    )
    is_starter = models.BooleanField(
        _("is starter text"), default=False, help_text=_("Shows readers that the department must still review it.")
    )
    last_reviewed_on = models.DateField(_("last reviewed on"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("reviewed by"), related_name="+"
    )
    next_review_on = models.DateField(_("next review on"), null=True, blank=True)
    related = models.ManyToManyField("self", verbose_name=_("read also"), symmetrical=False, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    APPROVED = ("title", "summary", "key_points", "abstract", "image", "is_emergency")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [*word_indexes("article"), *_list_indexes()]
        permissions = [
            ("submit_article", _("Can send an article to review")),
            ("review_article", _("Can review an article")),
            ("translate_article", _("Can say that an article's languages agree")),
            ("publish_article", _("Can publish an article")),
        ]
        constraints = [
            *languages.slug_constraints("article"),
            *_publication_constraints(),
            models.CheckConstraint(
                condition=Q(last_reviewed_on=None, reviewed_by=None)
                | Q(last_reviewed_on__isnull=False, reviewed_by__isnull=False),
                name="article_reviewed_says_who_and_when",
                violation_error_message=_("A review names both who did it and when."),
            ),
            models.CheckConstraint(
                condition=Q(next_review_on=None) | Q(last_reviewed_on__isnull=False),
                name="article_next_review_follows_a_review",
                violation_error_message=_("A next review follows a first one: say when the article was reviewed."),
            ),
            models.CheckConstraint(
                condition=Q(doi="") | Q(doi__regex=DOI),
                name="article_doi_is_bare",
                violation_error_message=_("Enter the DOI's number alone, like 10.1000/182."),
            ),
            models.UniqueConstraint(
                fields=["doi"],
                condition=~Q(doi=""),
                name="article_doi_once",
                violation_error_message=_("Another article has this DOI."),
            ),
            models.CheckConstraint(
                condition=Q(plain_version=None) | Q(kind="professional"),
                name="article_plain_version_of_an_update",
                violation_error_message=_("Only an update for professionals has a version in plain words."),
            ),
            models.CheckConstraint(
                condition=Q(plain_version=None) | ~Q(plain_version=F("id")),
                name="article_plain_version_is_another",
                violation_error_message=_("Choose another article as the version in plain words."),
            ),
        ]

    def __str__(self):
        return self.title or self.key

    def get_absolute_url(self):
        return self.url(languages.current())

    def url(self, language):
        """Return the page's address in this language, also where only another language is published."""
        with override(language):
            return reverse("articles:article", args=[slug_of(self.topic, language), slug_of(self, language)])

    def title_in(self, language):
        """Return the title in this language."""
        return getattr(self, languages.column("title", language))

    def lacking_references(self, sections):
        """Return a row for the end of the numbered list for each source that a text cites and the list lacks."""
        texts = [getattr(self, column) for column in languages.columns("abstract", "key_points")]
        texts += [getattr(part, column) for part in sections for column in languages.columns("body")]
        listed = {reference.source.code for reference in self.references.select_related("source")}
        cited = [code for code in citations.codes_in(" ".join(filter(None, texts))) if code not in listed]
        sources = {source.code: source for source in Source.objects.filter(code__in=cited)}
        return [
            Reference(article=self, source=sources[code], position=len(listed) + number)
            for number, code in enumerate(cited)
            if code in sources
        ]

    def key_point_lines(self):
        """Return the key points of the active language, one a line."""
        return [line.strip() for line in (self.key_points or "").splitlines() if line.strip()]

    def is_published(self, language):
        """Say whether a visitor may read it in this language now, also where it has expired."""
        at = getattr(self, languages.column("published_at", language))
        state = getattr(self, languages.column("state", language))
        return state == self.State.PUBLISHED and at is not None and at <= timezone.now()

    def has_expired(self, language):
        """Say whether lists leave it out because its time is over in this language."""
        end = getattr(self, languages.column("expires_at", language))
        return end is not None and end <= timezone.now()

    def published_urls(self):
        """Return the address in each language in which a visitor may read it."""
        return {code: self.url(code) for code in languages.codes() if self.is_published(code)}


keep_words(Article, title="A", summary="B", key_points="C")
