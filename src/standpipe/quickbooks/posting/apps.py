from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "standpipe.quickbooks.posting"
    label = "posting"

    def ready(self) -> None:
        from .sections import register

        register()
