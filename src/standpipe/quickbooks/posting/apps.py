from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "standpipe.quickbooks.posting"
    label = "posting"

    def ready(self) -> None:
        from . import payment_sections, repairing, results, sections, setting_sections

        sections.register()
        payment_sections.register()
        setting_sections.register()
        repairing.register()
        results.register()
