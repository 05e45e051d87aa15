#!/bin/sh
# Installs convex-peer from this checkout: ./install.sh [--from-source] [--prefix DIR]
# Needs Node.js with npm, or Bun. Leaves PREFIX/bin/convex-peer (default prefix: ~/.local, /usr/local
# for root). Nothing is replaced before the new binary has answered.
set -eu

die() { printf 'install.sh: %s\n' "$1" >&2; exit 1; }
usage() { sed -n '2,4s/^# //p' "$0"; }

if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || die '--prefix needs a folder'; prefix=$2; shift 2 ;;
    --from-source) shift ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option '$1': see --help" ;;
  esac
done

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
cd "$here"
[ -f package.json ] || die 'run it from a checkout of the project'

if command -v npm >/dev/null 2>&1; then
  npm install --no-audit --no-fund
  npm run --silent build
elif command -v bun >/dev/null 2>&1; then
  bun install
  bun run build
else
  die 'Node.js with npm, or Bun, is needed to build: install one of them and try again'
fi

mkdir -p "$prefix/bin" || die "cannot make $prefix/bin: choose another with --prefix DIR"
new=$prefix/bin/.convex-peer.$$
trap 'rm -f "$new"' EXIT INT TERM
cp dist/convex-peer "$new" || die "cannot write to $prefix/bin: choose another with --prefix DIR"
chmod 755 "$new"
"$new" --version >/dev/null || die 'the new binary does not run on this machine; nothing was installed'
mv "$new" "$prefix/bin/convex-peer"
trap - EXIT INT TERM
printf 'Installed %s (version %s)\n' "$prefix/bin/convex-peer" "$("$prefix/bin/convex-peer" --version)"
case ":$PATH:" in *":$prefix/bin:"*) ;; *) printf 'Add %s to your PATH to call it by name.\n' "$prefix/bin" ;; esac
