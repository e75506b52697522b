#!/bin/sh
# TeamCity: a "Command Line" step that runs this file. Untested: there was no TeamCity to run it on.
# Parameters of the build: env.IMAGE, and env.YC_SERVICE_ACCOUNT_KEY_FILE, where a key is on the agent.
code=0
scangate check --require-digest --output table --output junit=scangate.xml -- "$IMAGE" || code=$?
[ ! -f scangate.xml ] || echo "##teamcity[importData type='junit' path='scangate.xml']"
exit "$code"
