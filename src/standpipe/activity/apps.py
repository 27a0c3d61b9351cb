from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "standpipe.activity"
    label = "activity"

    def ready(self) -> None:
        from standpipe.organizations import trail

        from . import actions, sections

        trail.tell_through(actions.record)
        sections.register()
