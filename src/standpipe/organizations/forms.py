"""What people type about themselves, their organization and its members."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_texts

from .permissions import Role
from .queries import normal_email

# The zones of the countries that QuickBooks Desktop is sold in come first; everything else stays choosable.
_USUAL = (
    ("America/New_York", "Eastern (New York)"),
    ("America/Chicago", "Central (Chicago)"),
    ("America/Denver", "Mountain (Denver)"),
    ("America/Phoenix", "Mountain, no daylight saving (Phoenix)"),
    ("America/Los_Angeles", "Pacific (Los Angeles)"),
    ("America/Anchorage", "Alaska (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Honolulu)"),
    ("America/Puerto_Rico", "Atlantic (Puerto Rico)"),
    ("America/Toronto", "Canada, Eastern (Toronto)"),
    ("America/Vancouver", "Canada, Pacific (Vancouver)"),
)

ROLE_TEXTS: dict[Role, str] = {
    Role.OWNER: "Everything, members included.",
    Role.BOOKKEEPER: "Everything but members: connects QuickBooks, imports, links, sends and changes settings.",
    Role.OFFICE: "Accounts, buildings and contacts; imports, links, sends and records payments.",
    Role.VIEWER: "Sees everything, changes nothing.",
}


def time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    usual = {name for name, _ in _USUAL}
    others = sorted(name for name in available_timezones() if "/" in name and name not in usual)
    return [("Usual", list(_USUAL)), ("All others", [(name, name.replace("_", " ")) for name in others])]


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "E-mail and password do not match.",
        "inactive": "This sign-in is switched off.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # With errors on the page the focus belongs to their summary.
        attrs = {"autocomplete": "username", "autofocus": not self.is_bound}
        self.fields["username"] = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs=attrs))

    def clean_username(self) -> str:
        """One person however the address is typed, so that capitals buy no further guesses before the lockout."""
        return normal_email(self.cleaned_data["username"])


class JoinForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text=" ".join(password_validators_help_texts()),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ProfileForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="Your colleagues see it beside what you did.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class OrganizationForm(forms.Form):
    name = forms.CharField(label="Name", max_length=150)
    time_zone = forms.ChoiceField(
        label="Time zone", choices=time_zone_choices, help_text="Dates and times are shown, and days counted, in it."
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label="Role",
        choices=[(role.value, f"{role.label}: {ROLE_TEXTS[role]}") for role in Role],
        widget=forms.RadioSelect,
    )


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label="Role", choices=[(role.value, role.label) for role in Role])


class TokenForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="What it is for, so that you know later which one to revoke.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
