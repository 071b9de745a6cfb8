# Sourced by the scripts that need a built project: functions that report steps, install missing packages, and build.

set -euo pipefail

# The comment after the first line of a script is its help text.
case " $* " in
*" --help "* | *" -h "*)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

step() { printf '== %s\n' "$*" >&2; }
fail() {
    printf 'postbacks: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "these packages are missing and only root can install them (there is no sudo): $*"
    fi
}

# Prints the packages that the build and the embedded server need and that are missing, by their names in Debian.
missing_packages() {
    command -v pkg-config >/dev/null || echo pkg-config
    for pair in libpq:libpq-dev libcurl:libcurl4-openssl-dev libcrypto:libssl-dev; do
        pkg-config --exists "${pair%%:*}" 2>/dev/null || echo "${pair##*:}"
    done
    if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && ! command -v initdb >/dev/null; then
        echo postgresql
    fi
    if [ -n "${for_tests:-}" ] && ! has_python; then
        echo python3
        echo python3-jsonschema
    fi
    # Debian installs it in a folder for root's programs.
    if [ -n "${for_tests:-}" ] && ! PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null; then echo pgbouncer; fi
    if [ -n "${for_tests:-}" ] && ! python_with_pip >/dev/null &&
        ! { has_standard_webhooks && has_selenium && has_cloudevents && [ -x "$root/.build/aws-lambda-rie" ]; }; then
        echo python3-pip
    fi
    if [ -n "${for_tests:-}" ] && ! command -v chromedriver >/dev/null; then
        echo chromium
        echo chromium-driver
    fi
}

# The tests compare with parsers and a JSON Schema validator that are not the project's own.
has_python() {
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then return 0; fi
    done
    return 1
}

# Libraries that Debian does not package are installed in a folder of this project; this is the one of the Standard Webhooks
# project.
python_libraries=$root/.build/python

has_standard_webhooks() {
    for python in python3 /usr/bin/python3; do
        if PYTHONPATH=$python_libraries "$python" -c 'from standardwebhooks.webhooks import Webhook' 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

# The tests of the console drive a browser with these two libraries.
has_selenium() {
    for python in python3 /usr/bin/python3; do
        if PYTHONPATH=$python_libraries "$python" -c 'import selenium, websocket, axe_selenium_python' 2>/dev/null; then return 0; fi
    done
    return 1
}

# Prometheus's checker of metrics. Debian's package would also start a server, so that only this program is taken out of it.
has_promtool() { command -v promtool >/dev/null || [ -x "$root/.build/promtool" ]; }

install_promtool() {
    has_promtool && return
    step "taking promtool out of Debian's package prometheus into .build"
    local folder
    folder=$(mktemp -d)
    if (cd "$folder" && { apt-get download -qq prometheus || { as_root apt-get update -qq && apt-get download -qq prometheus; }; } &&
        dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool) >&2; then
        mkdir -p "$root/.build"
        mv "$folder/usr/bin/promtool" "$root/.build/promtool"
    else
        step "the package cannot be reached: the tests of metrics (PromtoolTests) will fail for want of it"
    fi
    rm -rf "$folder"
}

# The web servers that start functions in the tests. Debian's packages would also start services on this machine, so that only
# their files are taken out.
platforms=$root/.build/platforms

has_platforms() {
    [ -x "$platforms/usr/sbin/nginx" ] && [ -x "$platforms/usr/sbin/fcgiwrap" ] && [ -x "$platforms/usr/sbin/lighttpd" ] &&
        [ -x "$platforms/bin/busybox" ] && [ -x "$platforms/usr/bin/webhook" ]
}

install_platforms() {
    has_platforms && return
    local packages="nginx fcgiwrap libfcgi0ldbl lighttpd libnettle8 libxxhash0 busybox webhook" folder package
    step "taking these of Debian's packages into .build/platforms: $packages"
    folder=$(mktemp -d)
    # The packages are named one by one, without quotes.
    if (cd "$folder" && { apt-get download -qq $packages || { as_root apt-get update -qq && apt-get download -qq $packages; }; } &&
        mkdir -p "$platforms" && for package in ./*.deb; do dpkg-deb -x "$package" "$platforms" || exit 1; done) >&2; then
        :
    else
        step "the packages cannot be reached: the tests of web servers (PlatformTests) will fail for want of them"
    fi
    rm -rf "$folder"
}

# AWS' emulator of Lambda is one program inside PyPI's aws-sam-cli, without whose libraries it runs.
lambda_emulator=$root/.build/aws-lambda-rie

install_lambda_emulator() {
    [ -x "$lambda_emulator" ] && return
    step "taking the Lambda emulator out of PyPI's aws-sam-cli into .build"
    local folder machine
    folder=$(mktemp -d)
    machine=$(uname -m)
    if PIP_ROOT_USER_ACTION=ignore "$(python_with_pip)" -m pip download --quiet --disable-pip-version-check --no-deps \
        --dest "$folder" 'aws-sam-cli>=1.100,<2' >&2 &&
        (cd "$folder" && python3 -m zipfile -e aws_sam_cli-*.whl .); then
        mkdir -p "$root/.build"
        install -m 755 "$folder/samcli/local/rapid/aws-lambda-rie-${machine/aarch64/arm64}" "$lambda_emulator"
    else
        step "PyPI cannot be reached, or has it no more: the tests with it (EmulatorTests, LambdaPackageTests) will fail"
    fi
    rm -rf "$folder"
}

python_with_pip() {
    for python in python3 /usr/bin/python3; do
        if "$python" -m pip --version >/dev/null 2>&1; then
            echo "$python"
            return 0
        fi
    done
    return 1
}

# The CloudEvents project's own library, which sends the tests' events.
has_cloudevents() {
    for python in python3 /usr/bin/python3; do
        if PYTHONPATH=$python_libraries "$python" -c 'import cloudevents.http' 2>/dev/null; then return 0; fi
    done
    return 1
}

# With --target pip changes nothing of the system, so that Debian's pip does not refuse.
install_from_pypi() {
    step "installing $1 from PyPI into .build/python"
    PIP_ROOT_USER_ACTION=ignore "$(python_with_pip)" -m pip install --quiet --disable-pip-version-check \
        --target "$python_libraries" "${@:2}" >&2
}

install_python_libraries() {
    has_standard_webhooks || install_from_pypi standardwebhooks --no-deps 'standardwebhooks>=1.1,<2' ||
        step "PyPI cannot be reached, or has it no more: the tests of signatures (SigningTests) will fail for want of it"
    has_selenium || install_from_pypi selenium 'selenium>=4.25,<5' 'axe-selenium-python>=2.1,<3' ||
        step "PyPI cannot be reached, or has it no more: the tests of the console (ConsoleTests) will fail for want of it"
    has_cloudevents || install_from_pypi cloudevents 'cloudevents>=1.11,<2' ||
        step "PyPI cannot be reached, or has it no more: the tests of CloudEvents (CloudEventsTests) will fail for want of it"
}

install_packages() {
    local packages
    packages=$(missing_packages | sort -u)
    if [ -z "$packages" ]; then
        step "packages: all there"
        return
    fi
    command -v apt-get >/dev/null || fail "missing, and there is no apt-get to install them: $packages"
    step "installing packages:" $packages
    # Debian's postgresql makes and starts a cluster of its own; only its programs are needed here.
    local no_cluster=/etc/postgresql-common/createcluster.d/postbacks.conf
    as_root mkdir -p "$(dirname "$no_cluster")"
    printf 'create_main_cluster = false\n' | as_root tee "$no_cluster" >/dev/null
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2
    as_root rm -f "$no_cluster"
}

require_swift() {
    command -v swift >/dev/null || fail "Swift 6.3 is needed (https://www.swift.org/install/linux); there is no swift in PATH"
}

# Builds with the given arguments, showing the compiler's progress.
build() {
    step "building: swift build $* (the first time takes about two minutes)"
    swift build --package-path "$root" "$@" >&2 || fail "the build failed"
}

# Puts the static library of C++ into a folder of its own, in which Package.swift finds it before the shared one.
link_static_libraries() {
    local library
    library=$(clang -print-file-name=libstdc++.a) || return 0
    mkdir -p "$root/.build/static"
    if [ -f "$library" ]; then ln -sf "$library" "$root/.build/static/"; fi
}

# Release builds contain Swift's library in each executable, so that they run without Swift installed. Its debug sections are left
# out, which are a quarter of a program; the names of functions stay.
release_flags=(--static-swift-stdlib -Xlinker --strip-debug)
build_release() {
    link_static_libraries
    build -c release "${release_flags[@]}"
    release=$(swift build --package-path "$root" -c release --static-swift-stdlib --show-bin-path)
}

# The same for the programs that are shipped, without the benchmarks and the faults (Package.swift).
build_programs() {
    export POSTBACKS_PROGRAMS_ONLY=1
    build_release
}

# Builds the same programs without optimisation, which takes less time after a change.
build_debug_programs() {
    export POSTBACKS_PROGRAMS_ONLY=1
    build -c debug
    debug=$(swift build --package-path "$root" -c debug --show-bin-path)
}

# Builds the HTTP gateway with the package trait Gateway, in a folder of its own: a build with another trait would throw away the
# products of the first. The first argument is release or debug.
build_gateway() {
    local linking=()
    link_static_libraries
    if [ "$1" = release ]; then linking=("${release_flags[@]}"); fi
    POSTBACKS_PROGRAMS_ONLY=gateway build --traits Gateway --scratch-path "$root/.build-gateway" -c "$1" \
        "${linking[@]}" --product postbacks-gateway
}

# Builds the gateway as it is shipped, and puts it beside the other programs.
build_shipped_gateway() {
    build_gateway release
    install -m 755 "$root/.build-gateway/release/postbacks-gateway" "$release/postbacks-gateway.new"
    mv "$release/postbacks-gateway.new" "$release/postbacks-gateway"
}

require_swift
if [ -z "${is_prepared:-}" ]; then install_packages; fi
if [ -n "${for_tests:-}" ]; then
    install_python_libraries
    install_promtool
    install_platforms
    install_lambda_emulator
fi
