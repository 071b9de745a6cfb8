import JSON
import TestSupport

extension JSON {
    /// The ids of the postbacks that fired, in the answer to a recording or an update.
    var fired: [Int] { (self["deliveries"]?.items ?? []).compactMap { $0["postbackId"]?.integer }.sorted() }

    /// The ids of the objects of a list.
    func ids(_ list: String) -> [Int] { (self[list]?.items ?? []).compactMap { $0["id"]?.integer } }

    /// The object without some of its members.
    func without(_ names: String...) -> JSON { .object(members.filter { !names.contains($0.name) }) }
}
