"""Let staff bring readers from another list: hand in the file, see what each row would do, then do it."""

from collections import Counter

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.lib import ratelimit
from portal.lib.archives import UnreadableFileError
from portal.lib.ratelimit import DAY

from ..actions import imports
from ..forms import AddressField, limit_key
from ..models import ReaderImport

PAGE = 100
Verdict = imports.Verdict
may_import = permission_required("newsletter.add_readerimport", raise_exception=True)


class UploadForm(forms.Form):
    """The file with the addresses."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy(
            "The first row names the columns: email, language, consent date, proof. A date is written 2026-11-21 or "
            "11/21/2026. The proof says where the consent can be looked up, such as “paper form, health fair, box 3”."
        ),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def clean_file(self):
        """Read the whole table once, so that what is wrong with it is said here."""
        file = self.cleaned_data["file"]
        if file.size > imports.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Divide it."))
        self.content = file.read()
        try:
            imports.read(self.content, AddressField().clean)
        except UnreadableFileError as error:
            raise forms.ValidationError(str(error)) from error
        return file


@admin.register(ReaderImport)
class ReaderImportAdmin(admin.ModelAdmin):
    list_display = ("name", "rows", "done", "created_at", "created_by", "finished_at")
    list_select_related = ("created_by",)
    ordering = ("-created_at", "pk")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """Let a file go that was not brought in; of one that was, the figures stay."""
        return request.user.has_perm("newsletter.add_readerimport") and (obj is None or not obj.is_finished)

    def get_actions(self, request):
        """Offer no deletion of many at once."""
        return {}

    def add_view(self, request, form_url="", extra_context=None):
        """Hand in a file."""
        return upload(request)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show what a file would do, or did."""
        return redirect("admin:newsletter_readerimport_state", object_id)

    def get_urls(self):
        """Put the page of one import before the list."""
        own = self.admin_site.admin_view
        return [
            path("list/<int:pk>/", own(show), name="newsletter_readerimport_state"),
            *super().get_urls(),
        ]


@may_import
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request):
    """Take a file and judge its rows."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, at = form.cleaned_data["file"].name, timezone.now()
        run = imports.receive(content=form.content, name=name, by=request.user, clean=AddressField().clean, at=at)
        return redirect("admin:newsletter_readerimport_state", run.pk)
    status = 422 if form.is_bound else 200
    return _show(request, "upload.html", status, title=_("Bring in a list of readers"), form=form)


@may_import
@require_http_methods(["GET", "HEAD", "POST"])
def show(request, pk):
    """Show what each row would do; do it when the button is pressed."""
    run = get_object_or_404(ReaderImport, pk=pk)
    if request.method == "POST" and not run.is_finished:
        imports.bring_in(run=run, clean=AddressField().clean, may_ask=_may_ask, at=timezone.now())
        messages.success(request, _("The list is brought in. Its addresses are not kept here any longer."))
        return redirect("admin:newsletter_readerimport_state", pk)
    return _show(request, "state.html", title=run.name, run=run, asked=imports.ASKED_AN_HOUR, **_judged(request, run))


def _judged(request, run):
    """Return how many rows have which verdict, and the rows themselves as long as the file is kept."""
    rows = [] if run.is_finished else list(imports.judged(imports.read(bytes(run.content), AddressField().clean)))
    counts = run.counts if run.is_finished else Counter(row.verdict for row in rows)
    which = request.GET.get("which", "")
    shown = [(row, Verdict(row.verdict).label) for row in rows if which in ("", row.verdict)]
    return {
        "which": which,
        "counts": [(each.value, each.label, counts.get(each.value, 0)) for each in Verdict],
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
    }


def _may_ask(email):
    return ratelimit.allowed("newsletter.address", limit_key(email), (1, DAY), (3, 30 * DAY))


def _show(request, template, status=200, **context):
    context = admin.site.each_context(request) | context
    return render(request, f"admin/newsletter/import/{template}", context, status=status)
