"""How a recording comes in: resumable uploads by the tus protocol, and what becomes of a file once it is whole.

>>> from sessions_app.uploads.receiving import create_upload
>>> create_upload(session, owner, "gate.m4a", 2_000).percent
0
"""
