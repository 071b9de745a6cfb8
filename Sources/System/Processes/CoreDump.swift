import CGlibc

/// Protects the secrets in a process's memory from core dumps.
package enum CoreDump {
    /// Turns off core dumps of this process, whatever the limits and the system's `core_pattern` say. Other processes
    /// of the same user can no longer read its memory or environment. Programs that it starts are not affected.
    package static func forbid() { forbid_core_dump() }
}
