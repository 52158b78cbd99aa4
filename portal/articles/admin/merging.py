"""Let two people edit one article at once and lose nothing.

The form carries a digest of each of its values as they were when it was opened. Where somebody saved another value
meanwhile, and this person left the field alone, theirs is kept. Where both wrote, nothing is saved: both texts are
shown, and this person chooses.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.editorial.translations.difference import difference

from . import raw

SEEN, ASKED, KEEP, DROP, UNRESOLVED = "seen", "asked", "keep", "drop", "unresolved"
MINE, THEIRS, DELETE = "mine", "theirs", "DELETE"
Digests = dict[str, dict[str, str]]  # by row, then field


@dataclass(frozen=True)
class Clash:
    """One field in which two people wrote different things."""

    key: str  # the name of its choice
    name: str  # the field in the form
    label: str
    mine: str
    theirs: str
    changes: list[tuple[str, str]]


@dataclass
class Merged:
    """What the browser sent, with what others saved meanwhile put in."""

    data: QueryDict
    clashes: list[Clash] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # labels of fields that others changed alone
    reborn: list[tuple[str, str]] = field(default_factory=list)  # (form, label) of rows that others deleted


def digests(rows: Iterable[forms.ModelForm]) -> Digests:
    """Return what tells the stored values of these forms from others."""
    return {
        row_key(form): {name: raw.digest(raw.stored(form[name])) for name in _compared(form)}
        for form in rows
        if form.instance.pk
    }


def row_key(form: forms.ModelForm) -> str:
    """Return what names a row wherever it stands in the form."""
    return f"{form._meta.model._meta.model_name}:{form.instance.pk}"


def _compared(form: forms.ModelForm) -> list[str]:
    """Return the fields that hold something: not the keys by which a formset finds its rows."""
    keys = {"id", "article", DELETE}
    return [name for name in form.fields if name not in keys]


def merge(data: QueryDict, rows: list[forms.ModelForm], prefixes: dict[str, str]) -> Merged | None:
    """Put into what a browser sent what others saved since it read; None where nobody did.

    `rows` are the forms of what is stored; `prefixes` name the part of the form by the model of its rows.
    """
    seen = _seen(data)
    now = digests(rows)
    if seen is None or not (data.getlist(DROP) or data.getlist(ASKED) or _changed(seen, now)):
        return None
    merged = Merged(data.copy())
    merged.data.pop(UNRESOLVED, None)
    stored = {row_key(form): form for form in rows}
    for model, prefix in prefixes.items():
        _without_deleted(merged, prefix, model, seen, stored)
    for key, form in stored.items():
        place = _place(merged.data, key, prefixes)
        if place is not None:
            _answers(merged, form, key, place)
            _row(merged, form, key, place, seen.get(key, {}), now[key])
    if merged.clashes or merged.reborn:
        merged.data[UNRESOLVED] = "1"
    return merged


def _seen(data: QueryDict) -> Digests | None:
    """Return what the form carried; a form without it is not compared."""
    try:
        seen = json.loads(data.get(SEEN, ""))
    except ValueError:
        return None
    is_whole = isinstance(seen, dict) and all(isinstance(row, dict) for row in seen.values())
    return seen if is_whole else None


def _changed(seen: Digests, now: Digests) -> bool:
    """Say whether a value that this person saw is another one now; rows added meanwhile stay as they are."""
    return any(now.get(key, {}).get(name) != digest for key, row in seen.items() for name, digest in row.items())


def _places(data: QueryDict, prefix: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the key in the database of each row of a part of the form."""
    numbers = {int(found[1]) for name in data if (found := re.match(rf"{prefix}-(\d{{1,4}})-", name))}
    for number in sorted(numbers):
        yield number, data.get(f"{prefix}-{number}-id", "")


def _place(data: QueryDict, key: str, prefixes: dict[str, str]) -> str | None:
    """Return what begins the names under which a row was sent, or None where it was not."""
    model, _colon, pk = key.partition(":")
    if model not in prefixes:
        return ""
    found = [number for number, own in _places(data, prefixes[model]) if own == pk]
    return f"{prefixes[model]}-{found[0]}-" if found else None


def _answers(merged: Merged, form: forms.ModelForm, key: str, place: str) -> None:
    """Do what this person chose where two texts were shown; ask again where nothing was chosen."""
    asked = [one for one in merged.data.getlist(ASKED) if one.rpartition(".")[0] == key]
    for one in asked:
        name, choice = one.rpartition(".")[2], merged.data.get(f"{KEEP}-{one}")
        if name == DELETE and choice == THEIRS:
            merged.data.pop(f"{place}{DELETE}", None)
        elif name == DELETE and choice != MINE:
            merged.clashes.append(_deletion(form, key, place))
        elif name in _compared(form) and choice == THEIRS:
            raw.put(merged.data, f"{place}{name}", raw.stored(form[name]))
        elif name in _compared(form) and choice != MINE:
            merged.clashes.append(_clash(merged, form, key, place, name))


def _row(merged: Merged, form: forms.ModelForm, key: str, place: str, seen: dict, now: dict) -> None:
    """Merge one row: field by field, or whole where this person deletes what somebody changed."""
    changed = [name for name in _compared(form) if name in seen and seen[name] != now[name]]
    if changed and merged.data.get(f"{place}{DELETE}"):
        for name in _compared(form):
            raw.put(merged.data, f"{place}{name}", raw.stored(form[name]))
        merged.clashes.append(_deletion(form, key, place))
        return
    for name in changed:
        mine = raw.digest(raw.posted(form[name], f"{place}{name}", merged.data))
        if mine == seen[name]:
            raw.put(merged.data, f"{place}{name}", raw.stored(form[name]))
            merged.taken.append(_label(form, name))
        elif mine != now[name]:
            merged.clashes.append(_clash(merged, form, key, place, name))


def _clash(merged: Merged, form: forms.ModelForm, key: str, place: str, name: str) -> Clash:
    """Return both texts of a field, and what changes from theirs to mine."""
    bound, sent = form[name], f"{place}{name}"
    mine = raw.words(bound, raw.posted(bound, sent, merged.data))
    theirs = raw.words(bound, raw.stored(bound))
    return Clash(f"{key}.{name}", sent, _label(form, name), mine, theirs, difference(theirs, mine))


def _deletion(form: forms.ModelForm, key: str, place: str) -> Clash:
    """Return the question before a row goes that somebody has just worked on."""
    label = _("Delete: %(part)s") % {"part": form.instance}
    return Clash(f"{key}.{DELETE}", f"{place}{DELETE}", label, _("deleted"), _("changed and kept"), [])


def _label(form: forms.ModelForm, name: str) -> str:
    label = str(form.fields[name].label or name)
    is_part = form._meta.model._meta.model_name != "article"
    return f"{form.instance}: {label}" if is_part else label[:1].upper() + label[1:]


def _without_deleted(merged: Merged, prefix: str, model: str, seen: Digests, stored: dict) -> None:
    """Take out the rows that others deleted, and number the rest anew.

    What this person wrote in one of them stays as a new row, which they may then drop.
    """
    data, order, reborn = merged.data, [], []
    dropped = set(data.getlist(DROP))
    for number, pk in _places(data, prefix):
        key, place = f"{model}:{pk}", f"{prefix}-{number}"
        if place in dropped and not pk:
            continue
        if not pk or key in stored:
            order.append(number)
        elif _was_touched(data, f"{place}-", seen.get(key, {})) and not data.get(f"{place}-{DELETE}"):
            reborn.append(number)
        else:
            merged.taken.append(_("a part that somebody deleted"))
    known = [number for number in order if data.get(f"{prefix}-{number}-id")]
    new = [number for number in order if number not in known]
    _renumber(data, prefix, [*known, *reborn, *new], len(known), reborn)
    for place in range(len(known), len(known) + len(reborn)):
        merged.reborn.append((f"{prefix}-{place}", _heading(data, f"{prefix}-{place}-")))


def _heading(data: QueryDict, place: str) -> str:
    """Return what a row is best known by: the first text it has."""
    return next((data[name] for name in data if name.startswith(f"{place}heading") and data[name]), "")


def _was_touched(data: QueryDict, place: str, seen: dict[str, str]) -> bool:
    """Say whether this person changed a row of which only the digests are left."""
    for name, digest in seen.items():
        ends = sorted(key.removeprefix(f"{place}{name}") for key in data if re.fullmatch(rf"{place}{name}(_\d)?", key))
        sent = {end: [text for text in data.getlist(f"{place}{name}{end}") if text != ""] for end in ends or [""]}
        if raw.digest(sent) != digest:
            return True
    return False


def _renumber(data: QueryDict, prefix: str, order: list[int], known: int, reborn: list[int]) -> None:
    """Write the rows of a part of the form in this order; the first `known` are in the database."""
    old = {}
    for name in list(data):
        if found := re.match(rf"{prefix}-(\d{{1,4}})-(.+)", name):
            old.setdefault(int(found[1]), {})[found[2]] = data.pop(name)
    for place, number in enumerate(order):
        for rest, values in old[number].items():
            is_key = rest == "id" and number in reborn
            data.setlist(f"{prefix}-{place}-{rest}", [""] if is_key else values)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(order)), str(known)
