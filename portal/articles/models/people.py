"""Hold who made an article, in which role and where they work."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Affiliation(models.Model):
    """Where contributors work or study, as an article names it."""

    name = models.CharField(_("name"), max_length=300)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")

    def __str__(self):
        return self.name


class Contributor(models.Model):
    """A person who writes, reviews or translates articles, as readers see the name."""

    name = models.CharField(_("name"), max_length=120)
    family_name = models.CharField(
        _("family name"),
        max_length=80,
        blank=True,
        help_text=_("For lists of references: of Ana Pérez Rodríguez it is Pérez Rodríguez. Empty for a group."),
    )
    credentials = models.CharField(
        _("credentials"),
        max_length=200,
        blank=True,
        help_text=_("After the name, as in “MD, addiction medicine” or “person with lived experience, student”."),
    )
    orcid = models.CharField(
        _("ORCID"),
        max_length=19,
        blank=True,
        validators=[RegexValidator(r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$", _("Four groups of four digits."))],
        help_text=_("The number alone, as in 0000-0002-1825-0097."),
    )

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        constraints = [
            models.CheckConstraint(
                condition=Q(orcid="") | Q(orcid__regex=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$"),
                name="contributor_orcid_is_a_number",
                violation_error_message=_("An ORCID is four groups of four digits, as in 0000-0002-1825-0097."),
            ),
            models.CheckConstraint(
                condition=Q(name__endswith=F("family_name")),
                name="contributor_name_ends_with_the_family_name",
                violation_error_message=_("Write the family name as it stands at the end of the name."),
            ),
        ]

    def __str__(self):
        return self.name


class Contribution(models.Model):
    """What one person did for one article."""

    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")
        LIVED_EXPERIENCE = "lived experience", _("Author with lived experience")
        MEDICAL_REVIEWER = "medical reviewer", _("Medical reviewer")
        TRANSLATOR = "translator", _("Translator")

    BYLINE = [Role.AUTHOR, Role.LIVED_EXPERIENCE]  # those who are cited as its authors

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="contributions", verbose_name=_("article")
    )
    contributor = models.ForeignKey(
        Contributor, models.PROTECT, related_name="contributions", verbose_name=_("contributor")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.AUTHOR)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    affiliations = models.ManyToManyField(Affiliation, verbose_name=_("affiliations"), blank=True, related_name="+")
    is_corresponding = models.BooleanField(_("answers letters about it"), default=False)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "contributor", "role"],
                name="contribution_once_a_role",
                violation_error_message=_("This person already has this role in the article."),
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(is_corresponding=True),
                name="contribution_one_answers_letters",
                violation_error_message=_("Only one person answers letters about an article."),
            ),
        ]

    def __str__(self):
        return f"{self.contributor}, {self.get_role_display()}"
