"""Below ``/o/<slug>/``."""

from django.urls import path

from . import views

app_name = "contacts"
_ONE = "contacts/<uuid:contact_id>/"
_PLACE = f"{_ONE}places/<int:place_id>/"

urlpatterns = [
    path("contacts/", views.index, name="list"),
    path("contacts/add/", views.add, name="add"),
    path(_ONE, views.detail, name="detail"),
    path(f"{_ONE}edit/", views.edit, name="edit"),
    path(f"{_ONE}archive/", views.archive, name="archive"),
    path(f"{_ONE}restore/", views.restore, name="restore"),
    path(f"{_ONE}places/", views.add_place, name="add-place"),
    path(_PLACE, views.change_roles, name="change-roles"),
    path(f"{_PLACE}remove/", views.remove_place, name="remove-place"),
    path("accounts/<uuid:account_id>/contacts/", views.choose_for_account, name="choose-for-account"),
    path("buildings/<uuid:building_id>/contacts/", views.choose_for_building, name="choose-for-building"),
]
