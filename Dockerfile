# The image that runs the gate: no pip, no user but an ordinary one, nothing written outside of the
# working folder, so that it runs with a read-only root as well. The command is on PATH and there is
# no entry point, since jobs of GitLab CI start a shell of their own. The command needs none:
#   docker run --rm --read-only IMAGE scangate check …
ARG PYTHON=docker.io/library/python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

FROM ${PYTHON} AS build
COPY action/requirements-cloud-registry.txt /build/requirements.txt
RUN python -m venv --without-pip /opt/scangate \
 && python -m pip --python /opt/scangate/bin/python install --no-cache-dir --no-input \
    --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
    --requirement /build/requirements.txt
# As the wheel has them, without a build tool: no lock holds those to a hash
COPY scangate /opt/scangate/lib/python3.13/site-packages/scangate
COPY policies /opt/scangate/lib/python3.13/site-packages/scangate/policies
RUN printf '%s\n' '#!/opt/scangate/bin/python -P' 'from scangate.cli import entry' 'entry()' \
    > /opt/scangate/bin/scangate \
 && chmod 755 /opt/scangate/bin/scangate \
 && /opt/scangate/bin/python -m compileall -q /opt/scangate \
 && /opt/scangate/bin/scangate --version

FROM ${PYTHON}
# git reads policies of another revision (-p git:REF:PATH). The folder of a GitLab job belongs to
# another user than the job's, which git refuses without being told
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory '*' \
 && python -m pip uninstall --yes --disable-pip-version-check --root-user-action ignore pip
COPY --from=build /opt/scangate /opt/scangate
ENV PATH=/opt/scangate/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /workspace
CMD ["scangate", "--help"]
