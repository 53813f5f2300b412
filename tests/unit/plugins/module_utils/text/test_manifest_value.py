# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting values of manifests, on real files."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import yaml
from ansible_collections.manuela.event_streaming.plugins.module_utils._errors import Failure
from ansible_collections.manuela.event_streaming.plugins.module_utils._manifest_value import execute

FILE = "m.yaml"
TWO = b"""# two documents
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: a}
data:
  application.properties: |

    # the broker
    kafka.broker.uri=old:9092
    s3.bucket.name = manuela\x20\x20\x20

  count: "10"   # in quotes
  tls.crt: x
---
kind: Kafka
metadata:
  name: cluster
spec:
  replicas: 1
  listeners:
    - name: plain
      port: 9092
    - name: external
      host: 'old.example.com'
  empty:
  flow: {a: 1, b: [x, y]}
  anchored: &here {k: v}
  again: *here
  tagged: !!str 5
"""
SECRET = b"kind: Secret\nmetadata:\n  name: s3\ndata:\n  application.properties: %s\n"


def one(*key_path: str, value: Any = None, **more: Any) -> dict[str, Any]:
    item = {
        "path": FILE,
        "kind": None,
        "name": None,
        "namespace": None,
        "key_path": list(key_path),
        "property": None,
        "encoding": "plain",
        "value": value,
        "secret_value": None,
        "missing": "error",
    }
    return {**item, **more}


def kafka(*key_path: str, value: Any, **more: Any) -> dict[str, Any]:
    return one(*key_path, value=value, kind="Kafka", **more)


def config(*key_path: str, value: Any, **more: Any) -> dict[str, Any]:
    return one(*key_path, value=value, kind="ConfigMap", name="settings", namespace="a", **more)


@pytest.mark.parametrize(
    ("item", "old", "new"),
    [
        (kafka("spec", "replicas", value=3), b"replicas: 1", b"replicas: 3"),
        (kafka("spec", "replicas", value="3"), b"replicas: 1", b"replicas: 3"),
        (kafka("spec", "listeners", "name=external", "host", value="n'ew"), b"'old.example.com'", b"'n''ew'"),
        (kafka("spec", "listeners", "0", "port", value=9093), b"port: 9092", b"port: 9093"),
        (kafka("spec", "listeners", "0", "name", value="on"), b"name: plain", b'name: "on"'),
        (kafka("spec", "flow", "b", "1", value="z, z"), b"[x, y]", b'[x, "z, z"]'),
        (kafka("spec", "flow", "b", "1", value="z"), b"[x, y]", b"[x, z]"),
        (kafka("spec", "empty", value="text"), b"empty:\n", b"empty: text\n"),
        (kafka("spec", "replicas", value="null"), b"replicas: 1", b'replicas: "null"'),
        (kafka("spec", "replicas", value="~"), b"replicas: 1", b'replicas: "~"'),
        (kafka("spec", "listeners", "name=external", "host", value="a\u2028b"), b"'old.example.com'", rb'"a\u2028b"'),
        (kafka("spec", "empty", value=True), b"empty:\n", b"empty: true\n"),
        (kafka("spec", "empty", value="true"), b"empty:\n", b'empty: "true"\n'),
        (config("data", "count", value=11), b'"10"   #', b'"11"   #'),
        (config("data", "tls.crt", value="z"), b"tls.crt: x", b"tls.crt: z"),
        (config("data", "new", value="1", missing="add"), b"tls.crt: x\n", b'tls.crt: x\n  new: "1"\n'),
        (kafka("spec", "empty", "new", value=1, missing="add"), b"empty:\n", b"empty:\n    new: 1\n"),
        (
            config("data", "application.properties", property="kafka.broker.uri", value="new:9092"),
            b"uri=old:9092",
            b"uri=new:9092",
        ),
        (
            config("data", "application.properties", property="s3.bucket.name", value="b"),
            b"name = manuela   \n",
            b"name = b\n",
        ),
        (
            config("data", "application.properties", property="s3.key", value="a=b", missing="add"),
            b"= manuela   \n",
            b"= manuela   \n    s3.key = a=b\n",
        ),
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_one_value_changes_and_no_other_byte(tree, item, old, new, ending):
    content = TWO.replace(b"\n", ending)
    tree.add(FILE, content)
    done = tree.run(execute, {"values": [item]})
    assert done.changed
    assert tree.bytes(FILE) == content.replace(old.replace(b"\n", ending), new.replace(b"\n", ending), 1)


def test_values_of_a_secret_are_shown_by_fingerprint(tree):
    old = base64.b64encode(b"  s3.accessKey: abc\n  s3.secretKey: opensesame\n").decode()
    tree.add(FILE, SECRET % old.encode())
    place = {"property": "s3.secretKey", "encoding": "base64"}
    done = tree.run(execute, {"values": [one("data", "application.properties", secret_value="x" * 90, **place)]})
    encoded = tree.bytes(FILE).split(b"properties: ")[1]
    assert base64.b64decode(encoded, validate=False) == b"  s3.accessKey: abc\n  s3.secretKey: " + b"x" * 90 + b"\n"
    assert encoded.count(b"\n") == 1
    shown = json.dumps([done.state, done.before, done.after, done.reasons])
    assert "opensesame" not in shown and "xxx" not in shown and "sha256:" in shown


def test_a_secret_value_is_hidden_in_any_kind(tree):
    tree.add(FILE, TWO)
    done = tree.run(execute, {"values": [config("data", "tls.crt", value=None, secret_value="opensesame")]})
    assert "opensesame" not in json.dumps([done.state, done.before, done.after])


def test_a_key_is_added_to_an_embedded_text_in_base64(tree):
    tree.add(FILE, SECRET % base64.b64encode(b"a=1").decode().encode())
    item = one("data", "application.properties", value="2", property="b", encoding="base64", missing="add")
    tree.run(execute, {"values": [item]})
    assert base64.b64decode(tree.bytes(FILE).split(b"properties: ")[1]) == b"a=1\nb=2"


def test_a_wrapped_base64_of_the_same_value_is_left_alone(tree):
    tree.add(FILE, b'kind: Secret\ndata:\n  k: "YWJj\n    ZGVm"\n')
    assert not tree.run(execute, {"values": [one("data", "k", value="abcdef", encoding="base64")]}).changed


def test_what_is_not_base64_can_be_replaced(tree):
    tree.add(FILE, b"kind: Secret\ndata:\n  k: <fill in>\n")
    tree.run(execute, {"values": [one("data", "k", value="abc", encoding="base64")]})
    assert tree.bytes(FILE) == b"kind: Secret\ndata:\n  k: YWJj\n"


def test_many_values_of_one_file_in_one_task(tree):
    tree.add(FILE, TWO)
    items = [
        kafka("spec", "replicas", value=3),
        config("data", "count", value="12"),
        config("data", "tls.crt", value="z"),
    ]
    done = tree.run(execute, {"values": items})
    assert [item["after"] for item in done.state["settings"]] == ["3", "12", "z"]
    assert done.before.splitlines()[0] == f"{FILE}: spec.replicas: 1"


@pytest.mark.parametrize(
    ("item", "code", "said"),
    [
        (one("data", value="x"), "conflict", "line 2 ConfigMap settings, line 15 Kafka cluster"),
        (one("data", value="x", kind="Pod"), "not_found", "holds no Pod"),
        (kafka("spec", "nothing", value="x"), "not_found", "there is replicas, listeners"),
        (kafka("spec", "replicas", "deeper", value="x"), "not_found", "a single value stands there"),
        (kafka("spec", "listeners", "name=tls", "port", value="x"), "not_found", "the list has plain, external"),
        (kafka("spec", "listeners", "7", value="x"), "not_found", "2 items and no number 7"),
        (kafka("spec", "listeners", "2", value="x"), "not_found", "2 items and no number 2"),
        (kafka("spec", "listeners", "external", value="x"), "invalid_option", "FIELD=VALUE"),
        (kafka("spec", "listeners", value="x"), "refused", "holds a sequence"),
        (kafka("spec", "anchored", "k", value="x"), "refused", "an anchor (&here)"),
        (kafka("spec", "again", value="x"), "refused", "an alias (*here)"),
        (kafka("spec", "again", "k", value="x"), "refused", "an alias (*here)"),
        (kafka("spec", "tagged", value="x"), "refused", "a tag"),
        (kafka("spec", "flow", "c", value="x", missing="add"), "refused", "{braces}"),
        (kafka("spec", "no", "way", value="x", missing="add"), "not_found", "there is no 'no'"),
        (kafka("*", value="x"), "invalid_option", "must hold keys"),
        (config("data", "application.properties", value="x", property=""), "invalid_option", "property for data.app"),
        (kafka("spec", value={"a": 1}), "invalid_option", "one text, number or truth value"),
        (config("data", "application.properties", value="x", property="no"), "not_found", "it has kafka.broker.uri"),
        (config("data", "application.properties", value=""), "refused", "as a block (|)"),
        (kafka("spec", "listeners", "name=plain", "name", value="x"), "refused", "what the value is found by"),
        (kafka("kind", value="x"), "refused", "what the value is found by"),
        (one("data", value="x", path="no.yaml"), "not_found", "no.yaml"),
    ],
)
def test_bad_input_is_named_and_nothing_is_lost(tree, item, code, said):
    tree.add(FILE, TWO)
    before = tree.snapshot()
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), "values": [item]}, False, None)
    assert caught.value.code == code
    assert said in caught.value.msg
    assert tree.snapshot() == before


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"a: 1\na: 2\n", "conflict", "'a' twice, on lines 1 and 2"),
        (b"a: |\n", "refused", "an empty block"),
        (b"? [1]\n: 2\n...\n", "not_found", "there is no 'a'"),
        (b"a: [\n", "corrupt_input", "m.yaml is not YAML: line 2, column 1: "),
        (b"a: \x01\n", "corrupt_input", "not allowed"),
        (b"", "not_found", "it holds nothing"),
        (b"%s1" % (b"- " * 300), "corrupt_input", "deeper than"),
    ],
)
def test_a_file_that_cannot_be_edited_is_named(tree, content, code, said):
    tree.add(FILE, content)
    with pytest.raises(Failure) as caught:
        execute({"work_tree": str(tree.root), "values": [one("a", value="x")]}, False, None)
    assert (caught.value.code, said in caught.value.msg) == (code, True)


def test_a_property_that_stands_twice_or_goes_over_lines_is_refused(tree):
    tree.add(FILE, b"kind: C\ndata:\n  p: |\n    a=1\n    a=2\n    b=1\\\n      2\n")
    for name, code, said in (("a", "conflict", "lines 1 and 2"), ("b", "refused", "over 2 lines")):
        with pytest.raises(Failure) as caught:
            execute({"work_tree": str(tree.root), "values": [one("data", "p", value="x", property=name)]}, False, None)
        assert (caught.value.code, said in caught.value.msg) == (code, True)


def test_contradicting_items_are_refused(tree):
    tree.add(FILE, TWO)
    items = [kafka("spec", "replicas", value=2), kafka("spec", "replicas", value=3)]
    with pytest.raises(Failure, match="contradict each other"):
        execute({"work_tree": str(tree.root), "values": items}, False, None)
    assert tree.bytes(FILE) == TWO


@pytest.mark.parametrize(
    ("content", "value", "after"),
    [
        (b"a: >\n  long\n  text\n\nb: 1\n", "short\n", b"a: >\n  short\n\nb: 1\n"),
        (b"a: >-  # why | how\n  long\n  text\n# b\nb: 1\n", "short", b"a: >-  # why | how\n  short\n# b\nb: 1\n"),
        (b"a: >-\r\n    long\r\n", "x\ny\n\nz", b"a: >-\r\n    x\r\n\r\n    y\r\n\r\n\r\n    z\r\n"),
        (b"a: >2\n    indented\n  text\n", "short\n", b"a: >2\n  short\n"),
        (b"a: |  # x|y\n  t\nb: 1\n", "n", b"a: |-  # x|y\n  n\nb: 1\n"),
    ],
)
def test_a_folded_block_gets_another_value_and_stays_one(tree, content, value, after):
    tree.add(FILE, content)
    tree.run(execute, {"values": [one("a", value=value)]})
    assert tree.bytes(FILE) == after
    assert yaml.safe_load(after)["a"] == value


def test_a_property_in_a_folded_block_is_refused_and_one_in_folded_base64_is_not(tree):
    tree.add(FILE, b"kind: C\ndata:\n  a: >\n    k=1\n\n    l=2\n  b: >-\n    az0x\n    Cmw9Mgo=\n")
    place = {"value": "3", "property": "k"}
    assert tree.fails(execute, {"values": [one("data", "a", **place)]}).code == "refused"
    tree.run(execute, {"values": [one("data", "b", encoding="base64", **place)]})
    assert base64.b64decode(yaml.safe_load(tree.bytes(FILE))["data"]["b"]) == b"k=3\nl=2\n"


TWINS = b"items:\n- {name: a=b, port: 1}\n- {name: twin, port: 2}\n- {name: twin, port: 3}\n"


def test_items_of_one_name_are_told_by_their_lines_and_a_name_may_hold_the_sign_itself(tree):
    tree.add(FILE, TWINS)
    with pytest.raises(Failure, match="several items have name=twin, on lines 3, 4. Give the number") as caught:
        execute({"work_tree": str(tree.root), "values": [one("items", "name=twin", "port", value=9)]}, False, None)
    assert caught.value.code == "conflict"
    assert tree.run(execute, {"values": [one("items", "name=a=b", "port", value=9)]}).changed
    assert tree.bytes(FILE) == TWINS.replace(b"port: 1", b"port: 9")


def test_documents_that_fit_alike_are_told_by_their_lines(tree):
    tree.add(FILE, b"- a list\n---\n" + TWO)
    with pytest.raises(Failure, match="holds 3 documents that fit one document") as caught:
        execute({"work_tree": str(tree.root), "values": [one("data", value="x")]}, False, None)
    assert caught.value.details == {"path": FILE, "lines": [1, 4, 17]}
    assert "line 1 something without kind, line 4 ConfigMap settings" in caught.value.msg
    assert tree.run(execute, {"values": [config("data", "count", value=11)]}).changed


def test_a_value_of_a_secret_is_hidden_also_when_it_is_given_in_clear(tree):
    tree.add(FILE, b"kind: Secret\nmetadata: {name: s}\nstringData:\n  key: opensesame\n")
    done = tree.run(execute, {"values": [one("stringData", "key", value="abracadabra")]})
    shown = json.dumps([done.state, done.before, done.after, done.reasons])
    assert "opensesame" not in shown and "abracadabra" not in shown and "sha256:" in shown
