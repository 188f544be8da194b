"""Searching everything that was said in a campaign.

>>> from sessions_app.search.asking import search
>>> len(search(campaign, "goblin").hits) > 0
True
"""
