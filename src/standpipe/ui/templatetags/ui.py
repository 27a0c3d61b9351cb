"""Template tags of the components; loaded everywhere (settings name this module as builtin)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from standpipe.core.addresses import Address
from standpipe.core.money import fine_text, money_text
from standpipe.ui import icons, registry
from standpipe.ui.lists import Listing
from standpipe.ui.times import ago_text, day_text, time_text

register = template.Library()
_NUMBER = mark_safe(' class="number"')


# Links


@register.simple_tag(takes_context=True)
def org_url(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """``{% org_url 'accounts:detail' account.id %}``: the page's address in this organization."""
    slug = context["organization"].slug
    if kwargs:
        return reverse(name, kwargs={"slug": slug, **kwargs})
    return reverse(name, args=[slug, *args])


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[dict[str, Any]]:
    """``{% navigation as entries %}``: title, icon, href and whether the page is below it.

    ``belongs_to`` in the context: the address of the record that the page is about, where its own says otherwise.
    """
    slug, path = context["organization"].slug, context.get("belongs_to") or context["request"].path
    root = f"/o/{slug}/"
    return [
        {
            "title": entry.title,
            "icon": entry.icon,
            "href": reverse(entry.url, args=[slug]),
            "active": path.startswith(root + entry.active_prefix) if entry.active_prefix else path == root,
        }
        for entry in registry.nav_entries()
    ]


# What higher rooms registered


@register.simple_tag(takes_context=True)
def sections(context: Context, page: str, record: Any) -> SafeString:
    """``{% sections "account" account %}``: the registered cards of a page, in order."""
    request = context["request"]
    cards = []
    for section in registry.sections_of(page):
        values = section.context(request, record)
        if values is None:
            continue
        with context.push(section=section, record=record, **values):
            cards.append(_rendered("ui/section.html", context=context))
    return mark_safe("".join(cards))  # noqa: S308  # rendered templates


@register.simple_tag(takes_context=True)
def head_actions(context: Context, page: str, record: Any) -> SafeString:
    """``{% head_actions "invoice" invoice %}``: the registered buttons at the head of a record's page, in order."""
    request = context["request"]
    buttons = []
    for action in registry.head_actions_of(page):
        values = action.context(request, record)
        if values is not None:
            with context.push(record=record, **values):
                buttons.append(_rendered(action.template, context=context))
    return mark_safe("".join(buttons))  # noqa: S308  # rendered templates


@register.simple_tag(takes_context=True)
def page_actions(context: Context, list_name: str) -> SafeString:
    """``{% page_actions "accounts" %}``: the registered buttons of a list that this person may use."""
    can = context.get("can") or {}
    return format_html_join(
        "",
        '<a class="btn btn-outline" href="{}">{}{}</a>',
        (
            (url, icons.icon(action.icon) if action.icon else "", action.label)
            for action in registry.actions_of(list_name)
            if (action.permission is None or can.get(action.permission)) and (url := action.url(context["request"]))
        ),
    )


@register.simple_tag(takes_context=True)
def bulk_actions(context: Context, list_name: str) -> list[dict[str, str]]:
    """``{% bulk_actions "invoices" as bulk %}``: what this person may do with ticked rows; ``[]``: no boxes."""
    can = context.get("can") or {}
    return [
        {"label": action.label, "icon": action.icon, "url": action.url(context["request"])}
        for action in registry.bulk_actions_of(list_name)
        if action.permission is None or can.get(action.permission)
    ]


@register.simple_tag
def column_heads(listing: Listing) -> SafeString:
    """The headings of the registered columns."""
    columns = ((_NUMBER if column.is_number else "", column.title) for column in listing.columns.columns)
    return format_html_join("", '<th scope="col"{}>{}</th>', columns)


@register.simple_tag(takes_context=True)
def cells(context: Context, listing: Listing, record: Any) -> SafeString:
    """The registered columns' cells of one row."""
    rendered = []
    for column, cell in listing.columns.cells_of(record):
        inside = mark_safe("")
        if cell is not None:
            with context.push(cell=cell, record=record):
                inside = _rendered(column.template, context=context)
        rendered.append((_NUMBER if column.is_number else "", column.title, inside))
    return format_html_join("", '<td{} data-label="{}">{}</td>', rendered)


def _rendered(template_name: str, *, context: Context) -> SafeString:
    """Another template, in the context of this one, without asking the context processors again."""
    assert context.template is not None  # noqa: S101  # tags only run while one is rendered
    return context.template.engine.get_template(template_name).render(context)


@register.inclusion_tag("ui/sort_head.html", takes_context=True)
def sort_head(context: Context, listing: Listing, key: str, title: str, css: str = "") -> dict[str, Any]:
    """``{% sort_head listing "name" "Name" %}``: a heading that orders the list and says how it is ordered."""
    is_sorted = listing.sort.removeprefix("-") == key
    is_descending = is_sorted and listing.sort.startswith("-")
    return {
        "request": context["request"],
        "title": title,
        "css": css,
        "direction": "descending" if is_descending else "ascending" if is_sorted else "",
        "next": f"-{key}" if is_sorted and not is_descending else key,
    }


# Addresses


@register.filter
def on_one_line(address: Address) -> SafeString:
    """``{{ building.physical_address|on_one_line }}``; nothing for none."""
    return format_html_join(", ", "<bdi>{}</bdi>", ((line,) for line in address.printed_lines))


# Times


@register.filter
def local_time(value: datetime | None) -> str:
    """``12 March, 14:02`` in the organization's time zone; ``None`` is ``""``."""
    return "" if value is None else time_text(value, now=timezone.now())


@register.filter
def local_day(value: datetime | None) -> str:
    """``12 March`` in the organization's time zone; ``None`` is ``""``."""
    return "" if value is None else day_text(value, now=timezone.now())


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """``3 minutes ago``, with the full time as tooltip; ``None`` is ``""``."""
    if value is None:
        return ""
    now = timezone.now()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        time_text(value, now=now),
        ago_text(value, now=now),
    )


# Numbers


@register.filter
def money(value: Decimal | None, currency: str = "") -> str:
    """``{{ invoice.total|money }}``: 1,234.50; ``|money:organization.currency``: $1,234.50; ``None`` is ``""``."""
    return "" if value is None else money_text(value, currency)


@register.filter
def fine(value: Decimal | None) -> str:
    """A quantity: ``2.5``; ``None`` is ``""``."""
    return "" if value is None else _grouped(fine_text(value))


@register.filter
def price(value: Decimal | None) -> str:
    """A rate: ``80.00``, ``0.33333``; ``None`` is ``""``."""
    return "" if value is None else _grouped(fine_text(value, places=2))


def _grouped(number: str) -> str:
    """As money is shown: ``−1,234.5``."""
    whole, point, rest = number.removeprefix("-").partition(".")
    return f"{'−' * number.startswith('-')}{int(whole):,}{point}{rest}"


# Pictures


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """``{% icon "building" %}``; with a label it is more than decoration."""
    return icons.icon(name, label=label, css=css)


@register.simple_tag
def qb_icon(label: str, origin: str = "imported") -> SafeString:
    """Our own QB tile with an accessible name; ``origin="linked"`` draws it in outline."""
    return icons.icon("qb-linked" if origin == "linked" else "qb", label=label, css="icon-qb")


# Forms


@register.filter
def widget(field: BoundField) -> SafeString:
    """The input of a form field, with the class of its kind."""
    return field.as_widget(attrs={"class": f"{field.field.widget.attrs.get('class', '')} {_css(field)}".strip()})


def _css(field: BoundField) -> str:
    kind = field.field.widget
    if isinstance(kind, CheckboxSelectMultiple | RadioSelect):
        css = "choices"
    elif isinstance(kind, CheckboxInput):
        css = "form-check-input"
    elif isinstance(kind, Select):
        css = "form-select"
    else:
        css = "form-control"
    return f"{css} is-invalid" if field.errors else css


@register.filter
def is_check(field: BoundField) -> bool:
    """One box whose label stands beside it."""
    return isinstance(field.field.widget, CheckboxInput)
