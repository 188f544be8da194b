"""The certificate that a machine gives itself: who accepts it, and when another one is made."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest

from scribe_site.certificate import CertificateFiles, certify

NAMES = ["localhost", "192.168.1.20", "table.local"]


@pytest.fixture
def files(tmp_path) -> CertificateFiles:
    return CertificateFiles.in_folder(tmp_path / "tls")


def shake_hands(files: CertificateFiles, name: str) -> None:
    """A client that trusts the certificate connects to ``name``."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    here, there = socket.socketpair()

    def answer() -> None:
        try:
            server.wrap_socket(there, server_side=True).close()
        except ssl.SSLError:
            there.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        trusting = ssl.create_default_context(cafile=str(files.certificate))
        trusting.wrap_socket(here, server_hostname=name).close()
    finally:
        here.close()
        thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_answered_for(files, name):
    certify(files, NAMES)
    shake_hands(files, name)


def test_another_name_is_not(files):
    certify(files, NAMES)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files, "elsewhere.example")


def test_the_key_is_for_its_owner_alone(files):
    certify(files, NAMES)
    assert files.key.stat().st_mode & 0o077 == 0


def test_a_certificate_that_serves_is_kept(files):
    certify(files, NAMES)
    before = files.certificate.read_bytes()
    certify(files, NAMES[:2])
    assert files.certificate.read_bytes() == before


def test_a_new_address_needs_a_new_one(files):
    certify(files, NAMES)
    certify(files, [*NAMES, "192.168.1.21"])
    shake_hands(files, "192.168.1.21")


def test_one_that_ends_soon_is_renewed(files, monkeypatch):
    from scribe_site import certificate

    monkeypatch.setattr(certificate, "LIFETIME", certificate.RENEW_BEFORE)
    certify(files, NAMES)
    monkeypatch.undo()
    before = files.certificate.read_bytes()
    certify(files, NAMES)
    assert files.certificate.read_bytes() != before


@pytest.mark.parametrize("damaged", ["certificate", "key"])
def test_a_damaged_file_is_replaced(files, damaged):
    certify(files, NAMES)
    getattr(files, damaged).write_text("nonsense")
    certify(files, NAMES)
    shake_hands(files, "localhost")
