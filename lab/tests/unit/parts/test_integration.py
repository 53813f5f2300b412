# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both generations of Integration resources are understood, and what cannot run is named."""

from __future__ import annotations

import json

import pytest

from manuela_lab.parts.integration import NotRunnable, Reference, application_properties, read

SETTINGS = Reference("configmap", "kafka-to-s3-config")
KEYS = Reference("secret", "s3-secret")
JAVA = {"name": "Kafka2S3Route.java", "content": "public class Kafka2S3Route {}"}
OLD = {
    "configuration": [
        {"type": "configmap", "value": "kafka-to-s3-config"},
        {"type": "secret", "value": "s3-secret"},
        {"type": "property", "value": "camel.main.name=writer"},
    ],
    "sources": [JAVA],
}
NEW = {
    "traits": {"mount": {"configs": ["configmap:kafka-to-s3-config", "secret:s3-secret/application.properties"]}},
    "flows": [{"route": {"from": {"uri": "kafka:t", "steps": [{"to": "log:out"}]}}}],
}


def test_java_of_the_public_repository_runs_on_the_camel_of_its_time():
    integration = read(OLD)
    assert integration.runtime == "camel3"
    assert integration.configuration == (SETTINGS, KEYS)
    assert [source.name for source in integration.sources] == ["Kafka2S3Route.java"]


def test_flows_run_on_todays_camel_as_the_resource_has_them():
    integration = read(NEW)
    assert integration.runtime == "camel"
    assert json.loads(integration.sources[0].content) == NEW["flows"]
    assert integration.configuration == (SETTINGS, Reference("secret", "s3-secret", "application.properties"))


@pytest.mark.parametrize(("asked", "runtime"), [("4.17.0", "camel"), ("3.8.0", "camel3"), ("1.17.0", "camel3")])
def test_a_trait_decides_which_camel_runs_java(asked, runtime):
    assert read({"sources": [JAVA], "traits": {"camel": {"runtimeVersion": asked}}}).runtime == runtime


def test_properties_keep_the_order_of_the_resource_so_that_later_ones_win():
    data = {
        SETTINGS: {"application.properties": "s3.region=one\ns3.bucket.name=lake\n"},
        KEYS: {"application.properties": "  s3.accessKey: key\n", "s3.region": "two\n"},
    }
    lines = application_properties(read(OLD), data).split("\n")
    assert lines.index("s3.region=one") < lines.index("s3.region=two")
    assert "  s3.accessKey: key" in lines
    assert "camel.main.name=writer" in lines


def test_a_plain_value_survives_line_breaks_and_backslashes():
    text = application_properties(read(OLD), {SETTINGS: {"pattern": "a\\b\nc\n"}, KEYS: {}})
    assert "pattern=a\\\\b\\nc\n" in text


def test_every_missing_object_is_named_at_once():
    with pytest.raises(NotRunnable, match="configmap kafka-to-s3-config, secret s3-secret"):
        application_properties(read(OLD), {SETTINGS: None, KEYS: None})


def test_a_missing_key_is_named():
    with pytest.raises(NotRunnable, match=r"s3-secret has no key application\.properties"):
        application_properties(
            read(NEW), {SETTINGS: {}, Reference("secret", "s3-secret", "application.properties"): {}}
        )


@pytest.mark.parametrize("spec", [{}, {"sources": []}, {"sources": [{"name": "Route.java"}]}])
def test_nothing_to_run_is_said(spec):
    with pytest.raises(NotRunnable, match="neither"):
        read(spec)


@pytest.mark.parametrize("name", ["route.groovy", "../Route.java", ""])
def test_a_source_that_no_loader_takes_is_refused(name):
    with pytest.raises(NotRunnable, match="neither Java nor YAML"):
        read({"sources": [{"name": name, "content": "x"}]})
