"""Below ``/o/<slug>/``."""

from django.urls import path

from . import views

app_name = "invoices"
_ONE = "invoices/<uuid:invoice_id>/"

urlpatterns = [
    path("invoices/", views.index, name="list"),
    path("invoices/add/", views.add, name="add"),
    path("invoices/check-number/", views.check_number, name="check-number"),
    path("invoices/numbers/", views.numbers, name="numbers"),
    path(_ONE, views.detail, name="detail"),
    path(f"{_ONE}edit/", views.edit, name="edit"),
    path(f"{_ONE}copy/", views.copy, name="copy"),
    path(f"{_ONE}print/", views.print_view, name="print"),
    path(f"{_ONE}archive/", views.archive, name="archive"),
    path(f"{_ONE}restore/", views.restore, name="restore"),
]
