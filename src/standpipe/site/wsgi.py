"""What granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standpipe.site.settings")
application = get_wsgi_application()

# What is loaded now stays; what a page of customers makes is freed by its reference counts. Looking for cycles among
# all that, every 700 objects, would cost a tenth of a refresh.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
