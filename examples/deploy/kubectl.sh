#!/bin/sh
# Apply a manifest by the digests that were judged, or apply nothing.
#   kubectl kustomize overlays/production | ./kubectl.sh -p production.yaml
# Options are those of scangate check. The manifest goes through a file, not a pipe, so that
# kubectl is not even started unless the gate passes.
set -eu

pinned=$(mktemp)
trap 'rm -f "$pinned"' EXIT

scangate check -f - --pin "$@" > "$pinned"
kubectl apply -f "$pinned"
