from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "standpipe.quickbooks.matching"
    label = "matching"

    def ready(self) -> None:
        from .sections import register

        register()
