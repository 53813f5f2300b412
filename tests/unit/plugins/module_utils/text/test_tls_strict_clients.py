# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict clients accept the certificates: Python with strict flags, OpenSSL, Java and Go, each by its own rules."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_decision import Wanted
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_maker import Made, make
from ansible_collections.manuela.event_streaming.plugins.module_utils._tls_secret_names import common_name
from ansible_collections.manuela.event_streaming.tests.unit.plugins.module_utils.text.tls_makes import meet

pytestmark = pytest.mark.slow

HOST = "bootstrap.apps.lab.example"
LONG = ".".join(["DNS:*", "a" * 60, "b" * 60])  # fits into no common name
NAMES = {
    "wildcard": ("DNS:*.apps.lab.example",),
    "long": (LONG, f"DNS:{HOST}"),
    "address": ("IP:127.0.0.1", f"DNS:{HOST}"),
}
JAVA = """
import java.io.*; import java.security.KeyStore; import java.security.cert.*; import javax.net.ssl.*;
public class Verify { public static void main(String[] names) throws Exception { for (String name : names) {
  X509Certificate own;
  try (InputStream file = new FileInputStream(name)) {
    own = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file); }
  KeyStore store = KeyStore.getInstance("PKCS12"); store.load(null, null); store.setCertificateEntry("own", own);
  TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX"); factory.init(store);
  SSLContext context = SSLContext.getInstance("TLS"); context.init(null, factory.getTrustManagers(), null);
  SSLEngine engine = context.createSSLEngine("HOST", 443); SSLParameters asked = engine.getSSLParameters();
  asked.setEndpointIdentificationAlgorithm("HTTPS"); engine.setSSLParameters(asked);
  X509ExtendedTrustManager manager = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  manager.checkServerTrusted(new X509Certificate[] {own}, own.getPublicKey().getAlgorithm(), (SSLEngine) null);
  boolean found = false;
  for (java.util.List<?> one : own.getSubjectAlternativeNames()) found |= "HOST".endsWith(
    one.get(1).toString().replace("*", ""));
  if (!found) throw new CertificateException("no name"); } System.out.println("accepted"); } }
""".replace("HOST", HOST)
GO = """package main
import ("crypto/x509"; "encoding/pem"; "fmt"; "os")
func main() { for _, name := range os.Args[1:] {
  text, _ := os.ReadFile(name); block, _ := pem.Decode(text); own, err := x509.ParseCertificate(block.Bytes)
  if err != nil { panic(err) }
  roots := x509.NewCertPool(); roots.AddCert(own)
  if _, err = own.Verify(x509.VerifyOptions{Roots: roots, DNSName: "HOST"}); err != nil { panic(err) } }
  fmt.Println("accepted") }
""".replace("HOST", HOST)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Write one certificate of each kind, with its key beside it."""
    directory = tmp_path_factory.mktemp("certificates")
    made = {}
    for key_type, size in (("RSA", 2048), ("ECDSA", 256), ("ECDSA", 384)):
        for label, names in NAMES.items():
            one = make(Wanted(common_name("", names), names, (), key_type, size), time.time())
            made[f"{key_type}-{size}-{label}"] = _written(directory / f"{key_type}-{size}-{label}", one)
    return made


def _written(path: Path, made: Made) -> tuple[Path, Path]:
    certificate, key = path.with_suffix(".crt"), path.with_suffix(".key")
    certificate.write_text(made.certificate)
    key.write_text(made.private_key)
    return certificate, key


def test_python_accepts_it_with_strict_flags(files):
    for certificate, key in files.values():
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
        client = ssl.create_default_context(cafile=str(certificate))
        client.verify_flags |= ssl.VERIFY_X509_STRICT
        meet(client, server, HOST)


def test_python_refuses_another_name(files):
    certificate, key = files["RSA-2048-wildcard"]
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    with pytest.raises(ssl.SSLCertVerificationError, match="match"):
        meet(ssl.create_default_context(cafile=str(certificate)), server, "other.example")


@pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")
def test_openssl_accepts_it_strictly_and_refuses_another_name(files):
    for certificate, _key in files.values():
        assert _openssl(certificate, HOST).returncode == 0
        assert _openssl(certificate, "other.example").returncode != 0


def _openssl(certificate: Path, host: str) -> subprocess.CompletedProcess[bytes]:
    strict = ["-x509_strict", "-purpose", "sslserver", "-verify_hostname", host]
    command = ["openssl", "verify", *strict, "-CAfile", str(certificate), str(certificate)]
    return subprocess.run(command, capture_output=True, timeout=30, check=False)


@pytest.mark.skipif(not shutil.which("java"), reason="no Java is installed")
def test_java_accepts_it(files, tmp_path):
    _accepted(["java", str(_program(tmp_path / "Verify.java", JAVA))], files)


@pytest.mark.skipif(not shutil.which("go"), reason="no Go is installed")
def test_go_accepts_it(files, tmp_path):
    _accepted(["go", "run", str(_program(tmp_path / "verify.go", GO))], files)


def _program(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _accepted(command: list[str], files: dict[str, tuple[Path, Path]]) -> None:
    names = [str(certificate) for certificate, _key in files.values()]
    done = subprocess.run([*command, *names], capture_output=True, text=True, timeout=110, check=False)
    assert done.stdout == "accepted\n", done.stderr
