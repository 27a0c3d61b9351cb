from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "standpipe.quickbooks.items"
    label = "items"

    def ready(self) -> None:
        from .sections import register

        register()
