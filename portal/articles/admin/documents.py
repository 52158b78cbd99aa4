"""Let staff make a draft of a Word or Markdown document, and tell them what was dropped."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..actions import documents
from ..forms import DocumentForm

may_add = permission_required("articles.add_article", raise_exception=True)
SHOWN = 30  # messages; the history has all


def urls(own):
    """Return the address of this page; `own` wraps it as the admin's."""
    return [path("import/", own(bring_in), name="articles_article_import")]


@may_add
def bring_in(request):
    """Ask for a document, and make a draft of it."""
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        article = documents.draft_from(
            values["file"].document,
            language=values["language"],
            topic=values["topic"],
            by=request.user,
            at=timezone.now(),
            name=values["file"].name,
        )
        _report(request, values["file"].document.dropped)
        return redirect("admin:articles_article_change", article.pk)
    context = {**admin.site.each_context(request), "form": form, "title": _("Import a document")}
    return render(request, "admin/articles/article/import.html", context, status=422 if form.errors else 200)


def _report(request, dropped):
    """Say what is not in the article; the same stands in its history."""
    if not dropped:
        messages.success(request, _("The document is a draft now. Nothing was dropped."))
        return
    text = ngettext(
        "The document is a draft now. %(count)s thing is not in it; the history keeps this report.",
        "The document is a draft now. %(count)s things are not in it; the history keeps this report.",
        len(dropped),
    )
    messages.warning(request, text % {"count": len(dropped)})
    for sentence in dropped[:SHOWN]:
        messages.warning(request, _("Not in the article: %(what)s") % {"what": sentence})
