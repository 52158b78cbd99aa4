"""Let staff name places as people here do, and see what people look for in vain."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..actions.unmet import in_vain
from ..geo import fold
from ..models import PlaceName, UnmetTerm


class PlaceNameForm(forms.ModelForm):
    class Meta:
        model = PlaceName
        fields = ["name", "place", "is_starter"]

    def clean_name(self):
        name = self.cleaned_data["name"]
        if PlaceName.objects.filter(key=fold(name)).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This name is in the list already."), code="taken")
        return name


@admin.register(PlaceName)
class PlaceNameAdmin(admin.ModelAdmin):
    form = PlaceNameForm
    list_display = ("name", "place", "is_starter")
    list_filter = ("is_starter",)
    search_fields = ("name", "place__zip", "place__city")
    ordering = ("name", "pk")
    autocomplete_fields = ("place",)
    list_select_related = ("place",)

    def save_model(self, request, obj, form, change):
        """Keep the name also as search compares it."""
        obj.key = fold(obj.name)
        super().save_model(request, obj, form, change)


@admin.register(UnmetTerm)
class UnmetTermAdmin(admin.ModelAdmin):
    """What people look for in vain: words that at least five searches of the last 30 days had."""

    list_display = ("term", "language", "searches")
    list_filter = ("language",)
    ordering = ("term", "pk")
    list_display_links = None

    def get_queryset(self, request):
        """Keep what enough people typed."""
        return in_vain(timezone.localdate())

    @admin.display(description=_("searches in 30 days"), ordering="searches")
    def searches(self, row):
        return row.searches

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
