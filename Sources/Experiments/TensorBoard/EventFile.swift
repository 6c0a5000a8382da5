import Figures
import Foundation
import Support
import SwiftProtobuf
import TensorBoardSchema

/// A file of events that TensorBoard reads, also while it is written. Safe to call from many threads.
///
/// A file is a list of records: the length (8 bytes, little-endian), its masked checksum (4), an event, the masked
/// checksum of the event (4). Source: TensorFlow, "TFRecord and tf.train.Example", and `record_writer.h`.
public final class EventFile: Sendable {
  private let file: AppendedFile

  /// The file's path.
  public var path: String { file.path }

  /// A file in a folder, created with its first event. Its name is the one that TensorBoard looks for, with the time
  /// first, by which several files of one run are ordered.
  public init(in folder: String, at time: Date = Date()) {
    let seconds = String(format: "%010d", Int(time.timeIntervalSince1970))
    let host = ProcessInfo.processInfo.hostName.fileSlug
    var first = Tensorboard_Event()
    first.wallTime = time.timeIntervalSince1970
    first.fileVersion = "brain.Event:2"
    file = AppendedFile(
      "\(folder)/events.out.tfevents.\(seconds).\(host).\(getpid())",
      header: (try? Self.record(first)) ?? Data())
  }

  /// Appends values of a step.
  ///
  /// - Throws: `FileError` when the buffer cannot be written.
  public func add(_ values: [Tensorboard_Summary.Value], step: Int, at time: Date = Date()) throws {
    var event = Tensorboard_Event()
    event.wallTime = time.timeIntervalSince1970
    event.step = Int64(step)
    event.summary.value = values
    let record = try Self.record(event)
    try file.append { $0.append(record) }
  }

  /// Writes the buffer.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func flush() throws { try file.flush() }

  private static func record(_ event: Tensorboard_Event) throws -> Data {
    let bytes = try event.serializedData()
    let length = little(UInt64(bytes.count))
    return length + little(CRC32C.masked(length)) + bytes + little(CRC32C.masked(bytes))
  }

  private static func little(_ value: some FixedWidthInteger) -> Data {
    withUnsafeBytes(of: value.littleEndian) { Data($0) }
  }
}
