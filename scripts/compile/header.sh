#!/bin/sh
# spider @VERSION@ for @ARCH@ Linux in one file: this header, and behind it a packed archive with
# Deno and the program as JavaScript. It is not output of `deno compile`.
#
# The archive is unpacked once, into a folder of the caller's own that is named by the hash of what
# is in it. Before anything of it is used:
# - Every folder on the way there belongs to the caller or to root, and nobody else may write to
#   it, unless it is sticky as /tmp is. So no other user can put files of his in the place of ours.
# - The SHA-256 of every file was compared with the sums below when it was unpacked. Then its mode,
#   owner, inode, size, and times of modification and change were looked at, and their hash was
#   written down in a file `sealed`, with which it is compared at every start. Hashing 96 MB takes longer than a start; but the time of
#   change (ctime) is set by the kernel, and no program can set it back, so that a file which was
#   written to since, by whatever accident, shows it. Then all is hashed again, and unpacked again
#   if need be. On purpose only the caller and root can write there, who can run what they like.
# - What Deno keeps beside it is what it found out about the files, and no code (--no-code-cache).
#
# All of it stands in braces, so that a shell reads all of it before it does anything: a file that
# was cut off in here is a syntax error, not half a program.
{
set -fu
unset CDPATH
# The system's own tools, whatever the caller's PATH, which the program has back in the end
callers_path=${PATH-}
PATH=/usr/bin:/bin
id=@ID@
arch=@ARCH@
octets=@OCTETS@
header=@HEADER@
files='@FILES@'
sums='@SUMS@'
space='@SPACE@'
nl='
'

die() {
  printf 'spider: %s\n' "$1" >&2
  exit 1
}

# Whether a mode lets others than the owner put their own in the place of what is in a folder
open_to_others() {
  case $1 in
    1??? | 3??? | 5??? | 7???) return 1 ;; # sticky
    *[2367] | *[2367]?) return 0 ;;
    *) return 1 ;;
  esac
}

# Whether nobody else can change what the path of the folder $1 means. Sets $real, the path without
# links; $me, the caller; $owner and $mode of the folder. Otherwise $refusal says why not.
trusted() {
  refusal='there is no such folder, or it may not be entered'
  lines=$(
    cd -P -- "$1" 2>/dev/null || exit
    case $PWD in *"$nl"*) exit 1 ;; esac
    shift
    at=$PWD
    while [ -n "${at#/}" ]; do
      set -- "$at" "$@"
      at=${at%/*}
    done
    printf '%s\n' "$PWD"
    # /proc/self/ belongs to whoever asks: one process says everything
    LC_ALL=C exec stat -c '%a %u' -- /proc/self/ / "$@" 2>/dev/null
  ) || return 1
  real=${lines%%"$nl"*}
  lines=${lines#*"$nl"}$nl
  me=
  while [ -n "$lines" ]; do
    line=${lines%%"$nl"*}
    lines=${lines#*"$nl"}
    mode=${line%% *}
    owner=${line#* }
    if [ -z "$me" ]; then
      me=$owner
      top=
      continue
    fi
    # In a user namespace root outside has another number, which is that of /
    top=${top:-$owner}
    if [ "$owner" != "$me" ] && [ "$owner" != 0 ] && [ "$owner" != "$top" ]; then
      refusal='it belongs to another user, or lies in a folder that does'
      return 1
    fi
    if open_to_others "$mode"; then
      refusal='other users may write to it, or to a folder that it lies in'
      return 1
    fi
  done
}

# Whether the folder that `trusted` looked at last is the caller's own alone
own() {
  refusal='it belongs to another user'
  [ "$owner" = "$me" ] || return 1
  refusal='other users may write to it'
  case $mode in *[2367] | *[2367]?) return 1 ;; esac
}

# Sets $seal, which is another one when any of the files in the folder $1 was changed
look() {
  seal=$(
    cd -- "$1" 2>/dev/null || exit
    LC_ALL=C stat -c '%a %u %f %i %s %.9Y %.9Z' -- $files 2>/dev/null | sha256sum
  )
}

# Whether the program lies unpacked in the folder $1, and is what it was when it was hashed
ready() {
  trusted "$1" && own || return 1
  kept=
  { read -r kept <"$real/$id/sealed"; } 2>/dev/null
  [ -n "$kept" ] && look "$real/$id" && [ "$seal" = "$kept" ]
}

# Why a command failed, from what it said
reason() {
  case $1 in
    *'No space left'* | *'Wrote only'*) printf 'the disk is full' ;;
    *'uota exceeded'*) printf 'the disk quota is used up' ;;
    *'Read-only file'*) printf 'it is read-only' ;;
    *'ermission denied'*) printf 'permission is denied' ;;
    *) printf '%s' "${1%%"$nl"*}" ;;
  esac
}

# Whether the files in the folder $1 have the hashes that they should; if so, what they are like is
# written down. They are looked at first, so that a change while they are hashed shows.
hash_and_seal() {
  look "$1"
  refusal='it has files of spider with wrong contents'
  (cd -- "$1" && printf '%s\n' "$sums" | sha256sum -c --status -) 2>/dev/null || return 1
  refusal='the disk is full, or it is read-only'
  { printf '%s\n' "$seal" >"$1/sealed.new"; } 2>/dev/null &&
    mv -f -- "$1/sealed.new" "$1/sealed" 2>/dev/null
}

# Unpacks the program into the folder $1, which is made; otherwise $refusal says why not
unpack() {
  at=$1
  while [ -n "$at" ] && [ ! -d "$at" ]; do at=${at%/*}; done
  # No folder is made in a place that is not the caller's to begin with
  trusted "${at:-/}" || return 1
  said=$(LC_ALL=C mkdir -p -- "$1" 2>&1) || { refusal=$(reason "$said"); return 1; }
  trusted "$1" && own || return 1
  said=$(LC_ALL=C touch -- "$real/lock" 2>&1) || { refusal=$(reason "$said"); return 1; }
  # One at a time; where files cannot be locked it is only more work.
  { exec 9>>"$real/lock"; } 2>/dev/null
  flock -w 120 9 2>/dev/null
  ready "$1" && return 0
  [ -d "$real/$id" ] && hash_and_seal "$real/$id" && return 0
  # What those left behind who were killed
  find "$real" -maxdepth 1 -name 'new-*' -mmin +10 -exec rm -rf -- {} + 2>/dev/null
  new=$(LC_ALL=C mktemp -d -- "$real/new-XXXXXX" 2>&1) || { refusal=$(reason "$new"); return 1; }
  trap 'rm -rf -- "$new"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if fill && move; then code=0; else code=1; fi
  rm -rf -- "$new"
  trap - EXIT HUP INT TERM
  return "$code"
}

# Unpacks, hashes and tries it in $new/whole
fill() {
  there=$(stat -L -c %s -- "$self" 2>/dev/null) || die "$self, which is this file, cannot be read"
  [ "$there" = "$octets" ] ||
    die "this file is damaged, it has $there octets and should have $octets: copy it again"
  said=$({
    export LC_ALL=C
    mkdir -- "$new/whole" &&
      tail -c "+$((header + 1))" -- "$self" | gzip -dc | tar -xf - -C "$new/whole"
  } 2>&1)
  case $said in
    *'No space left'* | *'Wrote only'* | *'uota exceeded'*)
      refusal=$(reason "$said")
      return 1
      ;;
  esac
  if ! hash_and_seal "$new/whole"; then
    [ -z "$said" ] || refusal=$(reason "$said")
    die "this file is damaged, it cannot be unpacked in $real ($refusal): copy it again"
  fi
  said=$(LC_ALL=C "$new/whole/deno" --version 2>&1) && return 0
  refusal="a program that lies in it cannot be run, $(reason "$said")"
  return 1
}

# Puts $new/whole in its place in one step, and what is there and damaged out of the way
move() {
  # Without a lock another may be quicker; his files are as good
  mv -T -- "$new/whole" "$real/$id" 2>/dev/null
  ready "$real" && return 0
  mv -T -- "$real/$id" "$new/damaged" 2>/dev/null
  mv -T -- "$new/whole" "$real/$id" 2>/dev/null
  ready "$real" && return 0
  refusal='the files in it change'
  return 1
}

case $(export -p) in
  # No setting of another Deno's counts, and no code that another program was to load
  *DENO* | *NODE_OPTIONS*)
    unset NODE_OPTIONS $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^DENO[A-Za-z0-9_]*$/) print name }')
    ;;
esac
export DENO_NO_UPDATE_CHECK=1

# Sets $found when the program is ready in one of the folders, or with `unpack` can be put there
search() {
  for folder in "${cache:+$cache/spider}" "${home:+$home/.cache/spider}" /var/cache/spider \
    "${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/spider}" "${temporary:+$temporary/spider-$user}" \
    "/tmp/spider-$user"; do
    case $folder in
      /*)
        "$1" "$folder" && found=yes && return
        reasons="$reasons; $folder: $refusal"
        ;;
    esac
  done
}

cache=${XDG_CACHE_HOME:-} # a relative one does not count (XDG Base Directory Specification)
home=${HOME:-}
[ -d "$home" ] || home= # one that is not there is not made
temporary=${TMPDIR:-}
[ -d "$temporary" ] || temporary=
found=
reasons=
for folder in "${cache:+$cache/spider}" "${home:+$home/.cache/spider}"; do
  case $folder in /*) ready "$folder" && found=yes && break ;; esac
done
if [ -z "$found" ]; then
  user=$(id -u)
  search ready
fi
if [ -z "$found" ]; then
  machine=$(uname -m)
  [ "$machine" = "$arch" ] || die "this file is for $arch, and this machine is $machine: take the other"
  case $0 in
    */*) self=$0 ;;
    *) if [ -f "./$0" ]; then self=./$0; else self=$(PATH=$callers_path; command -v -- "$0"); fi ;;
  esac
  mask=$(umask)
  umask 077
  reasons=
  search unpack
  exec 9>&-
  umask "$mask"
  [ -n "$found" ] || die "it finds no folder to unpack itself into${reasons}. \
Set XDG_CACHE_HOME to a folder of your own with $space MB of room"
fi

PATH=$callers_path
export DENO_DIR="$real/$id.cache"
exec "$real/$id/deno" run --quiet @FLAGS@ "$real/$id/app/main.js" "$@"
}
