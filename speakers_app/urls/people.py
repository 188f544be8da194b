"""Addresses of the people of a campaign and of their voiceprints.

>>> from django.urls import reverse
>>> reverse("speaker-list", args=[campaign.uuid]).replace(str(campaign.uuid), "UUID")
'/campaigns/UUID/speakers/'
"""

from django.urls import URLPattern, path

from speakers_app.views import own_voice, people, voiceprints

urlpatterns: list[URLPattern] = [
    path("campaigns/<uuid:uuid>/speakers/", people.speaker_list, name="speaker-list"),
    path("speakers/<uuid:uuid>/", people.speaker_detail, name="speaker-detail"),
    path("speakers/<uuid:uuid>/edit/", people.speaker_edit, name="speaker-edit"),
    path("speakers/<uuid:uuid>/merge/", people.speaker_merge, name="speaker-merge"),
    path("speakers/<uuid:uuid>/remove/", people.speaker_remove, name="speaker-remove"),
    path("speakers/<uuid:uuid>/forget/", people.speaker_forget, name="speaker-forget"),
    path("speakers/<uuid:uuid>/consent/", people.speaker_consent, name="speaker-consent"),
    path("voiceprints/<uuid:uuid>/delete/", voiceprints.voiceprint_delete, name="voiceprint-delete"),
    path("voiceprints/<uuid:uuid>/audio/", voiceprints.voiceprint_audio, name="voiceprint-audio"),
    path("campaigns/<uuid:uuid>/your-voice/", own_voice.own_voice, name="own-voice"),
    path("campaigns/<uuid:uuid>/your-voice/read/", own_voice.own_voice_read, name="own-voice-read"),
    path("campaigns/<uuid:uuid>/your-voice/progress/", own_voice.own_voice_task, name="own-voice-task"),
]
