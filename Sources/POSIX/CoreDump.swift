import CSystem

/// What a crash would leave of a process's memory, in which there are secrets.
package enum CoreDump {
    /// This process leaves none, whatever the limits and the machine's `core_pattern` say, and no other process of the same user
    /// may look into its memory or environment. A program that it starts decides for itself.
    package static func forbid() { forbid_core_dump() }
}
