from django.apps import AppConfig


class PostingConfig(AppConfig):
    name = "standpipe.quickbooks.posting"
    label = "posting"

    def ready(self) -> None:
        from . import home_steps, payment_sections, repairing, results, sections, setting_sections

        sections.register()
        payment_sections.register()
        setting_sections.register()
        home_steps.register()
        repairing.register()
        results.register()
