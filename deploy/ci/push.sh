set -eu
# The command towpath: on the PATH of the runner, or from an address of yours, by its checksum.
if ! command -v towpath >/dev/null; then
  bin=$(mktemp -d)
  curl --fail --silent --show-error --location --proto =https --output "$bin/towpath" \
    "${TOWPATH_CLI_URL:?is not set, and the command towpath is not on the PATH}"
  sum=${TOWPATH_CLI_SHA256:?is not set: the checksum of the command towpath}
  printf '%s  %s\n' "$sum" "$bin/towpath" | sha256sum -c -
  chmod +x "$bin/towpath"
  PATH=$bin:$PATH
fi
docker build --tag app .
# The command reads commit, branch and run from the variables of the CI; no shell puts them together.
pushed=$(docker save app | towpath push - --to "$TOWPATH_INTEGRATION${TOWPATH_BUCKET:+/$TOWPATH_BUCKET}")
printf '%s\n' "$pushed"
digest=$(printf '%s\n' "$pushed" | sed -n 's/^digest  *//p')
# A job that is trusted without a secret only pushes. What comes after it takes a token with Report and View.
TOWPATH_TOKEN=${TOWPATH_REPORT_TOKEN:-${TOWPATH_TOKEN:-}}
export TOWPATH_TOKEN
if [ -n "${TOWPATH_CHECK:-}" ]; then
  towpath check "$TOWPATH_INTEGRATION" "$digest" "$TOWPATH_CHECK" success
fi
if [ -n "${TOWPATH_WAIT_FOR:-}" ]; then
  towpath wait "$TOWPATH_INTEGRATION/$TOWPATH_WAIT_FOR" --digest "$digest" --timeout "${TOWPATH_WAIT_TIME:-30m}"
fi
