# syntax=docker/dockerfile:1
# The agent and the cloud side as images of one static binary each: no shell, no package manager, no root.
#
#   docker build -t gssa .                          the agent
#   docker build -t gsscloud --target gsscloud .    the cloud side
#
# Both builders run on the machine that builds, whatever it builds for: nothing is emulated.

FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci
COPY web/ ./
RUN npm run build

FROM --platform=$BUILDPLATFORM rust:1.95-slim-bookworm AS build
# zig is the C compiler and linker for every target; ring has a little C and assembler.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3-pip=23.* \
 && pip install --no-cache-dir --break-system-packages ziglang==0.17.1 cargo-zigbuild==0.24.1 \
 && rm -rf /var/lib/apt/lists/*
ARG TARGETARCH TARGETVARIANT
WORKDIR /src
RUN case "$TARGETARCH$TARGETVARIANT" in \
      amd64) target=x86_64-unknown-linux-musl ;; \
      arm64*) target=aarch64-unknown-linux-musl ;; \
      armv7) target=armv7-unknown-linux-musleabihf ;; \
      *) echo "no build for $TARGETARCH$TARGETVARIANT" >&2; exit 1 ;; \
    esac \
 && echo "$target" > /target \
 && rustup target add "$target"
COPY . .
COPY --from=web /src/web/dist web/dist
ARG GSSA_COMMIT
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    target=$(cat /target) \
 && GSSA_WEB=skip cargo zigbuild --locked --release --target "$target" -p gssa -p gsscloud \
 && mkdir -p /out/config /out/logs /out/data \
 && cp "target/$target/release/gssa" "target/$target/release/gsscloud" LICENSE-MIT LICENSE-APACHE web/NOTICES.md /out/

FROM scratch AS gsscloud
LABEL org.opencontainers.image.title="gsscloud" \
      org.opencontainers.image.description="The cloud side of GSSA: receives what agents send, keeps it, shows it." \
      org.opencontainers.image.source="https://github.com/mmfpsolutions/gssa" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/gsscloud /out/LICENSE-MIT /out/LICENSE-APACHE /out/NOTICES.md /
COPY --from=build --chown=10001:10001 /out/config /config
COPY --from=build --chown=10001:10001 /out/logs /logs
COPY --from=build --chown=10001:10001 /out/data /data
USER 10001:10001
ENV GSSCLOUD_SERVER__LISTEN=0.0.0.0:3020
VOLUME ["/config", "/logs", "/data"]
EXPOSE 3020
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/gsscloud", "healthcheck"]
ENTRYPOINT ["/gsscloud"]
CMD ["serve"]

FROM scratch AS gssa
LABEL org.opencontainers.image.title="gssa" \
      org.opencontainers.image.description="GSSA, the GoSlimStratum Agent: watches mining devices, pools and servers of a private network." \
      org.opencontainers.image.source="https://github.com/mmfpsolutions/gssa" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/gssa /out/LICENSE-MIT /out/LICENSE-APACHE /out/NOTICES.md /
COPY --from=build --chown=10001:10001 /out/config /config
COPY --from=build --chown=10001:10001 /out/logs /logs
USER 10001:10001
# Reachable from outside of the container; until a password is set the page asks for the code that the log shows.
ENV GSSA_SERVER__LISTEN=0.0.0.0:3010
VOLUME ["/config", "/logs"]
EXPOSE 3010
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/gssa", "healthcheck"]
ENTRYPOINT ["/gssa"]
CMD ["run"]
