"""Let staff decide the changes that files and providers propose, a field at a time."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from ..actions import proposals
from ..imports import fields
from ..models import Proposal


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    list_display = ("title", "what", "before_words", "after_words", "origin", "made_at", "state")
    list_filter = ("state", "origin", "field")
    search_fields = ("listing__service__organization__name", "listing__slug")
    list_select_related = ("listing__service__organization",)
    ordering = ("made_at", "pk")
    actions = ("accept_chosen", "refuse_chosen")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show one proposal with its two buttons."""
        return redirect("admin:resources_proposal_decide", object_id)

    def get_urls(self):
        """Put the page of one proposal before the list."""
        own = self.admin_site.admin_view
        return [path("decide/<int:pk>/", own(decide), name="resources_proposal_decide"), *super().get_urls()]

    @admin.display(description=gettext_lazy("listing"), ordering="listing__service__organization__name")
    def title(self, proposal):
        return proposal.listing.title

    @admin.display(description=gettext_lazy("field"), ordering="field")
    def what(self, proposal):
        return label(proposal)

    @admin.display(description=gettext_lazy("as it is"))
    def before_words(self, proposal):
        return ", ".join(fields.words(proposal.field, proposal.before)) or "-"

    @admin.display(description=gettext_lazy("as proposed"))
    def after_words(self, proposal):
        return ", ".join(fields.words(proposal.field, proposal.after)) or "-"

    @admin.action(description=gettext_lazy("Accept: change the listings"), permissions=["change"])
    def accept_chosen(self, request, queryset):
        """Write the chosen values to their listings."""
        count = _each(request, queryset, proposals.accept)
        said = ngettext("%(count)d change was accepted.", "%(count)d changes were accepted.", count)
        messages.success(request, said % {"count": count})

    @admin.action(description=gettext_lazy("Refuse: leave the listings as they are"), permissions=["change"])
    def refuse_chosen(self, request, queryset):
        """Leave the listings as they are."""
        count = _each(request, queryset, proposals.refuse)
        said = ngettext("%(count)d change was refused.", "%(count)d changes were refused.", count)
        messages.success(request, said % {"count": count})


def label(proposal):
    """Return the words for a proposal's field; a provider's fields have words of their own."""
    known = fields.FIELDS.get(proposal.field)
    return str(known.label) if known else proposal.field.replace("_", " ")


def _each(request, queryset, decision):
    """Decide each that is still waiting; return how many."""
    count = 0
    for proposal in queryset.waiting().order_by("pk"):
        try:
            decision(proposal=proposal, by=request.user)
            count += 1
        except proposals.DecidedError as error:
            messages.warning(request, str(error))
    return count


@permission_required("resources.change_proposal", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """Show one proposal beside the listing as it is, and take the decision."""
    proposal = get_object_or_404(Proposal.objects.select_related("listing__service__organization"), pk=pk)
    verbs = {"accept": proposals.accept, "refuse": proposals.refuse}
    verb = verbs.get(request.POST.get("decision"))
    if request.method == "POST" and verb is not None:
        try:
            verb(proposal=proposal, by=request.user)
        except proposals.DecidedError as error:
            messages.error(request, str(error))
        return redirect("admin:resources_proposal_changelist")
    own = {"title": proposal.listing.title, "proposal": proposal, "label": label(proposal)}
    own["before"], own["after"] = (fields.words(proposal.field, each) for each in (proposal.before, proposal.after))
    own["title"] = _("Proposed change: %(name)s") % {"name": proposal.listing.title}
    return render(request, "admin/resources/proposal/decide.html", admin.site.each_context(request) | own)
