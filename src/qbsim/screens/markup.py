"""HTML as a tree: text and attributes are escaped by lxml, never by hand."""

from lxml import etree

Element = etree._Element  # noqa: SLF001 -- lxml's own name for an element
Child = Element | str | None


def h(tag: str, *children: Child, **attributes: str | bool | None) -> Element:
    """Build an element: `h("a", "Elm School", href="/")`. `class_` and `for_` lose their underscore.

    An attribute that is True stands without a value; one that is False or None is left out.
    """
    element = etree.Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            element.set(name.rstrip("_").replace("_", "-"), name if value is True else value)
    for child in children:
        if isinstance(child, str):
            _append_text(element, child)
        elif child is not None:
            element.append(child)
    return element


def document(root: Element) -> bytes:
    return etree.tostring(root, method="html", encoding="utf-8", doctype="<!DOCTYPE html>")


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
