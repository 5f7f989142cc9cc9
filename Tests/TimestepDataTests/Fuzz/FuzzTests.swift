import TestSupport
import Testing

/// Damaged files, read by every reader of data: they end in a `DataError` that names the file and the byte, or are read.
///
/// A short time here; `make fuzz` reads 10,000 files with each reader.
@Suite(.serialized) struct FuzzTests {
  @Test(arguments: FuzzedReader.data.indices) func damagedFilesAreRefusedOrRead(
    _ index: Int
  ) throws {
    let report = try FuzzedReader.data[index].fuzz(count: 120)
    #expect(report.faults.isEmpty, "\(report.reader): \(report.faults.prefix(5))")
    #expect(report.slowest < .seconds(5) && report.refused > 0, "\(report)")
    // The files are of some kilobytes; the readers' buffers take a few megabytes.
    #expect(report.memory < 200 << 20, "\(report)")
  }
}
