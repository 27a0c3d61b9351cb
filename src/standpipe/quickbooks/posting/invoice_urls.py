"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import invoice_views as views

_ONE = "invoices/<uuid:invoice_id>/quickbooks/"

urlpatterns = [
    path(_ONE, views.invoice_status, name="invoice-status"),
    path(f"{_ONE}send/", views.send, name="send-invoice"),
    path(f"{_ONE}take-back/", views.take_back_one, name="take-back-invoice"),
    path(f"{_ONE}release/", views.release_one, name="release-invoice"),
    path(f"{_ONE}customer/", views.choose, name="choose-customer"),
    path(f"{_ONE}already/", views.mark_one, name="mark-already"),
    path(f"{_ONE}not-there/", views.unmark_one, name="unmark-already"),
    path("invoices/quickbooks/send/", views.send_many, name="send-invoices"),
    path("invoices/quickbooks/already/", views.mark_several, name="mark-invoices"),
]
