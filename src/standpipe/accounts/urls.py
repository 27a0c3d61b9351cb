"""Below ``/o/<slug>/``."""

from django.urls import path

from . import views

app_name = "accounts"
_ONE = "accounts/<uuid:account_id>/"

urlpatterns = [
    path("accounts/", views.index, name="list"),
    path("accounts/add/", views.add, name="add"),
    path(_ONE, views.detail, name="detail"),
    path(f"{_ONE}edit/", views.edit, name="edit"),
    path(f"{_ONE}archive/", views.archive, name="archive"),
    path(f"{_ONE}restore/", views.restore, name="restore"),
]
