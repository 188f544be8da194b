"""Campaigns, parties, sessions, recordings, runs and transcripts.

>>> from sessions_app.models import Campaign
>>> Campaign.objects.visible_to(owner).get() == campaign
True
"""
