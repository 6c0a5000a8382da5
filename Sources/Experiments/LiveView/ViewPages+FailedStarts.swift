import Foundation

/// The benches that have failed before they were recorded as runs, until they are dismissed.
extension ViewPages {
  /// A run, or a bench that has failed before it was one; nil for a name that is neither's.
  func viewed(_ folder: String) async -> RunLibrary.ViewedRun? {
    let failure = await started.failures.first { $0.folder == folder }
    var run = await library.run(folder)
    if run == nil, failure != nil { run = RunLibrary.ViewedRun(folder: folder) }
    run?.failure = failure
    return run
  }

  /// What a list of runs says of those that have failed; empty without any.
  func failedStarts() async -> HTML {
    let failures = await started.failures
    if failures.isEmpty { return "" }
    return "<h2>Not started</h2>\(failures.map(Self.notice))"
  }

  func dismiss(_ fields: FormFields) async -> ViewAnswer {
    await started.dismiss(fields["r"])
    return .redirect(to: "./")
  }

  /// What has failed, why, and what can be done.
  static func notice(_ failure: FailedStart) -> HTML {
    let again: HTML =
      failure.command.form.map {
        "<a class=\"button\" href=\"new?\($0.encoded)\">Change and start again</a>"
      } ?? ""
    return """
      <div class="notice" role="alert"><p><code>\(BenchForm.commandLine(failure.command.words))</code></p>
      <pre class="problem">\(failure.message)</pre>
      <div class="actions"><form method="post" action="dismiss">\
      <input type="hidden" name="r" value="\(failure.folder)">\
      <button aria-label="Dismiss \(failure.folder)">Dismiss</button></form>\(again)</div></div>
      """
  }
}
