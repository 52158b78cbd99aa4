"""Keep what an article said before each change: itself, its sections, references and contributions, as one revision.

django-reversion stores the rows as JSON; what changed is worked out when somebody looks. `apps.py` calls `follow`.
"""

import datetime
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import reversion
from django.db import models
from reversion.models import Revision, Version

from portal.accounts.models import User
from portal.editorial.translations.difference import difference
from portal.editorial.translations.texts import places
from portal.lib import languages

from ..models import Article, Contribution, Reference, Section

PARTS = ("sections", "references", "contributions")
BROUGHT_BACK = {
    Article: ("title", "summary", "key_points", "abstract", "conflicts"),
    Section: ("heading", "body", "kind", "position"),
}
SILENT = {"article", "created_at", "updated_at"}
Rows = dict[tuple[str, str], Version]  # by model and number


@dataclass(frozen=True)
class Change:
    """One field as it was and as it became; without `pieces` a part came or went."""

    label: str
    language: str
    pieces: list[tuple[str, str]]


@dataclass(frozen=True)
class Step:
    """One revision beside the one before it."""

    revision: Revision
    changes: list[Change]
    is_first: bool


def follow() -> None:
    """Tell django-reversion what a revision of an article holds."""
    for model in (Article, Section, Reference, Contribution):
        reversion.register(model, fields=_columns(model), follow=PARTS if model is Article else ())


def _columns(model: type[models.Model]) -> list[str]:
    """Return what is worth keeping: not the columns that the database or modeltranslation works out."""
    own = {field.name for field in model._meta.concrete_fields}
    worked_out = {name for name in own if languages.column(name, languages.codes()[0]) in own}
    kept = [
        field.name
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if field.name not in worked_out and not getattr(field, "generated", False)
    ]
    return [name for name in kept if name != "id"]


def record(article: Article, *, by: User | None, at: datetime.datetime, note: str = "") -> None:
    """Keep what an article and its parts say now in the database."""
    with reversion.create_revision(manage_manually=True):
        reversion.set_user(by)
        reversion.set_date_created(at)
        reversion.set_comment(note)
        reversion.add_to_revision(Article.objects.get(pk=article.pk))


def record_first(article: Article) -> None:
    """Keep what an article says before its first change that is recorded."""
    if not Version.objects.get_for_object(article).exists():
        record(article, by=None, at=article.updated_at)


def revisions_of(article: Article) -> models.QuerySet[Revision]:
    """Return the revisions of an article, the newest first."""
    own = Version.objects.get_for_object(article).values("revision")
    return Revision.objects.filter(pk__in=own).select_related("user").order_by("-date_created", "-pk")


def steps(chosen: list[Revision], before: Revision | None) -> list[Step]:
    """Return what each of these revisions changed, the newest first; `before` is the one that precedes them."""
    rows = _rows([*chosen, *([before] if before else [])])
    older = [*chosen[1:], before]
    return [
        Step(its, list(_changes(rows[previous.pk], rows[its.pk])) if previous else [], is_first=previous is None)
        for its, previous in zip(chosen, older, strict=True)
    ]


def texts(revision: Revision, article: Article) -> dict[tuple[str, str], dict[str, Any]] | None:
    """Return what the form is to show to bring a revision back, by row; None where it is not of this article."""
    rows = _rows([revision])[revision.pk]
    if (Article._meta.model_name, str(article.pk)) not in rows:
        return None
    wanted = {model._meta.model_name: _brought_back(model) for model in BROUGHT_BACK}
    return {
        key: {name: value for name, value in _said(version).items() if name in wanted[key[0]]}
        for key, version in rows.items()
        if key[0] in wanted
    }


def _brought_back(model: type[models.Model]) -> set[str]:
    """Return the columns of the fields in `BROUGHT_BACK`; the anchor finds the links to a section that comes back."""
    own = set(_columns(model))
    wanted = {*BROUGHT_BACK[model], *languages.columns(*BROUGHT_BACK[model]), "anchor"}
    return own & wanted


def _rows(chosen: Iterable[Revision]) -> dict[int, Rows]:
    """Return what these revisions hold: one query."""
    chosen = list(chosen)
    found: dict[int, Rows] = {revision.pk: {} for revision in chosen}
    versions = Version.objects.filter(revision__in=chosen).select_related("content_type").order_by("pk")
    for version in versions:
        found[version.revision_id][version.content_type.model, version.object_id] = version
    return found


def _said(version: Version) -> dict[str, Any]:
    """Return the fields as they were stored, whatever the model has become since."""
    return json.loads(version.serialized_data)[0]["fields"]


def _changes(before: Rows, after: Rows) -> Iterator[Change]:
    """Yield each field that another revision says otherwise, and each part that came or went."""
    for key, version in after.items():
        old = before.get(key)
        if old is None:
            yield Change(_name(version), "", [("ins", version.object_repr)])
            continue
        was, now = _said(old), _said(version)
        for name in sorted(was.keys() & now.keys() - SILENT):
            if _bare(was[name]) != _bare(now[name]):
                yield _change(version, name, was[name], now[name])
    for key, version in before.items():
        if key not in after:
            yield Change(_name(version), "", [("del", version.object_repr)])


def _bare(value: Any) -> Any:
    """Return a value without what no reader sees: the kind of line break, and whether nothing is "" or NULL."""
    return " ".join(value.split()) if isinstance(value, str) else value or ""


def _change(version: Version, name: str, was: Any, now: Any) -> Change:
    model = version.content_type.model_class()
    field, language = places(model).get(name, (name, ""))
    own = model._meta.get_field(field) if field in {one.name for one in model._meta.get_fields()} else None
    label = str(getattr(own, "verbose_name", field))
    if model is not Article:
        label = f"{version.object_repr}: {label}"
    old, new = _words(own, was), _words(own, now)
    return Change(label, language, difference(old, new) if language else _replaced(old, new))


def _replaced(old: str, new: str) -> list[tuple[str, str]]:
    return [(kind, words) for kind, words in (("del", old), ("ins", new)) if words]


def _words(field: Any, value: Any) -> str:
    """Return a stored value as a person reads it."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, models.ForeignKey):
        return str(field.related_model._default_manager.filter(pk=value).first() or value)
    if isinstance(field, models.ManyToManyField):
        return ", ".join(str(row) for row in field.related_model._default_manager.filter(pk__in=value).order_by("pk"))
    labels = dict(getattr(field, "flatchoices", None) or [])
    return str(labels.get(value, value))


def _name(version: Version) -> str:
    return str(version.content_type.model_class()._meta.verbose_name)
