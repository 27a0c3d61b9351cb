"""Below ``/o/<slug>/``."""

from django.urls import path

from . import views

app_name = "payments"
_ONE = "payments/<uuid:payment_id>/"

urlpatterns = [
    path("payments/", views.index, name="list"),
    path("invoices/<uuid:invoice_id>/payments/record/", views.add, name="record"),
    path(_ONE, views.detail, name="detail"),
    path(f"{_ONE}edit/", views.edit, name="edit"),
    path(f"{_ONE}take-back/", views.take_back, name="take-back"),
    path(f"{_ONE}restore/", views.restore, name="restore"),
]
