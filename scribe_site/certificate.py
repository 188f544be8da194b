"""A certificate that this machine gives itself, so that phones in the house may use their microphones.

Browsers give the microphone only to pages behind HTTPS. Nobody vouches for this certificate: each device warns once.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=397)
"""The longest that browsers accept."""
RENEW_BEFORE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where the certificate and its private key lie, both as PEM."""

    certificate: Path
    key: Path

    @classmethod
    def in_folder(cls, folder: Path) -> CertificateFiles:
        """Returns the two files in ``folder``, be they there or not."""
        return cls(folder / "certificate.pem", folder / "key.pem")


def certify(files: CertificateFiles, names: Sequence[str]) -> None:
    """Makes a certificate for ``names`` unless the one that is there serves; devices shall have to trust it only once.

    Args:
        files: their folder is made if absent.
        names: host names and addresses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = CertificateFiles.in_folder(Path(folder))
    ...     certify(files, ["scribe.local", "192.168.1.20"])
    ...     made = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    >>> made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    ['scribe.local']
    """
    if not _serves(files, names):
        files.key.parent.mkdir(parents=True, exist_ok=True)
        _make(files, names)


def _serves(files: CertificateFiles, names: Sequence[str]) -> bool:
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        serialization.load_pem_private_key(files.key.read_bytes(), password=None)
    except (OSError, ValueError):
        return False
    covered = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    wanted = set(map(_alternative, names))
    return wanted <= set(covered) and found.not_valid_after_utc - datetime.now(UTC) > RENEW_BEFORE


def _make(files: CertificateFiles, names: Sequence[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Scribe on this machine")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFETIME - timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(list(dict.fromkeys(map(_alternative, names)))), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    _write(files.key, key.private_bytes(encoding, form, serialization.NoEncryption()))
    _write(files.certificate, certificate.public_bytes(encoding))


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
