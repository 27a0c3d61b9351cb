"""What people type about sending."""

from django import forms

from standpipe.core.limits import LIMITS


class FirstSendForm(forms.Form):
    leave_out_before = forms.DateField(
        label="Leave out invoices dated before …?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="They may be in QuickBooks already, entered by hand. Empty: none is left out.",
        error_messages={"invalid": "Enter a date as 2026-03-01."},
    )


class AlreadyForm(forms.Form):
    number = forms.CharField(
        label="Its number in QuickBooks",
        required=False,
        max_length=LIMITS["number"].length,
        help_text="As it stands in QuickBooks, so that others find it there.",
    )
