"""The Container Registry API on loopback, for demos, tests and trying policies.

A world (YAML: registries, images, scans on a timeline) is read by `load_world` and served by
`Emulator`. What the service's documents leave open are the switches of `Behaviour`.
"""

from scangate.emulator.behaviour import Behaviour
from scangate.emulator.fields import WorldError
from scangate.emulator.messages import (
    Arrival,
    Ending,
    Exchange,
    Faults,
    Raw,
    Reply,
    Request,
)
from scangate.emulator.reader import load_world
from scangate.emulator.refusals import HTTP_STATUS, Code, StatusError
from scangate.emulator.samples import read_sample, sample_names
from scangate.emulator.server import Clock, Emulator
from scangate.emulator.view import StartedScan
from scangate.emulator.world import Access, World

__all__ = [
    "HTTP_STATUS",
    "Access",
    "Arrival",
    "Behaviour",
    "Clock",
    "Code",
    "Emulator",
    "Ending",
    "Exchange",
    "Faults",
    "Raw",
    "Reply",
    "Request",
    "StartedScan",
    "StatusError",
    "World",
    "WorldError",
    "load_world",
    "read_sample",
    "sample_names",
]
