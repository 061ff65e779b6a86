"""Django's command line.

pip install -r requirements-django.txt
python manage.py migrate && python manage.py runserver 8000
"""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "django_sample.settings")
execute_from_command_line(sys.argv)
