"""Relative to ``/o/<slug>/``; the names are in ``quickbooks:``."""

from django.urls import path

from . import payment_views as views

_ONE = "payments/<uuid:payment_id>/quickbooks/"

urlpatterns = [
    path(_ONE, views.payment_status, name="payment-status"),
    path(f"{_ONE}already/", views.mark_payment, name="payment-already"),
    path(f"{_ONE}not-there/", views.unmark_payment, name="payment-not-there"),
    path(f"{_ONE}send-open/", views.send_open, name="payment-send-open"),
    path(f"{_ONE}keep-waiting/", views.go_on_waiting, name="payment-keep-waiting"),
    path(f"{_ONE}send-again/", views.send_once_more, name="payment-send-again"),
]
