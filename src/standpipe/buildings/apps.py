from django.apps import AppConfig


class BuildingsConfig(AppConfig):
    name = "standpipe.buildings"
    label = "buildings"
