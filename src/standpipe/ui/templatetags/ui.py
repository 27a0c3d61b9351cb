"""Template tags of the components; loaded everywhere."""

from django import template

register = template.Library()
