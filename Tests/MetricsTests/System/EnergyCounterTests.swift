import Foundation
import Metrics
import Testing

/// A folder in place of /sys or /proc, removed with the test.
struct FakeFolder: ~Copyable {
  let root: String

  init() throws {
    root = NSTemporaryDirectory() + "nightjar-system-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ text: String, to path: String) throws {
    let file = root + "/" + path
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: false, encoding: .utf8)
  }

  /// One zone as the kernel presents it.
  func zone(_ path: String, name: String, microjoules: UInt64, range: UInt64 = 1_000_000) throws {
    try write(name + "\n", to: path + "/name")
    try write("\(microjoules)\n", to: path + "/energy_uj")
    try write("\(range)\n", to: path + "/max_energy_range_uj")
  }
}

@Suite struct EnergyCounterTests {
  @Test func addsPackagesAndNothingElse() throws {
    let folder = try FakeFolder()
    try folder.zone("intel-rapl:0", name: "package-0", microjoules: 100)
    try folder.zone("intel-rapl:0:0", name: "core", microjoules: 50)
    try folder.zone("intel-rapl:1", name: "package-1", microjoules: 7)
    try folder.zone("intel-rapl:2", name: "psys", microjoules: 500)
    try folder.zone("intel-rapl-mmio:0", name: "package-0", microjoules: 100)
    try folder.write("1", to: "intel-rapl/enabled")
    var counter = try EnergyCounter(root: folder.root)
    #expect(counter.names == ["package-0", "package-1"] && counter.joules == 0)
    for path in ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1", "intel-rapl:2", "intel-rapl-mmio:0"] {
      try folder.write("500100\n", to: path + "/energy_uj")
    }
    #expect(abs(try counter.update() - 1.000093) < 1e-12)
    #expect(abs(try counter.update() - 1.000093) < 1e-12)
  }

  @Test func findsZonesBelowTheirKind() throws {
    let folder = try FakeFolder()
    try folder.zone("intel-rapl/intel-rapl:0", name: "package-0", microjoules: 0)
    try folder.zone("intel-rapl/intel-rapl:0/intel-rapl:0:0", name: "core", microjoules: 0)
    var counter = try EnergyCounter(root: folder.root)
    try folder.write("250000", to: "intel-rapl/intel-rapl:0/energy_uj")
    #expect(abs(try counter.update() - 0.25) < 1e-12)
    #expect(counter.names == ["package-0"])
  }

  @Test func goesOnWhereACounterStartsOver() throws {
    let folder = try FakeFolder()
    try folder.zone("intel-rapl:0", name: "package-0", microjoules: 900_000)
    var counter = try EnergyCounter(root: folder.root)
    try folder.write("200000", to: "intel-rapl:0/energy_uj")
    #expect(abs(try counter.update() - 0.3) < 1e-12)
    try folder.write("100000", to: "intel-rapl:0/energy_uj")
    #expect(abs(try counter.update() - 1.2) < 1e-12)
  }

  @Test func refusesACounterThatCannotBe() throws {
    let folder = try FakeFolder()
    try folder.zone("intel-rapl:0", name: "package-0", microjoules: 2_000_000)
    var counter = try EnergyCounter(root: folder.root)
    let path = folder.root + "/intel-rapl:0/energy_uj"
    try folder.write("5", to: "intel-rapl:0/energy_uj")
    #expect(throws: MeasurementError.counterWentBack(path: path, from: 2_000_000, to: 5, range: 1_000_000)) {
      try counter.update()
    }
    for text in ["", "-5", "a lot", "99999999999999999999"] {
      try folder.write(text, to: "intel-rapl:0/energy_uj")
      #expect(
        throws: MeasurementError.malformed(path: path, text: text, expected: "a number of microjoules")
      ) { try counter.update() }
    }
    #expect(counter.joules == 0)
  }

  @Test func saysWhyThereIsNothing() throws {
    let missing = #expect(throws: MeasurementError.self) { try EnergyCounter(root: "/nowhere/powercap") }
    #expect(missing?.description.contains("not readable here: /nowhere/powercap: No such file") == true)
    let folder = try FakeFolder()
    let empty = #expect(throws: MeasurementError.self) { try EnergyCounter(root: folder.root) }
    #expect(empty?.description.contains("no counter of a processor package") == true)
    try folder.zone("intel-rapl:0", name: "psys", microjoules: 5)
    #expect(throws: MeasurementError.self) { try EnergyCounter(root: folder.root) }
    // A package without its counter.
    try folder.write("package-0", to: "intel-rapl:1/name")
    let half = #expect(throws: MeasurementError.self) { try EnergyCounter(root: folder.root) }
    #expect(half?.description.contains("max_energy_range_uj: No such file") == true)
  }

  @Test func saysWhoMayReadIt() throws {
    let files = SystemFiles(
      text: { path throws(SystemFiles.ReadError) in
        if path.hasSuffix("/name") { return "package-0" }
        if path.hasSuffix("/max_energy_range_uj") { return "1000" }
        throw SystemFiles.ReadError(code: EACCES)
      }, names: { _ throws(SystemFiles.ReadError) in ["intel-rapl:0"] })
    let denied = #expect(throws: MeasurementError.self) { try EnergyCounter(root: "/sys", files: files) }
    #expect(
      denied?.description
        == "the energy of the processor is not readable here: /sys/intel-rapl:0/energy_uj: Permission denied. "
        + "Hint: only root may read it; run as root, or let others read it by chmod a+r on energy_uj")
    #expect(denied?.exitCode == .data)
  }

  @Test(.enabled(if: getuid() != 0, "root may read everything")) func meetsRealPermissions() throws {
    let folder = try FakeFolder()
    try folder.zone("intel-rapl:0", name: "package-0", microjoules: 5)
    chmod(folder.root + "/intel-rapl:0/energy_uj", 0)
    let denied = #expect(throws: MeasurementError.self) { try EnergyCounter(root: folder.root) }
    #expect(denied?.description.contains("Permission denied") == true)
  }
}

@Suite struct ProcessFiguresTests {
  @Test func readsThePeakMemory() throws {
    let folder = try FakeFolder()
    func peak() throws -> Int { try ProcessStatistics.peakMemory(root: folder.root, files: .system) }
    let missing = #expect(throws: MeasurementError.self) { try peak() }
    #expect(missing?.description.contains("needs Linux") == true)
    try folder.write("Name:\tx\nVmPeak:\t  9 kB\nVmHWM:\t   1940 kB\nVmRSS:\t 7 kB\n", to: "self/status")
    #expect(try peak() == 1940 * 1024)
    for text in ["VmHWM: 5 MB", "VmHWM: -5 kB", "VmHWM: kB", "VmHWM: 99999999999999999 kB", "Name: x"] {
      try folder.write(text, to: "self/status")
      #expect(throws: MeasurementError.self) { try peak() }
    }
  }

  @Test func readsTheAgeOfTheProcess() throws {
    let folder = try FakeFolder()
    func age() throws -> Double {
      try ProcessStatistics.secondsSinceStart(root: folder.root, ticks: 100, files: .system)
    }
    #expect(throws: MeasurementError.self) { try age() }
    let before = (4...21).map { "\($0)" }.joined(separator: " ")
    try folder.write("7 (a ) b (c) R \(before) 250000 1 2", to: "self/stat")
    #expect(throws: MeasurementError.self) { try age() }
    try folder.write("2503.25 99.5\n", to: "uptime")
    #expect(try age() == 3.25)
    try folder.write("2499.99 99.5\n", to: "uptime")
    #expect(try age() == 0)
    try folder.write("soon\n", to: "uptime")
    #expect(throws: MeasurementError.self) { try age() }
    for text in ["", "7 (a) R 1 2 3", "7 (a) R \(before) never"] {
      try folder.write(text, to: "self/stat")
      #expect(throws: MeasurementError.self) { try age() }
    }
  }

  #if os(Linux)
    @Test func knowsThisProcess() throws {
      #expect(try ProcessStatistics.peakMemory() > 1 << 20)
      let age = try ProcessStatistics.secondsSinceStart()
      #expect(age >= 0 && age < 1e6)
    }
  #endif
}
