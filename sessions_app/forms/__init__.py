"""What people fill in; one file per concept.

>>> from sessions_app.forms.campaigns import CampaignForm
>>> CampaignForm({"name": "The Sunken Keep", "language": "nl"}).is_valid()
True
"""
