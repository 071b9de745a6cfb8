import BenchmarkReport
import JSON
import System
import TestSupport

/// Deliveries to a thousand destinations: bodies of 4 KiB of JSON, signed and with basic authentication; beside the bare loop
/// with equally long requests.
func measureDestinations(_ workbench: Workbench) throws {
    let receiver = try workbench.startReceiver(ports: 1000)
    defer { receiver.end() }
    let world = try workbench.makeWorld("destinations")
    let parameters = (1...16).map { number in
        JSON.Member("parameter\(number)", .string("{click_id}\(String(repeating: "x", count: 230))"))
    }
    try world.configure(
        offer: "many", urls: receiver.origins.map { "\($0)\(Workbench.target)" },
        [
            "httpType": "POST(JSON)", "basicAuth": ["login": "ada", "password": "correct horse battery staple"],
            "signingSecret": .string("whsec_\(String(repeating: "A", count: 43))="),
            "requestParams": .object(parameters),
        ])
    let body = "\(workbench.folder)/body.json"
    try FileSystem.write(String(repeating: "x", count: 4096), to: body)
    try compare(
        workbench, world, receiver, offer: "many",
        BareLoop.Kind(body: body, user: "ada:correct horse battery staple"),
        figure: "deliveries to 1,000 destinations, 4 KiB of JSON, signed")
    try workbench.drop("destinations")
}

/// Deliveries over TLS with kept connections, beside the bare loop over TLS.
func measureTLS(_ workbench: Workbench) throws {
    let (certificate, key) = ("\(workbench.folder)/certificate.pem", "\(workbench.folder)/key.pem")
    try Tools.run(
        "/usr/bin/env",
        [
            "openssl", "req", "-x509", "-days", "2", "-subj", "/CN=a receiver", "-addext",
            "subjectAltName=IP:127.0.0.1", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", key, "-out", certificate,
        ])
    let receiver = try workbench.startReceiver(tls: (certificate, key))
    defer { receiver.end() }
    let world = try workbench.makeWorld("tls", settings: ["POSTBACKS_CA_FILE": certificate])
    try world.configure(urls: receiver.origins.map { "\($0)\(Workbench.target)" })
    try compare(
        workbench, world, receiver, offer: "o1", BareLoop.Kind(scheme: "https", authority: certificate),
        figure: "deliveries over TLS with kept connections")
    try workbench.drop("tls")
}

/// Lets the bare loop and our programs send the same number of requests to the receiver in turns, 256 in flight.
private func compare(
    _ workbench: Workbench, _ world: World, _ receiver: CountingReceiver, offer: String, _ kind: BareLoop.Kind,
    figure: String
) throws {
    let count = workbench.size.conversions
    var ours: [Double] = []
    var bare: [Double] = []
    for round in 0..<workbench.size.rounds {
        bare.append(try workbench.loop.run(count, inFlight: 256, to: receiver, kind).rate)
        try world.clear()
        try world.owe(count, offer: offer, prefix: "m\(round)-")
        try world.settle()
        ours.append(
            try Drain.run(
                workbench, world, to: receiver, until: .empty(owed: count),
                settings: ["POSTBACKS_DESTINATION_CONCURRENCY": "256"]
            ).rate)
    }
    workbench.add(
        Figure(
            figure, Measure(ours, .perSecond),
            limit: .init("bare curl_multi loop, as long requests", Measure(bare, .perSecond)), aim: .ratioAtLeast(0.4)))
}
