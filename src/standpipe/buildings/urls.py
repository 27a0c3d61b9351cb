"""Below ``/o/<slug>/``."""

from django.urls import path

from . import views

app_name = "buildings"
_ONE = "buildings/<uuid:building_id>/"

urlpatterns = [
    path("buildings/", views.index, name="list"),
    path("buildings/add/", views.add, name="add"),
    path(_ONE, views.detail, name="detail"),
    path(f"{_ONE}edit/", views.edit, name="edit"),
    path(f"{_ONE}archive/", views.archive, name="archive"),
    path(f"{_ONE}restore/", views.restore, name="restore"),
    path(f"{_ONE}account/", views.change_account, name="change-account"),
    path(f"{_ONE}detach/", views.detach, name="detach"),
    path("accounts/<uuid:account_id>/buildings/", views.add_to_account, name="add-to-account"),
]
