# One image for api and worker; docker-compose.yml says which of the two a container is.
FROM python:3.11-slim

RUN useradd --create-home --uid 10001 tertius && install --directory --mode 0700 --owner tertius /data
WORKDIR /tertius

COPY pyproject.toml hatch_build.py requirements.lock README.md LICENSE NOTICE ./
COPY schemas schemas
COPY solver solver
COPY app app
RUN pip install --no-cache-dir --constraint requirements.lock .

USER tertius
ENV PYTHONUNBUFFERED=1 TERTIUS_DATA=/data NUMBA_CACHE_DIR=/home/tertius/.cache/numba
RUN python -m solver.warm
EXPOSE 8000
ENTRYPOINT ["tertius"]
CMD ["serve", "--host", "0.0.0.0"]
