"""Hold what there is to read: topics, articles, their sections and the sources they cite."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchRank, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.lib import fulltext, languages
from portal.lib.richtext import RichTextField
from portal.reference import citations
from portal.reference.models import Source

RESERVED_SLUGS = {"feed", "page"}
TOPIC_ICONS = ["book", "info", "pill", "naloxone", "heart", "family", "shield", "scale", "home", "talk"]


def refuse_reserved(slug: str) -> None:
    """Raise `ValidationError` for a word that is an address of its own below `learn/`."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This word is an address of the site. Choose another."), code="reserved")


class PublicationState(models.TextChoices):
    """Where an article stands in one language."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


def _slug(row, language):
    """Return the slug in this language, or where it has none yet that of the first language that has."""
    for code in [language, *languages.others(language)]:
        if slug := getattr(row, languages.column("slug", code)):
            return slug
    return row.key


def _word_indexes(model):
    return [GinIndex(fields=[words], name=f"{model}_{words}") for words in languages.columns("words")]


def _with_slug(slug):
    """Return the condition that `_slug` may be this one in some language."""
    found = Q(key=slug)
    for code in languages.codes():
        found |= Q(**{languages.column("slug", code): slug})
    return found


def _published_constraints():
    """Yield, for each language, that what is published there has a slug, a title and a moment."""
    for code in languages.codes():
        state, slug, title, at = (languages.column(name, code) for name in ("state", "slug", "title", "published_at"))
        yield models.CheckConstraint(
            condition=~Q(**{state: PublicationState.PUBLISHED})
            | (Q(**{f"{slug}__isnull": False, f"{at}__isnull": False}) & ~Q(**{title: ""}) & ~Q(**{title: None})),
            name=f"article_published_{code.replace('-', '_')}_is_whole",
        )


class TopicQuerySet(models.QuerySet):
    def in_order(self):
        """Order the shelves as staff arranged them."""
        return self.order_by("position", "pk")

    def with_slug(self, slug):
        """Keep what has this slug in any language; which address it stands at, its `url` says."""
        return self.filter(_with_slug(slug))


class Topic(models.Model):
    """A shelf of articles."""

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, null=True, blank=True, validators=[refuse_reserved])
    description = models.CharField(_("description"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=30, choices=[(name, name) for name in TOPIC_ICONS], default="book")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [*languages.slug_constraints("topic")]

    def __str__(self):
        return self.name or self.key

    def get_absolute_url(self):
        return self.url(languages.current())

    def url(self, language):
        """Return the page's address in this language."""
        with override(language):
            return reverse("articles:topic", args=[_slug(self, language)])


class ArticleQuerySet(models.QuerySet):
    def published(self, language=None):
        """Keep what a visitor may read in this language (the active one by default)."""
        language = language or languages.current()
        state, at = languages.column("state", language), languages.column("published_at", language)
        return self.filter(**{state: Article.State.PUBLISHED, f"{at}__lte": timezone.now()})

    def with_slug(self, slug):
        """Keep what has this slug in any language; which address it stands at, its `url` says."""
        return self.filter(_with_slug(slug))

    def newest_first(self, language=None):
        """Order by the day of publication in this language, the newest first."""
        at = languages.column("published_at", language or languages.current())
        return self.order_by(F(at).desc(nulls_last=True), "-pk")

    def for_cards(self):
        """Load what a list shows of each article, in one query however many."""
        return self.select_related("topic").defer(*languages.columns("words"))

    def for_page(self):
        """Load a whole article: three queries."""
        sections = models.Prefetch("sections", Section.objects.defer(*languages.columns("words")))
        references = models.Prefetch("references", Reference.objects.select_related("source"))
        return self.for_cards().prefetch_related(sections, references)

    def matching(self, text, language=None):
        """Keep articles whose words in this language match, the best first."""
        language = language or languages.current()
        query = fulltext.query(text, language)
        words = languages.column("words", language)
        in_sections = Section.objects.filter(article=OuterRef("pk"), **{words: query})
        return self.filter(Q(**{words: query}) | Exists(in_sections)).order_by(SearchRank(F(words), query).desc(), "pk")


class Article(models.Model):
    """A page to read; its state, slug and date are those of each language."""

    State = PublicationState

    key = models.SlugField(_("key"), max_length=80, unique=True)
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("topic"), related_name="articles")
    title = models.CharField(_("title"), max_length=160, blank=True)
    slug = models.SlugField(_("address"), max_length=120, null=True, blank=True, validators=[refuse_reserved])
    summary = models.TextField(_("summary"), max_length=400, blank=True)
    key_points = models.TextField(_("key points"), blank=True, help_text=_("One on each line."))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
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

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = _word_indexes("article")
        permissions = [("publish_article", _("Can publish an article")), ("review_article", _("Can review an article"))]
        constraints = [
            *languages.slug_constraints("article"),
            *_published_constraints(),
            models.CheckConstraint(
                condition=Q(last_reviewed_on=None, reviewed_by=None)
                | Q(last_reviewed_on__isnull=False, reviewed_by__isnull=False),
                name="article_reviewed_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(next_review_on=None) | Q(last_reviewed_on__isnull=False),
                name="article_next_review_follows_a_review",
            ),
        ]

    def __str__(self):
        return self.title or self.key

    def get_absolute_url(self):
        return self.url(languages.current())

    def url(self, language):
        """Return the page's address in this language, also where only another language is published."""
        with override(language):
            return reverse("articles:article", args=[_slug(self.topic, language), _slug(self, language)])

    def title_in(self, language):
        """Return the title in this language."""
        return getattr(self, languages.column("title", language))

    def add_cited_sources(self):
        """Put at the end of the numbered list each source that a text cites and the list lacks."""
        texts = [getattr(self, column) for column in languages.columns("key_points")]
        texts += [getattr(part, column) for part in self.sections.all() for column in languages.columns("body")]
        listed = {reference.source.code for reference in self.references.select_related("source")}
        cited = [code for code in citations.codes_in(" ".join(filter(None, texts))) if code not in listed]
        sources = {source.code: source for source in Source.objects.filter(code__in=cited)}
        Reference.objects.bulk_create(
            Reference(article=self, source=sources[code], position=len(listed) + number)
            for number, code in enumerate(cited)
            if code in sources
        )

    def key_point_lines(self):
        """Return the key points of the active language, one a line."""
        return [line.strip() for line in (self.key_points or "").splitlines() if line.strip()]

    def is_published(self, language):
        """Say whether a visitor may read it in this language now."""
        at = getattr(self, languages.column("published_at", language))
        state = getattr(self, languages.column("state", language))
        return state == self.State.PUBLISHED and at is not None and at <= timezone.now()

    def published_urls(self):
        """Return the address in each language in which a visitor may read it."""
        return {code: self.url(code) for code in languages.codes() if self.is_published(code)}


class Section(models.Model):
    """A part of an article under its own heading; the anchor is the same in every language and never changes."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections", verbose_name=_("article"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    anchor = models.CharField(
        _("anchor"), max_length=60, validators=[RegexValidator(r"^[a-z][a-z0-9-]*$")], help_text=_("Never changes.")
    )
    heading = models.CharField(_("heading"), max_length=160, blank=True)
    body = RichTextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        indexes = _word_indexes("section")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "anchor"], name="section_anchor_once_an_article"),
        ]

    def __str__(self):
        return self.heading or self.anchor


class Reference(models.Model):
    """A source in the numbered list of an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="references", verbose_name=_("article"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "source"], name="reference_source_once_an_article"),
        ]

    def __str__(self):
        return str(self.source)


def _keep_words(model, **weights):
    """Have the database keep, for each language, the search vector of a model's texts, each with its weight."""
    for code in languages.codes():
        columns = {languages.column(name, code): weight for name, weight in weights.items()}
        words = languages.column("words", code)
        vector = models.GeneratedField(
            expression=fulltext.vector(code, **columns), output_field=SearchVectorField(), db_persist=True
        )
        model.add_to_class(words, vector)


_keep_words(Article, title="A", summary="B", key_points="C")
_keep_words(Section, heading="B", body="D")
