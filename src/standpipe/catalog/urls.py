"""Below ``/o/<slug>/``. Three nouns with the same pages: ``items/``, ``items/terms/``, ``items/sales-taxes/``."""

from django.urls import URLPattern, path

from . import views

app_name = "catalog"


def _pages(root: str, *, kind: str) -> list[URLPattern]:
    noun, one, which = views.KINDS[kind], f"{root}<uuid:record_id>/", {"kind": kind}
    return [
        path(root, views.index, which, name=noun.list_name),
        path(f"{root}add/", views.add, which, name=f"add-{noun.pages}"),
        path(one, views.detail, which, name=noun.pages),
        path(f"{one}edit/", views.edit, which, name=f"edit-{noun.pages}"),
        path(f"{one}archive/", views.archive, which, name=f"archive-{noun.pages}"),
        path(f"{one}restore/", views.restore, which, name=f"restore-{noun.pages}"),
    ]


urlpatterns = [
    *_pages("items/terms/", kind="terms"),
    *_pages("items/sales-taxes/", kind="sales-tax"),
    *_pages("items/", kind="item"),
]
