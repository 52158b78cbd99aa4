"""Hold back what one person changed on a page that may cost a life, until a second person approves every language.

A model names in `APPROVED` the fields that readers rely on. The row keeps its approved words; the new ones wait in a
`PendingChange` beside it, so that pages, search, exports and mails need not know of any of this. Hiding never waits.
"""

import copy
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q

from portal.accounts.models import User
from portal.lib import languages

from .models import Approval, PendingChange, Removal
from .translations import record, texts, words


class RefusedError(Exception):
    """What was asked for cannot be done; the sentence tells a member of staff why."""


class OwnChangeError(RefusedError):
    """Somebody tries to approve what they wrote themselves."""


class TextChangedError(RefusedError):
    """The words are no longer those that the person read."""


def columns(model: type[models.Model], language: str | None = None) -> list[str]:
    """Return the columns of the fields in `APPROVED`: of one language with what no language has, or all."""
    names = {field.name for field in model._meta.concrete_fields}
    codes = [language] if language else languages.codes()
    found: list[str] = []
    for field in model.APPROVED:  # type: ignore[attr-defined]
        translated = [languages.column(field, code) for code in codes]
        found += translated if translated[0] in names else [field_of(model, field).attname]
    return found


def field_of(model: type[models.Model], name: str) -> models.Field:
    """Return a model's own field by the name of it or of its column."""
    return cast(models.Field, model._meta.get_field(name))


def tongues(rows: Sequence[models.Model]) -> list[str]:
    """Return the languages that a page is approved in one by one; what says the same in all is approved once."""
    has_own = not rows or any(texts.fields(type(row)) for row in rows)
    return languages.codes() if has_own else languages.codes()[:1]


def fingerprint(row: models.Model, language: str) -> str:
    """Return the SHA-256 of what the row says in this language."""
    words = [getattr(row, column) or "" for column in columns(type(row), language)]
    return hashlib.sha256(json.dumps(words, default=str).encode()).hexdigest()


def seen(rows: Iterable[models.Model], language: str) -> str:
    """Return the fingerprint of a whole page: a form carries it, to tell whether the words are those that were read."""
    parts = [(row._meta.label, row.pk, fingerprint(row, language)) for row in rows]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def of_rows(records: models.QuerySet, rows: Iterable[models.Model]) -> models.QuerySet:
    """Keep the records that belong to these rows."""
    wanted = Q(pk__in=[])
    for model, keys in _by_model(rows).items():
        wanted |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    return records.filter(wanted)


def _by_model(rows: Iterable[models.Model]) -> dict[type[models.Model], list]:
    found: dict[type[models.Model], list] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row.pk)
    return found


def _key(row: models.Model) -> tuple[int, int]:
    return ContentType.objects.get_for_model(row).pk, row.pk


def changes_of(rows: Iterable[models.Model]) -> models.QuerySet[PendingChange]:
    """Return the changes of these rows that wait."""
    return of_rows(PendingChange.objects.all(), rows)


def propose(rows: Sequence[models.Model], changes: Iterable[PendingChange] | None = None) -> None:
    """Give the rows in memory the words that wait for approval; one query however many."""
    waiting = {(change.content_type_id, change.object_id): change for change in changes or changes_of(rows)}
    for row in rows:
        change = waiting.get(_key(row))
        for column, value in (change.values if change else {}).items():
            setattr(row, column, field_of(type(row), column).to_python(value))


@transaction.atomic
def save(row: models.Model, *, by: User, at: datetime.datetime, is_public: bool) -> bool:
    """Save a row and note who changed its words; on a public page the new words wait for a second person.

    Returns whether something now waits. A new row of a public page is stored hidden; hiding works at once.
    """
    model = type(row)
    live = model._default_manager.select_for_update().filter(pk=row.pk).first() if row.pk else None
    if live is None:
        return _add(row, by=by, at=at, is_public=is_public)
    changed = {}
    for column in columns(model):
        value = field_of(model, column).pre_save(row, False)  # rich text is cleaned here
        if value != getattr(live, column):
            changed[column] = value
    hides, shows = not _hidden(live) and _hidden(row), _hidden(live) and not _hidden(row)
    if is_public:
        for column in changed:
            setattr(row, column, getattr(live, column))
        if shows:
            changed["is_hidden"], row.is_hidden = False, True  # type: ignore[attr-defined]
    row.save()
    if hides and is_public:
        tell(row, by=by, at=at)
    _note(row, changed, is_public=is_public, by=by, at=at)
    return is_public and bool(changed)


def _hidden(row: models.Model) -> bool:
    return getattr(row, "is_hidden", False)


def _add(row: models.Model, *, by: User, at: datetime.datetime, is_public: bool) -> bool:
    waits = is_public and not _hidden(row)
    if waits:
        row.is_hidden = True  # type: ignore[attr-defined]
    row.save()
    _note(row, {"is_hidden": False}, is_public=waits, by=by, at=at)
    return waits


def _note(row: models.Model, changed: dict, *, is_public: bool, by: User, at: datetime.datetime) -> None:
    """Keep what waits and who wrote it; a change of a public page that was taken back is forgotten."""
    kind, key = _key(row)
    values = changed if is_public else {}
    change = PendingChange.objects.filter(content_type=kind, object_id=key).first()
    if change is None and changed:
        change = PendingChange.objects.create(content_type_id=kind, object_id=key, values=values, changed_at=at)
        change.authors.add(by)
    elif change and is_public and change.values and not changed:
        change.delete()
    elif change and changed and (change.values != values or not values):
        PendingChange.objects.filter(pk=change.pk).update(values=values, changed_at=at)
        change.authors.add(by)


@transaction.atomic
def remove(row: models.Model, *, by: User, at: datetime.datetime, note: str = "") -> bool:
    """Take a row off the site in every language at once, and have a second person told. Returns whether it was on."""
    stamp = {"updated_at": at} if any(field.name == "updated_at" for field in row._meta.concrete_fields) else {}
    shown = type(row)._default_manager.filter(pk=row.pk, is_hidden=False)
    if not shown.update(is_hidden=True, **stamp):
        return False
    tell(row, by=by, at=at, note=note)
    return True


@transaction.atomic
def delete(row: models.Model, *, by: User, at: datetime.datetime, is_public: bool) -> None:
    """Delete a row with what waits for it; of what readers saw a second person is told."""
    if is_public and type(row)._default_manager.filter(pk=row.pk, is_hidden=False).exists():
        tell(row, by=by, at=at)
    changes_of([row]).delete()
    row.delete()


def tell(row: models.Model, *, by: User, at: datetime.datetime, note: str = "") -> None:
    """Record that a person took something off; `portal/waiting.py` shows it to the others."""
    Removal.objects.create(row=row, name=str(row)[:300], by=by, at=at, note=note)


def lacking(rows: Sequence[models.Model], *, proposed: bool = False) -> dict[str, list[models.Model]]:
    """Return for each language the rows whose words no named person has approved.

    For `proposed` words an approval counts only after their last change: words that came back are approved anew.
    """
    changes = changes_of(rows) if proposed else []
    changed_at = {(change.content_type_id, change.object_id): change.changed_at for change in changes}
    approved = {
        (approval.content_type_id, approval.object_id, approval.language, approval.fingerprint)
        for approval in of_rows(Approval.objects.all(), rows)
        if approval.at >= changed_at.get((approval.content_type_id, approval.object_id), approval.at)
    }
    return {
        code: [row for row in rows if (*_key(row), code, fingerprint(row, code)) not in approved]
        for code in tongues(rows)
    }


def authors_of(rows: Sequence[models.Model]) -> list[User]:
    """Return who wrote what waits in these rows, each once."""
    written = changes_of(rows).values("authors")
    return list(User.objects.filter(pk__in=written).order_by("pk"))


def page(rows: Callable[[], Sequence[models.Model]]) -> list[models.Model]:
    """Return the rows of a page as copies that say what they would after approval, without what stays hidden."""
    found = [copy.copy(row) for row in rows()]
    propose(found)
    return [row for row in found if not _hidden(row)]


@transaction.atomic
def approve(
    rows: Callable[[], Sequence[models.Model]],
    *,
    language: str,
    by: User,
    at: datetime.datetime,
    read: str,
    kind: Approval.Kind = Approval.Kind.MEDICAL,
) -> bool:
    """Record that this person approves a page in one language; once every language is approved, readers see it.

    `rows` reads the page's rows anew, `read` is the `seen` of the words this person had before them. Raises
    `OwnChangeError` and `TextChangedError`. Returns whether the page is approved in every language now.
    """
    _lock(rows())
    proposed = page(rows)
    if by in authors_of(proposed):
        raise OwnChangeError
    if seen(proposed, language) != read:
        raise TextChangedError
    Approval.objects.bulk_create(
        Approval(row=row, language=language, fingerprint=fingerprint(row, language), kind=kind, by=by, at=at)
        for row in proposed
    )
    if any(lacking(proposed, proposed=True).values()):
        return False
    _show(proposed, at)
    return True


def _lock(rows: Iterable[models.Model]) -> None:
    """Have whoever saves or approves one of these rows at this moment go first, or wait."""
    for model, keys in _by_model(rows).items():
        list(model._default_manager.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",)).values("pk"))


def _show(rows: Sequence[models.Model], at: datetime.datetime) -> None:
    """Write the approved words to their rows: every language was read, so none of them is stale."""
    changes = {(change.content_type_id, change.object_id): change for change in changes_of(rows)}
    for row in rows:
        change = changes.get(_key(row))
        if change is None or not change.values:
            continue
        before = words(type(row)._base_manager.get(pk=row.pk))
        row.save()
        read = [(row, column) for column in before if getattr(row, column)]
        record([row], by=change.authors.order_by("pk").first(), at=at, before={row: before}, confirmed=read)
    changes_of(rows).delete()
