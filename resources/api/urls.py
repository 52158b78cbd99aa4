"""Give the API its addresses; they stand outside the languages."""

from .views import api

app_name = "hsds"
urlpatterns = api.urls[0]
