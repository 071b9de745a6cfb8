/// A family of figures: what `--only` selects.
enum Family: String, CaseIterable {
    case recording, oneshot, delivery, destinations, tls, latency, hanging, backlog, matching, deadrows
    case pollers, remote, storage, starts, peers

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    func measure(_ workbench: Workbench) throws {
        switch self {
        case .recording: try measureRecording(workbench)
        case .oneshot: try measureOneShots(workbench)
        case .delivery: try measureDelivery(workbench)
        case .destinations: try measureDestinations(workbench)
        case .tls: try measureTLS(workbench)
        case .latency: try measureLatency(workbench)
        case .hanging: try measureHanging(workbench)
        case .backlog: try measureBacklog(workbench)
        case .matching: try measureMatching(workbench)
        case .deadrows: try measureDeadRows(workbench)
        case .pollers: try measurePollers(workbench)
        case .remote: try measureRemote(workbench)
        case .storage: try measureStorage(workbench)
        case .starts: try measureStarts(workbench)
        case .peers: try measurePeers(workbench)
        }
    }
}
