import BenchmarkReport
import Postgres
import TestSupport

/// The bytes of write-ahead log and of tables that one delivered conversion costs, from its recording to its delivery.
func measureStorage(_ workbench: Workbench) throws {
    let size = workbench.size
    let world = workbench.base
    var log: [Double] = []
    var heap: [Double] = []
    var indexes: [Double] = []
    for round in 0..<size.rounds {
        try world.clear()
        let before = try bytes(world)
        let logBefore = try world.writtenLog()
        try record(world, size.conversions, prefix: "w\(round)")
        _ = try Drain.run(workbench, world, to: workbench.receiver, until: .empty(owed: size.conversions))
        let count = Double(size.conversions)
        log.append(Double(try world.writtenLog() - logBefore) / count)
        let after = try bytes(world)
        heap.append(Double(after.heap - before.heap) / count)
        indexes.append(Double(after.indexes - before.indexes) / count)
    }
    workbench.add(Figure("write-ahead log of a delivered conversion", Measure(log, .bytes)))
    workbench.add(Figure("heap of a delivered conversion", Measure(heap, .bytes)))
    workbench.add(Figure("indexes of a delivered conversion", Measure(indexes, .bytes)))
}

/// The sizes of all tables of the product, TOAST included, and of their indexes.
private func bytes(_ world: World) throws -> (heap: Int, indexes: Int) {
    let row = try world.database.run(
        """
        SELECT sum(pg_table_size(oid))::bigint AS heap, sum(pg_indexes_size(oid))::bigint AS indexes
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        """
    ).first
    return (row?.integer("heap") ?? 0, row?.integer("indexes") ?? 0)
}
