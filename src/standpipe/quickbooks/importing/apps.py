from django.apps import AppConfig


class ImportingConfig(AppConfig):
    name = "standpipe.quickbooks.importing"
    label = "importing"

    def ready(self) -> None:
        from .sections import register

        register()
