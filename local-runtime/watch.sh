# Sourced by the scripts that build again when a source has changed.

# Prints a line for each file below the paths. The line changes when the file is written.
snapshot() { find "$@" -type f -printf '%p %T@\n' 2>/dev/null || true; }

# Waits until the snapshot of the paths, which are all arguments but the first, differs from the first one. Editors write a file in
# several steps, so changes within a fifth of a second count as one.
wait_for_change() {
    local before=$1
    shift
    while [ "$(snapshot "$@")" = "$before" ]; do
        if command -v inotifywait >/dev/null; then
            inotifywait -qq -r -t 5 -e modify,create,delete,move,attrib "$@" || true
        else
            sleep 0.5
        fi
    done
    sleep 0.2
}

# Builds with the arguments of `swift build`, and prints the compiler's output only if it fails.
build_quietly() {
    local report
    if ! report=$(swift build --package-path "$root" "$@" 2>&1); then
        printf '%s\n' "$report" >&2
        return 1
    fi
}
