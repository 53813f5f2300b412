# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several tests of the operator start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_cluster import MemoryCluster

from manuela_lab.operator.resources import Resource
from manuela_lab.operator.settings import Settings


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        dc="central",
        subnet="127.9.8",
        state=tmp_path,
        cache=tmp_path / "cache",
        kubeconfig=tmp_path / "kubeconfig",
        context="central",
        pki=tmp_path / "pki",
        kubelet=("127.9.8.41", 10250),
        domains={"factory": "apps.factory.lab.example", "central": "apps.central.lab.example"},
        route=("127.9.8.21", 8443),
        mqtt=("127.9.8.3", 1883),
    )


@pytest.fixture
def kafka() -> Resource:
    listeners = [
        {"name": "plain", "port": 9092, "type": "internal", "tls": False},
        {
            "name": "external",
            "port": 9094,
            "type": "route",
            "tls": True,
            "configuration": {
                "bootstrap": {"host": "bootstrap.apps.central.lab.example"},
                "brokerCertChainAndKey": {"secretName": "pair", "certificate": "tls.crt", "key": "tls.key"},
            },
        },
    ]
    return {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "Kafka",
        "metadata": {
            "name": "kafka-cluster",
            "namespace": "lake",
            "uid": "b7a1c9a0-5d3e-4b52-9d6a-0d7f5f1f2a11",
            "generation": 3,
            "annotations": {"strimzi.io/node-pools": "enabled"},
        },
        "spec": {
            "kafka": {
                "version": "4.3.1",
                "listeners": listeners,
                "config": {"min.insync.replicas": 2, "auto.create.topics.enable": False},
            },
            "entityOperator": {"topicOperator": {}},
        },
    }


@pytest.fixture
def pool() -> Resource:
    return {
        "apiVersion": "kafka.strimzi.io/v1beta2",
        "kind": "KafkaNodePool",
        "metadata": {"name": "kafka", "namespace": "lake", "labels": {"strimzi.io/cluster": "kafka-cluster"}},
        "spec": {"replicas": 3, "roles": ["controller", "broker"]},
    }
