"""Lead an import through its life: received, read, checked, then accepted or refused, applied."""

import datetime
import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.lib.spreadsheet import MAX_FILE_BYTES

from ..models import Import, Location, Organization, Service, ServiceAtLocation
from .formats import FORMS

MOST_DROPPED = 0.10  # of a list's rows; a file that drops more is likely cut off
State = Import.State
UNDER_WAY = (State.READING, State.APPLYING)
UNFINISHED = (State.MAPPING, *UNDER_WAY, State.CHECKED, State.FAILED)
_CHUNK = 1024 * 1024


class RefusedError(Exception):
    """The import cannot go on; the message is a sentence for the person who wanted it to."""


def folder() -> Path:
    """Return the folder where uploaded lists lie until they are applied or refused: never one that is served."""
    path = settings.VAR_DIR / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(upload: UploadedFile) -> tuple[Path, str]:
    """Store an upload under the name of its content and return where it lies and its SHA-256."""
    if upload.size is not None and upload.size > MAX_FILE_BYTES:
        raise RefusedError(_("The file is larger than 100 MB. Nothing was read."))
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder(), prefix="part-") as part:
        for chunk in upload.chunks():
            digest.update(chunk)
            part.write(chunk)
        part.flush()
        path = folder() / digest.hexdigest()
        path.unlink(missing_ok=True)
        os.link(part.name, path)
    return path, digest.hexdigest()


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of the files of a folder one after the other."""
    digest = hashlib.sha256()
    for each in sorted(path.iterdir()) if path.is_dir() else [path]:
        with each.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def receive(
    *,
    path: Path,
    name: str,
    digest: str,
    format: str,
    source: str,
    as_of: datetime.date,
    by=None,
    mapping: Mapping[str, Any] | None = None,
) -> Import:
    """Record a file that is to be read; one whose columns nobody has named waits for that.

    Raises `RefusedError` for a file older than the last one of its source, or while another of it is under way.
    """
    options = {"language": get_language() or settings.LANGUAGE_CODE, **(mapping or {})}
    source = source or FORMS[format].usual_name
    run = Import(name=name[:200], path=str(path), sha256=digest, format=format, source=source, as_of=as_of)
    run.mapping, run.created_by = options, by
    _refuse_older(run)
    is_named = format != Import.Format.TABLE or options.get("columns")
    return _enter(run, State.READING if is_named else State.MAPPING)


def unfinished(*, source: str, format: str, digest: str) -> Import | None:
    """Return the import of this very file that was begun and not finished."""
    same = Import.objects.filter(source=source or FORMS[format].usual_name, format=format, sha256=digest)
    return same.filter(state__in=UNFINISHED).order_by("-pk").first()


def last_applied(run: Import) -> Import | None:
    """Return the import of the same source that was applied last."""
    return Import.objects.filter(source=run.source, state=State.APPLIED).order_by("-applied_at", "-pk").first()


def begin(run: Import, columns: Mapping[str, str], kind: str = "") -> None:
    """Have a table read by these columns."""
    run.mapping = {**run.mapping, "columns": dict(columns), "type": kind}
    _read_anew(run, State.MAPPING, State.CHECKED, State.FAILED)


def usual_columns(run: Import) -> dict[str, str]:
    """Return the columns that were named for the last table of this source."""
    earlier = Import.objects.filter(source=run.source, format=run.format).exclude(pk=run.pk)
    for mapping in earlier.order_by("-pk").values_list("mapping", flat=True)[:20]:
        if mapping.get("columns"):
            return dict(mapping["columns"])
    return {}


def asks_about_drop(run: Import) -> bool:
    """Say whether the file lacks so many rows of its source that a person must agree to that."""
    return run.counts.get("missing", 0) > MOST_DROPPED * run.counts.get("known", 0)


def accept(run: Import, *, drop_accepted: bool = False) -> None:
    """Have a checked import applied; one checked before its source's listings changed otherwise is read anew.

    Raises `RefusedError` where it must not be applied, or not without agreeing to what it drops.
    """
    _refuse_older(run)
    _refuse_beside_unfinished(run)
    if _is_stale(run):
        _read_anew(run, State.CHECKED)
        return
    if asks_about_drop(run) and not (drop_accepted or run.drop_accepted):
        missing, known = run.counts["missing"], run.counts["known"]
        raise RefusedError(
            _("The file lacks %(missing)d of the %(known)d rows that this source had. Agree to that first.")
            % {"missing": missing, "known": known}
        )
    run.drop_accepted = run.drop_accepted or drop_accepted
    _enter(run, State.APPLYING, State.CHECKED)


def again(run: Import) -> None:
    """Have an import that failed go on where it was, or from its beginning where it is out of date.

    Raises `RefusedError`.
    """
    _refuse_older(run)
    _refuse_beside_unfinished(run)
    if _is_stale(run):
        _read_anew(run, State.FAILED)
    else:
        _enter(run, State.APPLYING, State.FAILED)


def _is_stale(run: Import) -> bool:
    """Say whether another import of its source was applied or given up after this one was checked, if it was."""
    last = last_applied(run)
    checked = Import.objects.values_list("checked_at", flat=True).get(pk=run.pk)
    return checked is None or (last is not None and (last.applied_at is None or last.applied_at > checked))


@transaction.atomic
def _read_anew(run: Import, *before: str) -> None:
    """Have the file read from its beginning: what was agreed to and what nobody has seen yet goes first."""
    if Import.objects.select_for_update().get(pk=run.pk).state == State.FAILED:
        discard(run)
    run.drop_accepted, run.checked_at = False, None
    _enter(run, State.READING, *before)


def refuse(run: Import) -> None:
    """Refuse an import: nothing of it stays but its record."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=run.pk)
        if locked.state not in (State.MAPPING, State.CHECKED, State.FAILED):
            raise RefusedError(_("This import is under way or done already."))
        discard(run)
        run.state = State.REFUSED
        run.save(update_fields=["state"])
    forget_file(run)


@transaction.atomic
def discard(run: Import) -> None:
    """Delete the staged rows and the listings that have not been seen; what was compared with those is out of date."""
    if run.arriving.exists():
        others = Import.objects.filter(source=run.source, state__in=(State.CHECKED, State.FAILED)).exclude(pk=run.pk)
        others.update(checked_at=None)
    arriving = run.arriving.values_list("service__organization", "service", "location")
    runners, services, locations = (set(keys) for keys in zip(*arriving, strict=True)) if arriving else ((), (), ())
    run.arriving.all().delete()
    Service.objects.filter(pk__in=services, listings=None).delete()
    Location.objects.filter(pk__in=locations, listings=None).delete()
    Organization.objects.filter(pk__in=runners, services=None).delete()
    run.staged.all().delete()


def forget_file(run: Import) -> None:
    """Delete an uploaded file that no other import waits for; a file named on the command line stays."""
    path = Path(run.path)
    others = Import.objects.filter(path=run.path, state__in=UNFINISHED).exclude(pk=run.pk)
    if run.path and path.parent == folder() and not others.exists():
        path.unlink(missing_ok=True)


def _refuse_older(run: Import) -> None:
    last = last_applied(run)
    if last is not None and last.as_of > run.as_of:
        raise RefusedError(
            _("This list is of %(as_of)s, and a newer one of %(last)s is applied already.")
            % {"as_of": run.as_of, "last": last.as_of}
        )


def _refuse_beside_unfinished(run: Import) -> None:
    """Refuse while listings of another import of the source wait hidden: they may be the same places."""
    if ServiceAtLocation.objects.filter(arrives_with__source=run.source).exclude(arrives_with=run).exists():
        raise RefusedError(
            _("Another import of “%(source)s” was begun and is not finished. Let it go on, or refuse it first.")
            % {"source": run.source}
        )


def _enter(run: Import, state: str, *before: str) -> Import:
    """Store a new state, if the import still is in one of those before; one import of a source runs at a time."""
    run.error = ""
    try:
        with transaction.atomic():
            if before:
                values = {"state": state, "error": "", "mapping": run.mapping, "drop_accepted": run.drop_accepted}
                values |= {"checked_at": None} if state == State.READING else {}
                if not Import.objects.filter(pk=run.pk, state__in=before).update(**values):
                    raise RefusedError(_("This import is under way or done already."))
                run.state = state
            else:
                run.state = state
                run.save()
    except IntegrityError as error:
        raise RefusedError(
            _("Another import of “%(source)s” is under way. Wait until it is done.") % {"source": run.source}
        ) from error
    return run
