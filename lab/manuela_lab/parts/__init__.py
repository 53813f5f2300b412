# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the data plane as other code starts them: jars, command lines, the image's tools, S3 and the sensors.

Nothing here starts a long-lived process; whoever plays kubelet or supervisor does, with the command lines made here.

``jars.jar_set("kafka" | "camel" | "camel3", cache)``   downloaded once, kept in the cache
``class_data.make(cache)``             archives that let every JVM start faster; optional
``java.Program(...).command()``                         a Java command line with the lab's small footprint
``kafka_image.lay_out(root, jar_set)``                  bin/kafka-*.sh, so that real pods' command lines work there
``integration.read(spec)``, ``camel.prepare(...)``      an Integration resource → a command line
``seaweed.Store(...).command()``, ``.configuration()``  the S3 store
``python -m manuela_lab.parts.sensor``                  one machine's sensors, from the demo's environment variables
"""
