"""What the form of an article does beside storing: merge with what others saved, and show old texts again."""

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.utils.translation import gettext as _
from reversion.models import Revision

from ..actions import revisions
from ..models import Article, Section
from . import merging

REVISIONS_A_PAGE = 20
RESTORE = "revision"  # the query that opens the form with an old text


def rows_of(form, formsets):
    """Return the forms of the rows that are in the database: of the article, and of its parts."""
    return [form, *(part for formset in formsets for part in formset.initial_forms if part.instance.pk)]


def merge(model_admin, request, article):
    """Put into a form that is being saved what others saved meanwhile; what that did stands in `request.merged`."""
    formsets = [
        (formset, inline)
        for formset, inline in model_admin.get_formsets_with_inlines(request, article)
        if inline.has_change_permission(request, article)
    ]
    stored = [
        formset(instance=article, queryset=inline.get_queryset(request), prefix=formset.get_default_prefix())
        for formset, inline in formsets
    ]
    form = model_admin.get_form(request, article, change=True)(instance=article)
    prefixes = {formset.model._meta.model_name: formset.prefix for formset in stored}
    request.merged = merging.merge(request.POST, rows_of(form, stored), prefixes)
    if request.merged:
        request.POST = request.merged.data


def tell(request):
    """Say after a save what others had changed and was kept."""
    merged = getattr(request, "merged", None)
    if merged and merged.taken:
        text = _("Somebody else saved meanwhile. Their changes were kept: %(fields)s.")
        messages.warning(request, text % {"fields": "; ".join(dict.fromkeys(merged.taken))})


def context(request, form, formsets):
    """Return what the form carries to tell at its save what changed meanwhile, and what clashed at the last one."""
    return {
        "seen": json.dumps(merging.digests(rows_of(form, formsets)), separators=(",", ":")),
        "merged": getattr(request, "merged", None),
    }


def wanted(request, article):
    """Return the old texts that the form is to show, by row, or None; raise Http404 for another page's revision."""
    number = request.GET.get(RESTORE, "")
    if not number or request.method != "GET" or article is None:
        return None
    revision = Revision.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    texts = revisions.texts(revision, article) if revision else None
    if texts is None:
        raise Http404
    return texts


def show_again(texts, form, formsets):
    """Let an unsaved form show old texts; who reads it decides whether to save them, and every rule holds then."""
    for part in rows_of(form, formsets):
        model = part._meta.model._meta.model_name
        for name, value in texts.get((model, str(part.instance.pk)), {}).items():
            if name in part.fields and name != "anchor":
                part.initial[name] = value


def gone(texts, article):
    """Return the old texts of sections that are no longer there, for new rows of the form."""
    here = {str(pk) for pk in article.sections.values_list("pk", flat=True)}
    own = Section._meta.model_name
    return [values for (model, pk), values in texts.items() if model == own and pk not in here]


def history(request, article, may_restore):
    """Return the page of revisions that the history shows."""
    found = Paginator(revisions.revisions_of(article), REVISIONS_A_PAGE)
    page = found.get_page(request.GET.get("page"))
    following = list(revisions.revisions_of(article)[page.end_index() : page.end_index() + 1])
    steps = revisions.steps(list(page.object_list), following[0] if following else None)
    return {"steps": steps, "page": page, "may_restore": may_restore}


def article_of(object_id):
    """Return the article that an address of the admin names, or None."""
    is_number = str(object_id).isdecimal() and len(str(object_id)) < 19
    return Article.objects.filter(pk=object_id).first() if is_number else None
