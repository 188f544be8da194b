# One image for every process of Scribe; compose.yaml says which command each container runs.
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /scribe
COPY requirements requirements
RUN pip install --no-cache-dir -r requirements/engine.txt \
    && pip install --no-cache-dir --no-deps -r requirements/engine-no-deps.txt
COPY . .
RUN useradd --create-home scribe && mkdir /data && chown scribe /data
USER scribe
ENV SCRIBE_DATA_DIR=/data SCRIBE_HOST=0.0.0.0 MALLOC_ARENA_MAX=2
VOLUME /data
EXPOSE 8000
CMD ["python", "manage.py", "up"]
