# An exchange that a team shares: docs/shared-exchange.md says how it is run.
#
#   docker build -t countermand .
#   docker run -d --name exchange -p 8100-8105:8100-8105 -v exchange:/data countermand
#
# The base is named by its version. A build for others pins its digest too:
#   docker build --build-arg PYTHON_IMAGE=python:3.11.14-slim-bookworm@sha256:... .
ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm

# What is installed is what the lock names, wheels by their hashes, as `make serve` installs it.
FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
COPY requirements.lock ./
RUN python -m venv /opt/countermand
RUN /opt/countermand/bin/python -m pip install --no-deps --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/countermand/bin/python -m pip install --no-build-isolation --no-deps .

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="countermand" \
      org.opencontainers.image.source="https://github.com/countermand/countermand" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 countermand \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin countermand \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/countermand /opt/countermand
COPY container/start container/healthy.py /opt/countermand/container/
ENV PATH=/opt/countermand/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COUNTERMAND_DATA=/data \
    COUNTERMAND_CONTROL_TOKEN_FILE=/data/exchange/control-token
# By number, so that a cluster that refuses root can see that it is none.
USER 10001:10001
VOLUME /data
WORKDIR /data
EXPOSE 8100 8101 8102 8103 8104 8105
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "/opt/countermand/container/healthy.py"]
ENTRYPOINT ["/opt/countermand/container/start"]
