from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "standpipe.payments"
    label = "payments"
