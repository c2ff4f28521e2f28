"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crp.settings")

application = get_wsgi_application()

# gunicorn loads this before it forks. What is there now stays: the collector need not walk it again and again,
# nor so often, for the many short-lived objects of a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
