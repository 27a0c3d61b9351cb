from django.apps import AppConfig


class DriftConfig(AppConfig):
    name = "standpipe.quickbooks.drift"
    label = "drift"

    def ready(self) -> None:
        from .sections import register

        register()
