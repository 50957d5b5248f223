#!/bin/sh
# oidc_provider.sh ALGORITHM PORT_FILE
exec node "$(dirname "$0")/oidc_provider.mjs" "$2" "$1"
