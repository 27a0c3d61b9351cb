from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "standpipe.invoices"
    label = "invoices"
