"""What a user would write with the official SDK's stubs to gate an image on its counts.

usage: with_sdk.py HOST:PORT REPOSITORY TAG CA
"""

import os
import pathlib
import sys

import grpc
from yandex.cloud.containerregistry.v1.image_service_pb2 import ListImagesRequest
from yandex.cloud.containerregistry.v1.image_service_pb2_grpc import ImageServiceStub
from yandex.cloud.containerregistry.v1.scanner_pb2 import ScanResult
from yandex.cloud.containerregistry.v1.scanner_service_pb2 import ListScanResultsRequest
from yandex.cloud.containerregistry.v1.scanner_service_pb2_grpc import ScannerServiceStub

address, repository, tag, authority = sys.argv[1:]
trusted = grpc.ssl_channel_credentials(pathlib.Path(authority).read_bytes())
token = grpc.access_token_call_credentials(os.environ["YC_IAM_TOKEN"])
channel = grpc.secure_channel(address, grpc.composite_channel_credentials(trusted, token))

wanted = ListImagesRequest(repository_name=repository, page_size=1000)
images = ImageServiceStub(channel).List(wanted, timeout=30).images
image = next(each for each in images if tag in each.tags)
of_image = ListScanResultsRequest(image_id=image.id, page_size=1000)
scans = ScannerServiceStub(channel).List(of_image, timeout=30).scan_results
ready = max(
    (scan for scan in scans if scan.status == ScanResult.READY),
    key=lambda scan: (scan.scanned_at.seconds, scan.scanned_at.nanos),
)
sys.exit(ready.vulnerabilities.critical > 0 or ready.vulnerabilities.high > 5)
