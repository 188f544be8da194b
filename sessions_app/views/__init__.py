"""What a request is answered with; one file per concept, one view per page with its fragments.

>>> client.get(session.get_absolute_url()).status_code
200
"""
