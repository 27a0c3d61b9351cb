from django.apps import AppConfig


class LinkingConfig(AppConfig):
    name = "standpipe.quickbooks.linking"
    label = "linking"

    def ready(self) -> None:
        from .sections import register

        register()
