# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strimzi's own certificate authority of a Kafka: it signs what listeners without a pair of their own present."""

from __future__ import annotations

import base64
import datetime
from typing import Mapping

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from manuela_lab.operator import resources, strimzi_pods
from manuela_lab.operator.kafka_spec import KafkaSpec
from manuela_lab.operator.resources import Resource

VALID = datetime.timedelta(days=365)


def secrets(kafka: Resource, spec: KafkaSpec) -> list[Resource]:
    """Return new Secrets with an authority and the broker's certificate from it."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("cluster-ca v0")
    authority = _certificate(authority_name, authority_name, authority_key, authority_key, ())
    broker_key = ec.generate_private_key(ec.SECP256R1())
    broker = _certificate(_name(f"{spec.name}-kafka"), authority_name, broker_key, authority_key, _names(spec))
    return [
        _secret(kafka, f"{spec.name}-cluster-ca", {"ca.key": _key_text(authority_key)}),
        _secret(kafka, ca_secret(spec), {"ca.crt": _text(authority)}),
        _secret(
            kafka,
            strimzi_pods.own_certificate(spec.name),
            {f"{spec.pod}.crt": _text(broker), f"{spec.pod}.key": _key_text(broker_key)},
        ),
    ]


def ca_secret(spec: KafkaSpec) -> str:
    """Return the name of the Secret from which clients take the authority's certificate."""
    return f"{spec.name}-cluster-ca-cert"


def _names(spec: KafkaSpec) -> tuple[str, ...]:
    services = (spec.bootstrap_service, f"{spec.name}-kafka-brokers", f"{spec.pod}.{spec.name}-kafka-brokers")
    endings = ("", f".{spec.namespace}", f".{spec.namespace}.svc", f".{spec.namespace}.svc.cluster.local")
    hosts = [host for one in spec.listeners for host in (one.bootstrap_host, one.broker_host) if host]
    return (*(service + ending for service in services for ending in endings), *hosts)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "io.strimzi"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + VALID)
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in dict.fromkeys(names)])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _text(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_text(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _secret(kafka: Resource, name: str, data: Mapping[str, bytes]) -> Resource:
    where = resources.key(kafka)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": name,
            "namespace": where.namespace,
            "labels": strimzi_pods.labels(kafka, f"{where.name}-kafka", "kafka"),
            "ownerReferences": resources.owned_by(kafka),
        },
        "data": {key: base64.b64encode(value).decode() for key, value in data.items()},
    }
