# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sealed manifests: the controller opens the key, nobody else does, and a second run changes nothing."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils import _tls_secret
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.conftest import NOON

pytest.importorskip("cryptography")
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BLOCKS = """apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: kafka-tls
  namespace: central
  annotations: {{{}}}
spec:
  encryptedData:  # only the controller reads it
    old: x
  template:
    type: kubernetes.io/tls
    data:
      old: x
"""


def certificate_of(key, *, days=30):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sealed-secrets")])
    start = datetime.fromtimestamp(NOON, UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1)
        .not_valid_before(start - timedelta(days=60))
        .not_valid_after(start + timedelta(days=days))
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture(scope="module")
def controller():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def opened(controller, text, label):
    """Open a sealed text as the controller does."""
    data = base64.b64decode(text, validate=True)
    length = int.from_bytes(data[:2], "big")
    pad = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label.encode())
    key = controller.decrypt(data[2 : 2 + length], pad)
    return AESGCM(key).decrypt(bytes(12), data[2 + length :], None).decode()


def sealed_manifest(certificate, path="sealed.yaml"):
    return {
        "path": path, "holds": "pair", "name": None, "namespace": None, "certificate_key": "tls.crt",
        "private_key_key": "tls.key", "sealing_certificate": certificate,
    }  # fmt: skip


def options(asked, *manifests, **more):
    return {**asked(), "manifests": list(manifests), "private_key_in_git": False, **more}


def spec_of(tree, path="sealed.yaml"):
    return yaml.safe_load(tree.bytes(path))["spec"]


@pytest.mark.parametrize(
    ("annotations", "label"),
    [
        ("", "central/kafka-tls"),
        ('sealedsecrets.bitnami.com/namespace-wide: "true"', "central"),
        ('sealedsecrets.bitnami.com/cluster-wide: "true"', ""),
    ],
)
def test_the_controller_opens_the_key_of_the_certificate(tree, asked, controller, annotations, label):
    tree.add("sealed.yaml", BLOCKS.format(annotations))
    result = tree.run(_tls_secret.execute, options(asked, sealed_manifest(certificate_of(controller))))
    assert result.changed and "PRIVATE KEY" not in tree.bytes("sealed.yaml").decode()
    spec = spec_of(tree)
    key = serialization.load_pem_private_key(opened(controller, spec["encryptedData"]["tls.key"], label).encode(), None)
    certificate = x509.load_pem_x509_certificate(spec["template"]["data"]["tls.crt"].encode())
    assert key.public_key() == certificate.public_key()
    with pytest.raises(ValueError, match="ecrypt"):
        opened(controller, spec["encryptedData"]["tls.key"], "elsewhere/kafka-tls")


def test_the_certificate_alone_goes_to_the_clients(tree, asked, controller):
    tree.add("sealed.yaml", BLOCKS.format(""))
    tree.add("trust.yaml", "kind: Secret\ndata:\n  tls.crt: x\n")
    trust = {**sealed_manifest(None, "trust.yaml"), "holds": "certificate"}
    tree.run(_tls_secret.execute, options(asked, trust, sealed_manifest(certificate_of(controller))))
    assert tree.held("trust.yaml", "tls.crt").strip() == spec_of(tree)["template"]["data"]["tls.crt"].strip()


def test_a_readable_pair_is_sealed_as_it_is(tree, asked, controller):
    tree.add("pair.yaml", "kind: Secret\ndata:\n  tls.crt: x\n")
    pair = sealed_manifest(None, "pair.yaml")
    tree.run(_tls_secret.execute, options(asked, pair, private_key_in_git=True))
    tree.add("sealed.yaml", BLOCKS.format(""))
    both = options(asked, sealed_manifest(certificate_of(controller)), pair, private_key_in_git=True)
    result = tree.run(_tls_secret.execute, both)
    assert result.reasons == ("sealed.yaml: it differs from pair.yaml",)
    sealed = spec_of(tree)["encryptedData"]["tls.key"]
    assert opened(controller, sealed, "central/kafka-tls") == tree.held("pair.yaml", "tls.key")


def test_a_second_cluster_needs_a_new_pair_since_the_key_cannot_be_read_back(tree, asked, controller):
    seal = certificate_of(controller)
    tree.add("sealed.yaml", BLOCKS.format(""))
    tree.run(_tls_secret.execute, options(asked, sealed_manifest(seal)))
    first = spec_of(tree)["template"]["data"]["tls.crt"]
    tree.add("other.yaml", BLOCKS.format("").replace("central", "edge"))
    both = options(asked, sealed_manifest(seal), sealed_manifest(seal, "other.yaml"))
    failure = tree.fails(_tls_secret.execute, {**both, "regenerate": "never"})
    assert (failure.code, "cannot be read back" in failure.msg) == ("refused", True)
    result = tree.run(_tls_secret.execute, both)
    assert result.reasons == ("sealed.yaml: other.yaml needs the private key, which cannot be read back",)
    assert spec_of(tree)["template"]["data"] == spec_of(tree, "other.yaml")["template"]["data"]
    assert spec_of(tree)["template"]["data"]["tls.crt"] != first


def test_a_lost_sealed_key_is_a_reason(tree, asked, controller):
    tree.add("sealed.yaml", BLOCKS.format(""))
    wanted = options(asked, sealed_manifest(certificate_of(controller)))
    tree.run(_tls_secret.execute, wanted)
    lines = tree.bytes("sealed.yaml").decode().splitlines(keepends=True)
    tree.add("sealed.yaml", "".join(line for line in lines if "tls.key" not in line))
    assert tree.run(_tls_secret.execute, wanted).reasons == ("sealed.yaml: the sealed private key is missing",)


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (lambda key: "no PEM", "no PEM certificate"),
        (lambda key: certificate_of(ec.generate_private_key(ec.SECP256R1())), "not RSA"),
        (lambda key: certificate_of(key, days=-1), "expired"),
    ],
    ids=["text", "ecdsa", "expired"],
)
def test_a_seal_that_cannot_be_used_is_named_before_a_write(tree, asked, controller, certificate, words):
    tree.add("sealed.yaml", BLOCKS.format(""))
    before = tree.snapshot()
    failure = tree.fails(_tls_secret.execute, options(asked, sealed_manifest(certificate(controller))))
    assert (failure.code, words in failure.msg) == ("invalid_option", True)
    assert tree.snapshot() == before


def test_a_manifest_without_a_namespace_cannot_be_sealed_strictly(tree, asked, controller):
    tree.add("sealed.yaml", BLOCKS.format("").replace("  namespace: central\n", ""))
    failure = tree.fails(_tls_secret.execute, options(asked, sealed_manifest(certificate_of(controller))))
    assert (failure.code, "metadata.namespace" in failure.msg) == ("invalid_option", True)


def test_a_certificate_is_no_secret(tree, asked, controller):
    tree.add("sealed.yaml", BLOCKS.format(""))
    trust = {**sealed_manifest(certificate_of(controller)), "holds": "certificate"}
    failure = tree.fails(_tls_secret.execute, options(asked, trust))
    assert failure.code == "invalid_option"
