/// The energy that the processor packages have consumed, in joules, by the counters of Linux (RAPL, powercap).
///
/// A reading is the sum over the packages of all sockets, whichever process used them: the machine has to be idle
/// otherwise. Their parts (core, uncore, dram) are not added, since packages include them or they are not wanted,
/// nor is
/// `psys`, which includes the packages. A counter restarts when it reaches `max_energy_range_uj`; ``update()`` detects
/// that once, so it has to be called more often than that: a range of 262 kJ lasts 20 minutes at 200 W.
///
/// Where there are no counters, or they may not be read, the error has the reason. There is no estimate.
/// Source: Linux, Documentation/power/powercap/powercap.rst.
public struct EnergyCounter: Sendable {
  private struct Package: Sendable {
    let name: String
    let path: String
    let range: UInt64
    var last: UInt64
  }

  /// Joules since the start, up to the last ``update()``.
  public private(set) var joules = 0.0
  private var packages: [Package] = []
  private let files: SystemFiles

  /// The folder of Linux's counters.
  public static let systemRoot = "/sys/class/powercap"
  private static let what = "the energy of the processor"

  /// The packages that are counted, such as "package-0".
  public var names: [String] { packages.map(\.name) }

  /// Starts counting at 0.
  ///
  /// - Throws: ``MeasurementError/notReadable(what:path:reason:hint:)`` where there are no counters of packages or
  ///   they may not be read; ``MeasurementError/malformed(path:text:expected:)``.
  public init(root: String = systemRoot) throws(MeasurementError) {
    try self.init(root: root, files: .system)
  }

  /// The same from other files than the system's.
  ///
  /// - Throws: as ``init(root:)``.
  package init(root: String, files: SystemFiles) throws(MeasurementError) {
    self.files = files
    for folder in try Self.zones(root, files) {
      guard let name = try? files.text(folder + "/name"), name.hasPrefix("package") else { continue }
      // The same package may appear twice, by registers and by memory (intel-rapl-mmio), which sorts later.
      guard !packages.contains(where: { $0.name == name }) else { continue }
      let path = folder + "/energy_uj"
      packages.append(
        Package(
          name: name, path: path, range: try Self.number(folder + "/max_energy_range_uj", files),
          last: try Self.number(path, files)))
    }
    if packages.isEmpty {
      throw .notReadable(
        what: Self.what, path: root, reason: "no counter of a processor package",
        hint: "use a machine with RAPL, not a virtual one, and load intel_rapl_msr by modprobe")
    }
  }

  /// The folders of zones such as intel-rapl:0, in the root or one below it, where the kernel has them too.
  private static func zones(_ root: String, _ files: SystemFiles) throws(MeasurementError) -> [String] {
    let entries: [String]
    do { entries = try files.names(root) } catch {
      throw .notReadable(
        what: what, path: root, reason: error.reason,
        hint: error.isMissing
          ? "this needs Linux on a processor with RAPL, not a virtual machine or container without it"
          : "run as a user who may read it")
    }
    let kinds = entries.filter { $0 == "intel-rapl" || $0 == "intel-rapl-mmio" }
    let flat = entries.filter(isZone).map { root + "/" + $0 }
    let nested = kinds.flatMap { kind in
      ((try? files.names(root + "/" + kind)) ?? []).filter(isZone).map { root + "/" + kind + "/" + $0 }
    }
    // Registers before memory: "intel-rapl-mmio:0" would sort before "intel-rapl:0".
    let all = flat + nested
    return all.filter { !$0.contains("intel-rapl-mmio") } + all.filter { $0.contains("intel-rapl-mmio") }
  }

  /// Whether a name is that of a zone, with one number: intel-rapl:0, not its part intel-rapl:0:1.
  private static func isZone(_ name: String) -> Bool {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && ["intel-rapl", "intel-rapl-mmio"].contains(parts[0]) && Int(parts[1]) != nil
  }

  /// Reads the counters and adds the energy since the last reading.
  ///
  /// - Returns: ``joules``.
  /// - Throws: ``MeasurementError`` where a counter cannot be read, or decreased by more than an overflow.
  @discardableResult
  public mutating func update() throws(MeasurementError) -> Double {
    var changed = packages
    var sum = UInt64(0)
    for index in changed.indices {
      let package = changed[index]
      let now = try Self.number(package.path, files)
      if now >= package.last {
        sum += now - package.last
      } else {
        guard package.last <= package.range else {
          throw .counterWentBack(path: package.path, from: package.last, to: now, range: package.range)
        }
        sum += package.range - package.last + now
      }
      changed[index].last = now
    }
    packages = changed
    joules = joules + Double(sum) * 1e-6
    return joules
  }

  private static func number(_ path: String, _ files: SystemFiles) throws(MeasurementError) -> UInt64 {
    let text: String
    do { text = try files.text(path) } catch {
      throw .notReadable(
        what: what, path: path, reason: error.reason,
        hint: error.isDenied
          ? "only root may read it; run as root, or let others read it by chmod a+r on energy_uj"
          : "the kernel does not provide this counter")
    }
    // Microjoules; a counter of a century at a megawatt is far from this bound, and sums of many stay below 2⁶⁴.
    guard let number = UInt64(text), number <= 1 << 52 else {
      throw .malformed(path: path, text: text, expected: "a number of microjoules")
    }
    return number
  }
}
