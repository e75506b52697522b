# The scan job that is usually pasted into a pipeline, in its deciding lines: find the image by its
# tag, scan it, add up two severities. (It also prints the list of vulnerabilities, which is left
# out here.) It is run as GitLab runs a job: bash -eo pipefail.

export IMAGE_ID=$(yc container image list --registry-id "$REGISTRY_ID" --format json | jq -r --arg tag "$TAG" '.[] | select(.tags[0] == $tag) | .id')
export RESULT=$(yc container image scan $IMAGE_ID --format json)
export CRITICAL=$(echo "$RESULT" | jq -r '.vulnerabilities.critical // 0')
export HIGH=$(echo "$RESULT" | jq -r '.vulnerabilities.high // 0')
(( SUM = $CRITICAL + $HIGH )) && (( SUM >= 1 )) && echo "$CRITICAL critical and $HIGH high" && exit 1 || echo "no high or critical vulnerabilities"
