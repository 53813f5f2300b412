# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One operator process: view, kubelet and controllers put together, and run until a signal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from typing import Sequence

import kopf

from manuela_lab.link import Link
from manuela_lab.operator import cluster_api, log_server, resync, watching
from manuela_lab.operator.addresses import Addresses
from manuela_lab.operator.artemis import ArtemisController
from manuela_lab.operator.broker_config import REPLICATION_PORT
from manuela_lab.operator.broker_image import BrokerImage
from manuela_lab.operator.camel_image import CamelImage
from manuela_lab.operator.cluster_api import ApiError, ClusterApi
from manuela_lab.operator.hosts import Hosts
from manuela_lab.operator.images import Images
from manuela_lab.operator.integration_platforms import PlatformController
from manuela_lab.operator.integrations import IntegrationController
from manuela_lab.operator.kafka import KafkaController
from manuela_lab.operator.kafka_image import KafkaImage
from manuela_lab.operator.kafka_spec import KafkaSpec
from manuela_lab.operator.kubelet import Kubelet
from manuela_lab.operator.mirror_maker import MirrorMakerController
from manuela_lab.operator.network_policies import NetworkPolicyController
from manuela_lab.operator.olm import SubscriptionController
from manuela_lab.operator.projects import ProjectController
from manuela_lab.operator.reconciler import Controller, Reconciler
from manuela_lab.operator.resources import Key, Resource
from manuela_lab.operator.routes import RouteController
from manuela_lab.operator.settings import ADDRESS_OWN_BROKER, Settings
from manuela_lab.operator.topics import TopicController
from manuela_lab.operator.view import View

log = logging.getLogger("lab.operator")

HOSTS_PAUSE = 0.05
FOREIGN_PAUSE = 2.0
NAMED_KINDS = frozenset({"Service", "Pod", "Route"})


class Operator:
    """All parts of one cluster's operator."""

    def __init__(self, settings: Settings, api: ClusterApi) -> None:
        self._settings = settings
        self._api = api
        self.view = View()
        self.hosts = Hosts(settings, self.view)
        kafka = KafkaImage(settings.cache, settings.home / "kafka-image")
        self._camel = CamelImage(settings.cache)
        images = Images(kafka.program, self._camel.program, BrokerImage(settings.labnet).program)
        self.kubelet = Kubelet(settings, api, self.view, images, self.hosts.file)
        self._reconcilers = [Reconciler(controller) for controller in self._controllers()]
        self._names_changed = asyncio.Event()

    def _controllers(self) -> Sequence[Controller]:
        settings, api, view = self._settings, self._api, self.view
        addresses = Addresses(settings)

        def inside(kafka: KafkaSpec) -> str:
            where = Key(kafka.namespace, kafka.name)
            return f"{addresses.of(where, kafka.external is not None)}:{REPLICATION_PORT}"

        return [
            KafkaController(settings, api, view, addresses),
            TopicController(api, view, inside),
            MirrorMakerController(api, view, self.hosts),
            PlatformController(api, view),
            IntegrationController(api, view, self._camel, settings.home / "kits"),
            self._artemis(),
            RouteController(api, view, settings.domains[settings.dc]),
            SubscriptionController(api, view),
            NetworkPolicyController(view, Link(*settings.link), settings.dc, settings.route[0]),
            *([ProjectController(api, view)] if settings.openshift else []),
        ]

    def _artemis(self) -> ArtemisController:
        """The lab's MQTT broker is the factory's."""
        settings = self._settings
        address = settings.mqtt[0] if settings.first else settings.address(ADDRESS_OWN_BROKER)
        return ArtemisController(self._api, self.view, address, settings.domains[settings.dc], own=not settings.first)

    def observe(self, resource: Resource, gone: bool) -> None:
        """Take in one watch event."""
        self.view.store(resource, gone)
        if resource["kind"] in NAMED_KINDS:
            self._names_changed.set()
        self.kubelet.observe(resource, gone)
        for reconciler in self._reconcilers:
            reconciler.observe(resource)

    async def keep_names(self) -> None:
        """Write the hosts files after a change here, and after one in another cluster."""
        stamp = self.hosts.foreign_stamp()
        while True:
            try:
                await asyncio.wait_for(self._names_changed.wait(), FOREIGN_PAUSE)
            except TimeoutError:
                if stamp == self.hosts.foreign_stamp():
                    continue
            stamp = self.hosts.foreign_stamp()
            await asyncio.sleep(HOSTS_PAUSE)
            self._names_changed.clear()
            self.hosts.refresh()

    async def keep_in_step(self) -> None:
        """Find what vanished while a watch was broken."""
        await resync.keep_in_step(self._api, self.view, lambda resource: self.observe(resource, gone=True))

    async def close(self) -> None:
        """Stop the controllers, then the processes."""
        await asyncio.gather(*(reconciler.close() for reconciler in self._reconcilers))
        await self.kubelet.close()
        await self._api.close()


async def wait_for_api(api: ClusterApi) -> None:
    """Return once the API server says that it is ready."""
    while True:
        try:
            await api.request("GET", "/readyz")
            return
        except ApiError:
            await asyncio.sleep(0.2)


async def run(settings: Settings) -> None:
    """Run the operator of one cluster until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    os.environ["KUBECONFIG"] = str(settings.kubeconfig)
    api = ClusterApi(*cluster_api.connection(settings.kubeconfig, settings.context))
    operator = Operator(settings, api)
    try:
        await wait_for_api(api)
        await resync.fill(api, operator.view, {"v1": watching.CORE, **watching.GROUPS})
        await operator.kubelet.register()
        log.info("operator of %s: node %s registered", settings.dc, settings.node)
        await _serve(settings, operator, stop)
    finally:
        await operator.close()


async def _serve(settings: Settings, operator: Operator, stop: asyncio.Event) -> None:
    watches = kopf.operator(
        registry=watching.registry(operator.observe), settings=watching.settings(), clusterwide=True, stop_flag=stop
    )
    tasks = [
        asyncio.create_task(watches, name="watches"),
        asyncio.create_task(log_server.serve(operator.kubelet, *settings.kubelet, settings.pki, stop), name="logs"),
        asyncio.create_task(operator.keep_names(), name="names"),
        asyncio.create_task(operator.keep_in_step(), name="resync"),
        asyncio.create_task(stop.wait(), name="stop"),
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    for task in pending:  # nothing is lost: what was not seen is listed again at the next start
        task.cancel()
    await asyncio.wait(pending, timeout=1)
    for task in done:
        task.result()
