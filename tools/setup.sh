#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing of the packages in tools/packages.txt. Usage: setup.sh GROUP...
set -eu
groups=$*
list=$(dirname "$0")/packages.txt

if ! command -v dpkg-query >/dev/null; then
  echo "setup: no Debian system; taking for granted that the equivalents of $list are installed." >&2
  exit 0
fi

wanted=$(awk -v groups=" $groups " '!/^#/ && NF == 2 && index(groups, " " $1 " ") { print $2 }' "$list")
# shellcheck disable=SC2086
installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' || true)
missing=
for package in $wanted; do
  if ! printf '%s\n' "$installed" | grep -qxF "$package"; then missing="$missing $package"; fi
done
if [ -z "$missing" ]; then exit 0; fi

install="apt-get install --yes --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
  become=
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
  become=sudo
else
  echo "setup: these packages are missing and only root can install them. Run, as root:" >&2
  echo "  apt-get update && $install" >&2
  exit 1
fi
echo "setup: installing$missing" >&2
$become apt-get update
# shellcheck disable=SC2086
$become env DEBIAN_FRONTEND=noninteractive $install
