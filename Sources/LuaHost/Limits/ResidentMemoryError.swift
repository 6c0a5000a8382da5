import Support

/// The process holds more memory than what the limits count explains: a script keeps many small things in the host.
struct ResidentMemoryError: NightjarError {
  /// In bytes.
  let limit: Int

  var exitCode: ExitCode { .limit }
  var message: ErrorMessage {
    ErrorMessage(
      "memory: the process holds more than \(ByteCount(limit)), "
        + "much of it in objects of the script that no other limit counts",
      hint: "keep data in tensors, and fewer objects; or raise the budget with --memory SIZE")
  }
}
