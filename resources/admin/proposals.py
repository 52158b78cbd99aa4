"""Let staff decide the changes that files and providers propose, a field at a time."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from ..actions import proposals
from ..actions.changes import COLUMNS
from ..imports import fields
from ..models import Proposal, ServiceAtLocation

OF_A_PROVIDER = {
    "phone": gettext_lazy("Phone"),
    "hours words": gettext_lazy("Hours, in the provider's words"),
    "services words": gettext_lazy("What it offers, in the provider's words"),
}


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

    @admin.display(description=gettext_lazy("as it was"))
    def before_words(self, proposal):
        return ", ".join(_lines(proposal, proposal.before)) or "-"

    @admin.display(description=gettext_lazy("as proposed"))
    def after_words(self, proposal):
        return ", ".join(_lines(proposal, proposal.after)) or "-"

    @admin.action(description=gettext_lazy("Accept: change the listings"), permissions=["change"])
    def accept_chosen(self, request, queryset):
        """Write the chosen values to their listings; what a provider wrote in words has a page of its own."""
        chosen = list(queryset.waiting().order_by("listing", "pk"))
        plain = [proposal for proposal in chosen if not proposals.is_in_words(proposal)]
        errors = [str(error) for error in proposals.accept_all(plain, by=request.user)]
        if len(plain) < len(chosen):
            errors.append(_("What a provider wrote in its own words is decided on its own page."))
        _tell(request, errors)
        count = len(plain) - len(errors) + (len(plain) < len(chosen))
        said = ngettext("%(count)d change was accepted.", "%(count)d changes were accepted.", count)
        messages.success(request, said % {"count": count})

    @admin.action(description=gettext_lazy("Refuse: leave the listings as they are"), permissions=["change"])
    def refuse_chosen(self, request, queryset):
        """Leave the listings as they are."""
        chosen, errors = list(queryset.waiting().order_by("pk")), []
        for proposal in chosen:
            try:
                proposals.refuse(proposal=proposal, by=request.user)
            except proposals.DecidedError as error:
                errors.append(str(error))
        _tell(request, errors)
        count = len(chosen) - len(errors)
        said = ngettext("%(count)d change was refused.", "%(count)d changes were refused.", count)
        messages.success(request, said % {"count": count})


def _tell(request, errors):
    """Say each thing that went wrong once."""
    for error in dict.fromkeys(errors):
        messages.warning(request, error)


def label(proposal):
    """Return the words for a proposal's field; a provider's fields have words of their own."""
    known, name = fields.FIELDS.get(proposal.field), proposal.field
    if known:
        return str(known.label)
    if name in COLUMNS:
        return str(ServiceAtLocation._meta.get_field(name).verbose_name)
    return str(OF_A_PROVIDER.get(name, name))


def _lines(proposal, value):
    """Return a value as lines for a person: no keys of rows, and answers in words."""
    if isinstance(value, dict):
        value = {name: part for name, part in value.items() if name != "pk"}
    elif proposal.field in COLUMNS:
        value = dict(ServiceAtLocation._meta.get_field(proposal.field).flatchoices).get(value, value)
    return fields.words(proposal.field, value)


def _now(proposal):
    """Return what the listing says while the proposal waits, and afterwards what it said."""
    if proposal.state != Proposal.State.WAITING:
        return proposal.before
    return proposals.present(proposal, fields.loaded(ServiceAtLocation.objects).get(pk=proposal.listing_id))


@permission_required("resources.change_proposal", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """Show one proposal beside the listing as it is, and take the decision."""
    proposal = get_object_or_404(Proposal.objects.select_related("listing__service__organization"), pk=pk)
    verbs = {"accept": proposals.accept, "refuse": proposals.refuse}
    verb = verbs.get(request.POST.get("decision"))
    if request.method != "POST" or verb is None:
        return _show(request, proposal)
    try:
        verb(proposal=proposal, by=request.user)
    except proposals.DecidedError as error:
        messages.error(request, str(error))
        return redirect("admin:resources_proposal_decide", pk)
    return redirect("admin:resources_proposal_changelist")


def _show(request, proposal):
    own = {
        "title": _("Proposed change: %(name)s") % {"name": proposal.listing.title},
        "proposal": proposal,
        "label": label(proposal),
        "before": _lines(proposal, _now(proposal)),
        "after": _lines(proposal, proposal.after),
        "is_in_words": proposals.is_in_words(proposal),
        "needs_a_call": proposals.needs_a_call(proposal),
    }
    return render(request, "admin/resources/proposal/decide.html", admin.site.each_context(request) | own)
