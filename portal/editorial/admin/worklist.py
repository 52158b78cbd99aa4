"""Show a translator what there is to translate, one language at a time."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.lib import languages

from ..models import TextState
from ..translations.worklist import page_models, work

PER_PAGE = 20
may_translate = permission_required("editorial.view_textstate", raise_exception=True)


@admin.register(TextState)
class TextStateAdmin(admin.ModelAdmin):
    """The list of this model is the translator's work; its rows are written by the forms of other records."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @method_decorator([may_translate, require_safe])
    def changelist_view(self, request, extra_context=None):
        """List what waits in the chosen language, what a life may depend on first."""
        language = _language(request.GET.get("language"))
        models = page_models(request.user)
        everything = work(models, language)
        chosen = [model for model in models if model._meta.label_lower == request.GET.get("of")]
        page = Paginator(work(chosen, language) if chosen else everything, PER_PAGE).get_page(request.GET.get("page"))
        kinds = [(model._meta, count) for model, count in zip(models, everything.counts, strict=True) if count]
        context = {
            **admin.site.each_context(request),
            "title": _("To translate: %(language)s") % {"language": languages.name(language)},
            "language": language,
            "languages": languages.codes(),
            "page": page,
            "kinds": kinds,
            "total": len(everything),
            "chosen": chosen[0]._meta.label_lower if chosen else "",
            "words": sum(task.words for task in page),
        }
        return render(request, "admin/editorial/worklist.html", context)


def _language(wanted):
    """Return the language asked for, or the first that is not the source language."""
    return wanted if wanted in languages.codes() else [*languages.codes(), languages.codes()[0]][1]
