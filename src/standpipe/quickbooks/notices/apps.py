from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "standpipe.quickbooks.notices"
    label = "notices"

    def ready(self) -> None:
        from .sections import register

        register()
