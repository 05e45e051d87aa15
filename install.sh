#!/bin/sh
# Installs convex-peer, without root: see usage below, or `--help`.
set -eu

# Built in by `bun run release`.
release_key=''
base_url=''

program=convex-peer
# Namespace of signatures by ssh-keygen, and name of the signer.
signer=convex-peer-release
# DER in front of an Ed25519 public key, as base64 of 12 bytes.
spki_prefix=MCowBQYDK2VwAyEA

work=''
die() { printf 'install.sh: %s\n' "$1" >&2; exit "${2:-1}"; }
say() { printf '%s\n' "$1"; }
has() { command -v "$1" >/dev/null 2>&1; }
cleanup() { [ -z "$work" ] || rm -rf "$work"; }
# Not read from $0: that is the shell where this comes through a pipe.
usage() {
  cat <<'END'
Installs convex-peer without root:
  curl -fsSL BASE-URL/install.sh | sh
  curl -fsSL BASE-URL/install.sh | sh -s -- [OPTIONS]

  --prefix DIR       leaves DIR/bin/convex-peer (default: ~/.local, /usr/local for root)
  --version V        this version, not the latest
  --service          makes it a systemd service that starts with the machine
  --uninstall        takes service and executable away; keys and store stay
  --from-source      builds from the checkout that install.sh is in (Node.js with npm, or Bun)
  --base-url URL     where releases lie
  --release-key KEY  base64 of the Ed25519 key that must have signed the release
  --target T         for another machine than was found (linux-x64, linux-arm64-musl, ...)

A release is taken only when its signature and its checksum are right, and replaces what is there
only after it has answered.
END
}

# Also the rule of src/cli/release/target.ts.
find_target() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) die "there is no release for $(uname -s): use --from-source" 69 ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) die "there is no release for processors of kind $(uname -m): use --from-source" 69 ;;
  esac
  libc='' simd=''
  if [ "$os" = linux ]; then
    for loader in /lib/ld-musl-*; do
      if [ -e "$loader" ] && [ ! -e /lib64/ld-linux-x86-64.so.2 ] &&
        [ ! -e /lib/ld-linux-aarch64.so.1 ]; then libc=-musl; fi
    done
    [ "$cpu" != x64 ] || grep -qw avx2 /proc/cpuinfo 2>/dev/null || simd=-baseline
  elif [ "$cpu" = x64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" = 1 ]; then
    cpu=arm64
  fi
  printf '%s-%s%s%s\n' "$os" "$cpu" "$libc" "$simd"
}

# download URL FILE [progress]
download() {
  if has curl; then
    quiet=-sS
    if [ "${3:-}" = progress ] && [ -t 2 ]; then quiet=--progress-bar; fi
    curl $quiet -fL --connect-timeout 20 --speed-limit 100 --speed-time 60 -o "$2" "$1" || return 1
  elif has wget; then
    # No -T: busybox 1.35 crashes on it.
    wget -q -O "$2" "$1" || return 1
  else
    die 'curl or wget is needed to download: install one of them and try again' 69
  fi
}

sum_of() {
  if has sha256sum; then sha256sum <"$1"
  elif has shasum; then shasum -a 256 <"$1"
  elif has openssl; then openssl dgst -sha256 -r <"$1"
  else die 'sha256sum, shasum or openssl is needed to check the download' 69; fi | cut -c1-64
}

# Whether this OpenSSL checks Ed25519 signatures (version 3 and later).
openssl_can() { has openssl && openssl pkeyutl -help 2>&1 | grep -q -e -rawin; }

# Whether this ssh-keygen checks signatures (OpenSSH 8.1 and later).
ssh_keygen_can() {
  has ssh-keygen && has base64 &&
    ! ssh-keygen -Y verify 2>&1 </dev/null | grep -qiE '(unknown|illegal|invalid) option'
}

# verify_signature: SHA256SUMS in $work must be signed by the release key. No tool, no installation.
verify_signature() {
  if openssl_can; then
    printf -- '-----BEGIN PUBLIC KEY-----\n%s%s\n-----END PUBLIC KEY-----\n' \
      "$spki_prefix" "$release_key" >"$work/key.pem"
    openssl pkeyutl -verify -pubin -inkey "$work/key.pem" -rawin -in "$work/SHA256SUMS" \
      -sigfile "$work/SHA256SUMS.sig" >/dev/null 2>&1 || return 1
  elif ssh_keygen_can; then
    key=$({ printf '\000\000\000\013ssh-ed25519\000\000\000\040'
      printf '%s\n' "$release_key" | base64 -d; } | base64 | tr -d '\n')
    printf '%s ssh-ed25519 %s\n' "$signer" "$key" >"$work/signers"
    ssh-keygen -Y verify -f "$work/signers" -I "$signer" -n "$signer" \
      -s "$work/SHA256SUMS.sshsig" <"$work/SHA256SUMS" >/dev/null 2>&1 || return 1
  else
    die 'OpenSSL 3 or ssh-keygen (OpenSSH 8.1) is needed to check the signature: install one of them and try again' 69
  fi
}

# expected_sum FILE: its line of SHA256SUMS, which must be there once.
expected_sum() {
  found=''
  while read -r sum name; do
    [ "$name" = "$1" ] || [ "$name" = "*$1" ] || continue
    [ -z "$found" ] || die "SHA256SUMS names $1 twice: nothing was installed" 65
    found=$sum
  done <"$work/SHA256SUMS"
  printf '%s\n' "$found"
}

fetch_release() {
  [ -n "$base_url" ] || die 'this copy of install.sh knows no address of releases: give --base-url URL and --release-key KEY, or --from-source in a checkout' 64
  [ -n "$release_key" ] || die 'this copy of install.sh knows no release key: give --release-key KEY, from a source that you trust' 64
  [ ${#release_key} -eq 44 ] || die "a release key has 44 characters of base64, found ${#release_key}" 64
  base_url=${base_url%/}
  [ -n "$target" ] || target=$(find_target)
  if [ -z "$version" ]; then
    download "$base_url/latest" "$work/latest" || die "cannot download $base_url/latest" 69
    version=$(head -n 1 "$work/latest")
  fi
  case $version in
    '' | *[!0-9A-Za-z.-]* | *..*) die "'$version' is not a version" 65 ;;
  esac
  file=$program-$version-$target.gz
  for name in SHA256SUMS SHA256SUMS.sig SHA256SUMS.sshsig; do
    download "$base_url/$version/$name" "$work/$name" ||
      die "cannot download $base_url/$version/$name: nothing was installed" 69
  done
  verify_signature || die "SHA256SUMS of version $version is not signed by the release key: nothing was installed" 65
  expected=$(expected_sum "$file")
  [ ${#expected} -eq 64 ] || die "version $version has no file for $target ($file is not in SHA256SUMS): nothing was installed" 69
  say "Downloading $program $version for $target"
  download "$base_url/$version/$file" "$work/$file" progress ||
    die "cannot download $base_url/$version/$file whole: nothing was installed" 69
  [ "$(sum_of "$work/$file")" = "$expected" ] ||
    die "$file is damaged (its SHA-256 is not that of SHA256SUMS): nothing was installed" 65
  gzip -dc "$work/$file" >"$work/$program" || die "cannot unpack $file: nothing was installed" 74
}

build_from_source() {
  [ -f "$here/package.json" ] || die '--from-source needs a checkout of the project: run its install.sh' 64
  cd "$here"
  if has npm; then
    npm install --no-audit --no-fund
    npm run --silent build
  elif has bun; then
    bun install
    bun run build
  else
    die 'Node.js with npm, or Bun, is needed to build: install one of them and try again' 69
  fi
  cp dist/convex-peer "$work/$program"
}

# The new executable answers before it takes the place of another.
put_in_place() {
  chmod 755 "$work/$program"
  if ! answer=$("$work/$program" --version 2>"$work/error"); then
    head -n 3 "$work/error" >&2
    hint=''
    if grep -q 'libstdc++\|libgcc' "$work/error"; then hint=' (on Alpine: apk add libstdc++ libgcc)'; fi
    die "the new executable does not run on this machine$hint: nothing was installed" 70
  fi
  [ -z "$version" ] || [ "$answer" = "$version" ] ||
    die "the new executable says that it is version $answer, not $version: nothing was installed" 65
  mv -f "$work/$program" "$place"
  say "Installed $place (version $answer)"
  case ":$PATH:" in *":$bin:"*) ;; *) say "Add $bin to your PATH to call it by name." ;; esac
}

# find_place: the file that is called by name, to which a link may lead. `upgrade` follows it, too.
find_place() {
  place=$bin/$program
  if [ -L "$place" ]; then
    place=$(readlink -f "$place" 2>/dev/null) && [ -n "$place" ] ||
      die "$bin/$program is a link that leads nowhere: remove it, and try again" 73
  fi
  [ ! -d "$place" ] || die "$place is a folder: move it away, or choose another place with --prefix DIR" 73
}

uninstall() {
  if [ ! -e "$bin/$program" ] && [ ! -L "$bin/$program" ] && [ ! -e "$bin/$program.previous" ]; then
    say "There is no $bin/$program: nothing was uninstalled."
    return 0
  fi
  if [ -x "$bin/$program" ]; then
    "$bin/$program" service uninstall --if-installed ||
      die 'the service could not be taken away: nothing was uninstalled' 75
  fi
  if [ -L "$bin/$program" ] && [ -e "$bin/$program" ]; then
    say "$bin/$program is a link, which is taken away: $(readlink -f "$bin/$program") stays."
  fi
  rm -f "$bin/$program" "$bin/$program.previous"
  rm -rf "$bin/.$program-"*
  say "Uninstalled $bin/$program. Keys and store stay in the data directory."
}

main() {
  prefix='' version='' target='' service='' action=release
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix | --version | --base-url | --release-key | --target)
        # An empty one is a variable without a value: another folder, or version, was meant.
        [ -n "${2:-}" ] || die "$1 needs a value: see --help" 64
        case $1 in
          --prefix) prefix=$2 ;;
          --version) version=$2 ;;
          --base-url) base_url=$2 ;;
          --release-key) release_key=$2 ;;
          --target) target=$2 ;;
        esac
        shift 2 ;;
      --from-source) action=source; shift ;;
      --uninstall) action=uninstall; shift ;;
      --service) service=yes; shift ;;
      -h | --help) usage; exit 0 ;;
      *) die "unknown option '$1': see --help" 64 ;;
    esac
  done
  here=$(CDPATH='' cd -- "$(dirname -- "$0")" 2>/dev/null && pwd) || here=$PWD
  if [ -z "$prefix" ]; then
    if [ "$(id -u)" -eq 0 ]; then prefix=/usr/local; else prefix=${HOME:?--prefix is needed}/.local; fi
  fi
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  bin=$prefix/bin
  if [ "$action" = uninstall ]; then uninstall; exit 0; fi

  mkdir -p "$bin" 2>/dev/null || die "cannot make $bin: choose another with --prefix DIR" 73
  find_place
  folder=$(dirname "$place")
  # What an earlier run left behind that was killed.
  find "$folder" -maxdepth 1 -name ".$program-install.*" -prune -mtime +0 -exec rm -rf {} + 2>/dev/null || true
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  # Where nobody reads what it says to the end, as with `| head`.
  trap 'exit 141' PIPE
  # On the file system of what is replaced.
  work=$(mktemp -d "$folder/.$program-install.XXXXXX" 2>/dev/null) ||
    die "cannot write to $folder: choose another with --prefix DIR" 73
  if [ "$action" = source ]; then
    [ -z "$version$target" ] || die '--version and --target are for releases: --from-source builds the checkout' 64
    build_from_source
  else
    fetch_release
  fi
  put_in_place
  if [ -n "$service" ]; then "$bin/$program" service install; fi
}

# Nothing runs before the last line is there.
main "$@"
