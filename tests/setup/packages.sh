#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# packages.sh GROUP: makes sure that what GROUP needs is there. What is missing is found by
# pkg-config and by looking for the program; where apt-get is, it is installed (with sudo when
# not root); elsewhere it is named and the command stops. What is only wanted (marked ?) is installed where that is
# possible, else whoever wants it does without. Groups: build, test, tools, lint, screenshots, bench, deb.
set -eu

group=${1:?usage: packages.sh build|test|tools|lint|screenshots|bench|deb}

# One line an item: the kind of check, what to look for, the Debian package that has it.
items_build='
cmd gcc gcc
cmd make make
cmd pkg-config pkg-config
lib ncursesw libncurses-dev
lib libcurl libcurl4-openssl-dev
lib libcjson libcjson-dev
lib libssh libssh-dev
lib libuv libuv1-dev
lib sqlite3 libsqlite3-dev
lib libsodium libsodium-dev
lib inih libinih-dev
lib libmicrohttpd libmicrohttpd-dev
file /usr/include/stdio.h libc6-dev
file /etc/ssl/certs/ca-certificates.crt ca-certificates
cmd bwrap bubblewrap
cmd bash bash
cmd tput ncurses-bin
'
items_test='
lib criterion libcriterion-dev
cmd ssh openssh-client
sbin sshd openssh-server
cmd curl curl
cmd git git
cmd rsync rsync
cmd openssl openssl
cmd vim vim
cmd less less
cmd htop htop
cmd mc mc
cmd tmux tmux
file /usr/share/terminfo/x/xterm-16color ncurses-term
cmd unshare util-linux
cmd ps procps
sbin ip iproute2
?cmd zsh zsh
?cmd fish fish
?cmd dpkg-shlibdeps dpkg-dev
'
items_tools='
?cmd ansible ansible-core
?file /usr/lib/python3/dist-packages/paramiko/__init__.py python3-paramiko
?cmd emacs emacs-nox
?cmd lftp lftp
?cmd python3 python3
'
items_lint='
cmd clang clang
cmd clang-format clang-format
cmd clang-tidy clang-tidy
cmd cppcheck cppcheck
cmd valgrind valgrind
cmd xgettext gettext
'
items_screenshots='
cmd xterm xterm
cmd Xvfb xvfb
cmd xwd x11-apps
cmd xdotool xdotool
cmd import imagemagick
file /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf fonts-dejavu-core
cmd tmux tmux
'
items_bench='
cmd curl curl
cmd jq jq
?cmd git git
?cmd sshpass sshpass
cmd tmux tmux
cmd dvtm dvtm
cmd ssh openssh-client
sbin sshd openssh-server
cmd unshare util-linux
?lib vterm libvterm-dev
?lib libtsm libtsm-dev
'
items_deb='
cmd dpkg-deb dpkg
cmd dpkg-shlibdeps dpkg-dev
cmd strip binutils
?cmd lintian lintian
'
case $group in
build) items=$items_build ;;
test) items=$items_build$items_test ;;
tools) items=$items_build$items_test$items_tools ;;
lint) items=$items_build$items_test$items_lint ;;
screenshots) items=$items_build$items_screenshots ;;
bench) items=$items_build$items_bench ;;
deb) items=$items_build$items_deb ;;
*)
    echo "packages.sh: no such group: $group (build, test, tools, lint, screenshots, bench or deb)" >&2
    exit 2
    ;;
esac

have() {
    case ${1#\?} in
    cmd) command -v "$2" >/dev/null 2>&1 ;;
    sbin) command -v "$2" >/dev/null 2>&1 || [ -x "/usr/sbin/$2" ] || [ -x "/usr/local/sbin/$2" ] ;;
    lib) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$2" ;;
    file) [ -e "$2" ] ;;
    esac
}

# $1: needed or wanted.
missing_packages() {
    echo "$items" | while read -r kind what package; do
        case $kind in '') continue ;; \?*) [ "$1" = wanted ] || continue ;; *) [ "$1" = needed ] || continue ;; esac
        have "$kind" "$what" || echo "$package"
    done | sort -u | tr '\n' ' ' | sed 's/ $//'
}

as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo
install() {
    echo "Installing: $1"
    # shellcheck disable=SC2086
    {
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >/dev/null
    }
}
can_install() {
    command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || command -v sudo >/dev/null 2>&1; }
}

wanted=$(missing_packages wanted)
# One that can't be had must not keep the others away.
if [ -n "$wanted" ] && can_install && ! install "$wanted"; then
    for package in $wanted; do
        install "$package" || :
    done
fi
wanted=$(missing_packages wanted)
[ -z "$wanted" ] || echo "sbxdeck: done without: $wanted" >&2
missing=$(missing_packages needed)
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "sbxdeck: these are missing and this system has no apt-get to install them with." >&2
    echo "Install them with your package manager (Debian's names): $missing" >&2
    exit 1
fi
if ! can_install; then
    echo "sbxdeck: missing packages, and neither root nor sudo to install them." >&2
    echo "As root: apt-get install $missing" >&2
    exit 1
fi
install "$missing" || {
    echo "sbxdeck: apt-get could not install: $missing (see its message above)" >&2
    exit 1
}
missing=$(missing_packages needed)
if [ -n "$missing" ]; then
    echo "sbxdeck: still missing after apt-get: $missing" >&2
    exit 1
fi
