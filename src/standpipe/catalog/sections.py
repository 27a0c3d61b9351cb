"""The history on the pages of items, terms and sales taxes."""

from standpipe.activity.sections import add_history
from standpipe.activity.words import add_verbs

_DONE = {"created": "added", "edited": "changed", "archived": "archived", "restored": "brought back"}


def register() -> None:
    for subject, words in (("item", "this item"), ("terms", "these terms"), ("sales_tax", "this sales tax")):
        add_history(subject)
        add_verbs({f"{subject}.{verb}": f"{done} {words}" for verb, done in _DONE.items()})
