import Foundation
import Support
import Testing

@Suite struct FileErrorTests {
  /// Foundation tells some errors of the system in words of its own, without their number.
  @Test(arguments: [
    (CocoaError.Code.fileWriteOutOfSpace, "the disk is full"),
    (.fileWriteVolumeReadOnly, "the disk is read-only"),
    (.fileWriteNoPermission, "Permission denied"),
    (.fileReadNoSuchFile, "No such file or directory"),
  ]) func errorsOfFoundationAreTheSystems(_ code: CocoaError.Code, _ reason: String) {
    let error = FileError("copy", "a.wav", cause: CocoaError(code))
    #expect(error.reason == reason)
    #expect((error.hint != nil) == reason.hasPrefix("the disk"))
  }
}
