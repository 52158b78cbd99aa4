"""Show and record the state of texts in every admin: the site registers each model with `options`."""

from django.contrib import admin
from django.contrib.admin.utils import construct_change_message
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import languages

from ..models import PendingChange
from . import states, texts
from .recording import forget_gone_parts, record

CONFIRMED = "still_right"  # name of the ticks beside the fields; the value is the field's name in the form


class TranslationState(admin.SimpleListFilter):
    """Filter a list of the admin by language and state; brings the column beside it what it shows."""

    title = gettext_lazy("translation")
    parameter_name = "texts"

    def lookups(self, request, model_admin):
        words = {
            states.MISSING: _("%(language)s: missing"),
            states.STALE: _("%(language)s: stale"),
            states.CURRENT: _("%(language)s: current"),
        }
        return [
            (f"{code}.{state}", text % {"language": languages.name(code)})
            for code in languages.codes()
            for state, text in words.items()
        ]

    def queryset(self, request, queryset):
        rows = states.with_states(queryset)
        code, _dot, state = (self.value() or "").partition(".")
        return states.in_state(rows, state, code) if code in languages.codes() else rows


@admin.display(description=gettext_lazy("translation"))
def translation_state(row):
    """Say in a list which languages wait for a translator."""
    said = []
    for code in languages.codes():
        if getattr(row, languages.column("has_missing", code), False):
            said.append(_("%(language)s: missing") % {"language": languages.name(code)})
        if getattr(row, languages.column("has_stale", code), False):
            said.append(_("%(language)s: stale") % {"language": languages.name(code)})
    return ", ".join(said)


def options(model, admin_class):
    """Return what the admin of a model gets beside its own: it records texts, and shows where each stands."""
    own = {"construct_change_message": _record_and_tell}
    if model not in texts.translated_models():
        return own

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["texts_known"] = None if obj is None else states.known_of(obj)
        return admin_class.render_change_form(self, request, context, add, change, form_url, obj)

    shown, links = admin_class.list_display, len(admin_class.list_display_links or "1")
    others = [name for name in admin_class.list_filter if name is not TranslationState]
    return {
        **own,
        "render_change_form": render_change_form,
        "list_filter": (TranslationState, *others),
        "list_display": (*shown[:links], translation_state, *shown[links:]),
    }


def _record_and_tell(self, request, form, formsets, add=False):
    """Record what a saved form changed in any text, then say it for the history as Django does."""
    saved = [(form, add)]
    for formset in formsets or []:
        saved += [(part, part in formset.extra_forms) for part in formset.forms if part not in formset.deleted_forms]
    if any(formset.deleted_objects for formset in formsets or []):
        forget_gone_parts(form.instance)
    _record(request, [(part, is_new) for part, is_new in saved if part.instance.pk])
    return construct_change_message(form, formsets, add)


def _record(request, saved):
    ticked = set(request.POST.getlist(CONFIRMED))
    translated = [(form, is_new) for form, is_new in saved if type(form.instance) in texts.translated_models()]
    waiting = _waiting([form.instance for form, _is_new in translated])
    record(
        [form.instance for form, _is_new in translated],
        by=request.user,
        at=timezone.now(),
        before={form.instance: {} if is_new else _before(form, waiting) for form, is_new in translated},
        confirmed={
            (form.instance, column)
            for form, _is_new in translated
            for column in texts.places(type(form.instance))
            if form.add_prefix(column) in ticked
        },
    )


def _before(form, waiting):
    """Return what a row said when its form was drawn; what the form lacks, or what waits, has not changed."""
    row = form.instance
    changed = set(form.changed_data) - waiting.get(row, set())
    return {
        column: (form.initial.get(column) if column in changed else getattr(row, column)) or ""
        for column in texts.places(type(row))
    }


def _waiting(rows):
    """Return the columns of these rows whose new words wait for a second person: the row keeps the old ones."""
    kinds = {row: ContentType.objects.get_for_model(row).pk for row in rows}
    changes = PendingChange.objects.filter(
        content_type__in=set(kinds.values()), object_id__in={row.pk for row in rows}
    ).values_list("content_type", "object_id", "values")
    found = {(kind, number): set(values) for kind, number, values in changes}
    return {row: found.get((kind, row.pk), set()) for row, kind in kinds.items()}
