#!/bin/sh
# What a user would write with curl and jq to gate an image on its counts.
# usage: with_curl.sh URL REPOSITORY TAG CA
set -eu
url=$1 repository=$2 tag=$3 authority=$4

ask() {
    curl --silent --show-error --fail --max-time 30 --cacert "$authority" \
        --header "Authorization: Bearer $YC_IAM_TOKEN" \
        --get "$url/container-registry/v1/$1" --data-urlencode "$2" --data pageSize=1000
}

image=$(ask images "repositoryName=$repository" |
    jq --raw-output --arg tag "$tag" 'first(.images[] | select(.tags | index($tag))).id')
ask scans "imageId=$image" |
    jq --exit-status '[.scanResults[] | select(.status == "READY")] | max_by(.scannedAt).vulnerabilities
        | (.critical // "0" | tonumber) == 0 and (.high // "0" | tonumber) <= 5' >/dev/null
