"""Address of the demo campaign's button.

>>> from django.urls import reverse
>>> reverse("demo-create")
'/demo/'
"""

from django.urls import path

from sessions_app.views.demo import demo_create

urlpatterns = [path("demo/", demo_create, name="demo-create")]
