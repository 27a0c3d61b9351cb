from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "standpipe.activity"
    label = "activity"
