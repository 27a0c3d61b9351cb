"""What people type about a connection."""

from django import forms

from .actions import LONGEST_INTERVAL, NAME_LENGTH


class AddConnectionForm(forms.Form):
    name = forms.CharField(
        max_length=NAME_LENGTH,
        help_text="Only seen in Standpipe. With several company files it tells them apart.",
    )


class SettingsForm(forms.Form):
    name = forms.CharField(
        max_length=NAME_LENGTH,
        help_text="Only seen in Standpipe. The QWC file and the row in the Web Connector stay as they are.",
    )
    poll_minutes = forms.IntegerField(
        label="Web Connector runs every … minutes",
        min_value=1,
        max_value=LONGEST_INTERVAL,
        help_text="As it stands beside Auto-Run in the Web Connector. It says when the next contact is expected.",
    )
