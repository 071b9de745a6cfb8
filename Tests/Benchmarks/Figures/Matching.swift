import BenchmarkReport
import Postgres
import TestSupport

/// Recording while there are a hundred thousand postbacks on a thousand offers, beside the same with ten.
func measureMatching(_ workbench: Workbench) throws {
    let size = workbench.size
    let few = try workbench.makeWorld("few")
    let many = try workbench.makeWorld("many")
    let manyOffers = size.postbacks / 100
    for (world, offers, affiliates) in [(few, 1, 10), (many, manyOffers, 100)] {
        try world.configure(urls: workbench.receiver.origins.map { $0 + Workbench.target })
        try world.run(.addPostbacks, ["offers": .int(offers), "affiliates": .int(affiliates)])
    }
    var rates: (few: [Double], many: [Double]) = ([], [])
    for round in 0..<size.rounds {
        for (world, offers, affiliates) in [(few, 1, 10), (many, manyOffers, 100)] {
            try world.clear()
            let rate = try record(
                world, size.conversions, prefix: "m\(round)", offers: (1...offers).map { "b-\($0)" },
                affiliates: (1...affiliates).map { "b-\($0)" })
            if offers == 1 { rates.few.append(rate) } else { rates.many.append(rate) }
        }
    }
    workbench.add(
        Figure(
            "conversions recorded, \(grouped(Double(size.postbacks))) postbacks on \(grouped(Double(manyOffers))) offers",
            Measure(rates.many, .perSecond), limit: .init("10 postbacks", Measure(rates.few, .perSecond)),
            aim: .ratioAtLeast(0.9)))
    for name in ["few", "many"] { try workbench.drop(name) }
}
