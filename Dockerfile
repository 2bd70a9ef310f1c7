# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN pip install --no-cache-dir "uv>=0.7"
WORKDIR /app
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project
COPY bot bot
COPY commands commands
COPY permissions permissions
COPY backends backends
COPY journal journal
COPY model model
COPY playground playground
COPY examples examples
RUN uv sync --frozen --no-dev

FROM python:3.12-slim
# pg_dump and psql, for /backup and /restore of a PostgreSQL; they serve servers of their version and older.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin muster \
    && install -d -o muster -g muster -m 700 /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MUSTER_HOST=0.0.0.0 MUSTER_PORT=3000 MUSTER_DATA_DIR=/data MUSTER_CATALOG=/app/examples/catalog
USER 10001
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:3000/healthz', timeout=2)"]
ENTRYPOINT ["muster"]
CMD ["run"]
