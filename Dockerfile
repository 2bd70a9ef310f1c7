# syntax=docker/dockerfile:1
# The base by digest (3.12.14-slim-trixie), uv by hash, every package by the hashes of uv.lock.
FROM python:3.12-slim@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea AS build
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /app
COPY docker/uv.txt ./
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: -r uv.txt
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --extra all --no-install-project
RUN uv export --quiet --frozen --no-dev --extra all --format cyclonedx1.5 --output-file sbom.cdx.json
COPY bot bot
COPY commands commands
COPY permissions permissions
COPY backends backends
COPY journal journal
COPY model model
COPY examples examples
RUN uv sync --frozen --no-dev --extra all
# The example goes where a wheel has it, so that no start takes it for the catalog.
RUN mv examples/catalog bot/example_catalog && rmdir examples

FROM python:3.12-slim@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea
# pg_dump and psql, for /backup and /restore of a PostgreSQL; they serve servers of their version and older.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin muster \
    && install -d -o muster -g muster -m 700 /data
WORKDIR /app
COPY --from=build /app /app
# Only /data and /tmp are written, so the root may be read-only. There is no catalog here: MUSTER_CATALOG names yours.
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp/matplotlib \
    MUSTER_HOST=0.0.0.0 MUSTER_PORT=3000 MUSTER_DATA_DIR=/data
USER 10001
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3001/healthz', timeout=2)"]
ENTRYPOINT ["muster"]
CMD ["run"]
