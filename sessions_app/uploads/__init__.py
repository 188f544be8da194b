"""How a recording comes in: resumable uploads by the tus protocol, and what becomes of a file once it is whole."""
