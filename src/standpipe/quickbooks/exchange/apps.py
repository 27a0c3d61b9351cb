from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "standpipe.quickbooks.exchange"
    label = "exchange"
