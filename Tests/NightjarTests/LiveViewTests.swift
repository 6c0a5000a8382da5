import Foundation
import TestSupport
import Testing

/// `nightjar ui` as a program on the network sees it; Tests/Browser looks at it as a user does.
@Suite struct LiveViewTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// Runs the view, and ends it by Ctrl-C.
  @discardableResult
  private func withView(_ arguments: [String] = [], _ body: (HTTPClient) throws -> Void) throws
    -> Sandbox.Outcome
  {
    let environment = ["XDG_CACHE_HOME": TinySpeech.cache]
    var failure: (any Error)?
    let end = try sandbox.run(["ui", "--port", "0"] + arguments, environment: environment) { process in
      eventually { !process.isRunning || sandbox.read("stdout").contains("\n") }
      let address = sandbox.read("stdout").split(separator: "\n").first.map(String.init) ?? ""
      do { try body(HTTPClient(address: address)) } catch { failure = error }
      kill(process.processIdentifier, SIGINT)
      eventually { !process.isRunning }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    if let failure { throw failure }
    return end
  }

  /// A run of a script that logs values.
  private func logging(_ code: String, as name: String) throws {
    try sandbox.write("local nj = require 'nightjar'\n" + code, to: "\(name).lua")
    let end = try sandbox.run("\(name).lua", "--out", "runs/\(name)")
    try #require(end.status == 0, "\(end.errors)")
  }

  /// Waits until a page has a text.
  private func wait(_ client: HTTPClient, _ path: String, for text: String) throws -> String {
    for _ in 0..<900 {
      let body = try client.get(path).body
      if body.contains(text) { return body }
      usleep(100_000)
    }
    Issue.record("\(path) has no \(text)")
    return ""
  }

  @Test func listsAndShowsRuns() throws {
    try logging("for i = 1, 5 do nj.run.log('loss', 1 / i, i) end", as: "first")
    try logging("nj.run.log('loss', 2, 1) -- <script>", as: "second")
    let end = try withView { client in
      let list = try client.get("")
      #expect(list.status == 200 && list.body.contains("view?r=first") && list.body.contains("view?r=second"))
      #expect(try client.get("?q=fir").body.contains("1–1 of 1 row"))
      #expect(try client.get("?q=none").body.contains("No run meets the filter"))
      #expect(try client.get("?q=nothing%3D1").body.contains("there is no column &#39;nothing&#39;"))
      let run = try client.get("view?r=first").body
      #expect(run.contains("data-name=\"loss\" data-x=\"1 2 3 4 5\" data-y=\"1 0.5 0.33333 0.25 0.2\""))
      let both = try client.get("view?r=first&r=second").body
      #expect(both.contains("data-name=\"A first\"") && both.contains("data-name=\"B second\""))
      #expect(both.contains("&lt;script&gt;") && !both.contains("-- <script>"))
      #expect(try client.get("view?r=first&smooth=0.5").body.contains("line faint"))
      let report = try client.get("report?r=first")
      #expect(report.headers["content-disposition"] == "attachment; filename=\"first.html\"")
      #expect(report.body.hasPrefix("<!doctype html>") && !report.body.contains("<script"))
      #expect(try client.get("plugins?kind=learner&name=cosine").body.contains("<b>return</b>"))
    }
    #expect(end.status == 0, "\(end.errors)")
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var method = "GET"
    /// "TOKEN" stands for the token.
    var path = "/TOKEN/"
    var headers: [String: String] = [:]
    var status = 403
  }

  static let refusals = [
    Refusal(testDescription: "no token", path: "/"),
    Refusal(testDescription: "a wrong token", path: "/0123456789abcdef0123456789abcdef/"),
    Refusal(testDescription: "the beginning of a token", path: "/TOKE/"),
    Refusal(testDescription: "a longer token", path: "/TOKEN0/"),
    Refusal(testDescription: "a page that does not exist, without a token", path: "/view"),
    Refusal(
      testDescription: "a name that was bound to this machine", headers: ["Host": "attacker.example:PORT"]),
    Refusal(
      testDescription: "a name that begins with that of this machine", headers: ["Host": "localhost.example"]),
    Refusal(testDescription: "no host", headers: ["Host": ""]),
    Refusal(testDescription: "another origin", headers: ["Origin": "https://attacker.example"]),
    Refusal(testDescription: "another port of this machine", headers: ["Origin": "http://127.0.0.1:1"]),
    Refusal(testDescription: "an origin that hides itself", headers: ["Origin": "null"]),
    Refusal(testDescription: "a script of another site", headers: ["Sec-Fetch-Site": "cross-site"]),
    Refusal(
      testDescription: "a form of another site", method: "POST", path: "/TOKEN/start",
      headers: ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"]),
    Refusal(
      testDescription: "another server of this machine", method: "POST", path: "/TOKEN/stop",
      headers: ["Sec-Fetch-Site": "same-site"]),
    Refusal(
      testDescription: "a link of another site",
      headers: ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"],
      status: 200),
    Refusal(testDescription: "its own page", headers: ["Sec-Fetch-Site": "same-origin"], status: 200),
    Refusal(testDescription: "a forwarded port", headers: ["Host": "localhost:8000"], status: 200),
    Refusal(testDescription: "another method", method: "DELETE", status: 405),
  ]

  @Test func answersOnlyThoseWhoMay() throws {
    try withView { client in
      let port = String(client.host.split(separator: ":")[1])
      for refusal in Self.refusals {
        let headers = refusal.headers.mapValues { $0.replacingOccurrences(of: "PORT", with: port) }
        let path = refusal.path.replacingOccurrences(of: "TOKEN", with: client.token)
          .replacingOccurrences(of: "/TOKE/", with: "/\(client.token.dropLast())/")
        let response = try client.send(refusal.method, path, headers)
        #expect(response.status == refusal.status, "\(refusal.testDescription)")
        #expect(refusal.status != 403 || response.body.hasPrefix("403"), "\(refusal.testDescription)")
        #expect(!response.body.contains(client.token))
        let policy = response.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(response.headers["access-control-allow-origin"] == nil)
      }
    }
    #expect(!sandbox.exists("runs"), "a request that was refused starts nothing")
  }

  @Test func answersBadRequests() throws {
    try logging("nj.run.log('loss', 1, 1)", as: "a")
    try sandbox.write("{}", to: "outside/settings.json")
    try withView { client in
      for path in [
        "view?r=none", "view?r=..", "view?r=../outside", "view?r=.ui", "view?r=\(sandbox.path("outside"))",
        "nothing",
        "values?r=a&series=none", "plugins?kind=learner&name=none", "view?r=a%00b",
      ] { #expect(try client.get(path).status == 404, "\(path)") }
      #expect(try client.get("view").status == 400)
      #expect(try client.get("view?" + (0..<30).map { "r=\($0)" }.joined(separator: "&")).status == 400)
      #expect(try client.get("view?r=a&smooth=nan&log=%FF").status == 200)
      #expect(try client.get("?page=999999999999999999999&sort=-none").status == 200)
      #expect(try client.post("stop", [("r", "a")]).status == 409)
      #expect(try client.post("resume", [("r", "a")]).status == 409)
      #expect(try client.post("stop", [("r", "../outside")]).status == 404)
      #expect(try client.post("nothing", []).status == 404)
      let large = try client.post("start", [("task", String(repeating: "x", count: 70_000))])
      #expect(large.status == 413)
    }
  }

  private struct Values: Decodable {
    let total: Int
    let offset: Int
    let steps: [Int]
  }

  private func values(_ query: String, _ client: HTTPClient) throws -> Values {
    let body = try client.get("api/values?r=many&series=loss" + query).body
    return try JSONDecoder().decode(Values.self, from: Data(body.utf8))
  }

  @Test func pagesAMillionValues() throws {
    try logging("nj.run.log('few', 1, 1)", as: "many")
    let rows = (1...1_000_000).map { "loss,\($0),\($0 % 1000)\n" }.joined()
    try sandbox.write("name,step,value\n" + rows, to: "runs/many/scalars.csv")
    try withView { client in
      let first = try values("&limit=1000000", client)
      #expect(first.total == 1_000_000 && first.steps == Array(1...1000), "at most a thousand at once")
      let last = try values("&offset=999998", client)
      #expect(last.offset == 999_998 && last.steps == [999_999, 1_000_000])
      let beyond = try values("&offset=99999999", client)
      #expect(beyond.steps.isEmpty)
      let page = try client.get("values?r=many&series=loss&page=5000").body
      #expect(page.contains("999,801") || page.contains("999801–1000000 of 1000000 values"))
      #expect(!page.contains("rel=\"next\""))
      // The drawing has few points, with the extremes of all.
      let view = try client.get("view?r=many")
      #expect(view.body.utf8.count < 100_000, "\(view.body.utf8.count)")
      #expect(view.body.contains("999 ") && view.body.contains("data-name=\"loss\""))
    }
  }

  @Test func sendsWhatIsNew() throws {
    try logging("nj.run.log('loss', 1, 1)", as: "live")
    try withView { client in
      // The page says where its news is.
      let page = try client.get("view?r=live").body
      let address = try #require(page.firstMatch(of: /data-events="([^"]*)"/)).output.1
        .replacing("&amp;", with: "&")
      let path = sandbox.path("runs/live/scalars.csv")
      // A thread of its own: those that tests share may all be waiting for a program.
      Thread.detachNewThread {
        usleep(1_500_000)
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: Data("loss,2,0.25\nloss,3,0.12".utf8))
      }
      let events = try client.events(String(address)) { $0.contains("0.25") }
      #expect(events.contains("text/event-stream") && events.contains("\"id\":\"training\""))
      #expect(
        events.contains("data-x=\\\"1 2\\\" data-y=\\\"1 0.25\\\""),
        "a line that is not whole is left for later")
    }
  }

  @Test func startsStopsAndResumesABench() throws {
    let form = [
      ("task", "keyword_fscil"), ("model", "m5"), ("recipe", "cross_entropy"), ("encoder", ""),
      // It takes its time.
      ("learner", "finetune"), ("data", TinySpeech.data), ("repeats", "100000"),
      ("set:model:m5.channels", "4"), ("set:recipe:cross_entropy.epochs", "1"),
    ]
    let end = try withView { client in
      let command = try client.get("command?task=keyword_fscil&learner=ridge&set%3Alearner%3Aridge.lambda=7")
        .body
      #expect(command == "nightjar bench keyword_fscil --learner=ridge --set=ridge.lambda=7")
      let started = try client.post("start", form)
      #expect(started.status == 303, "\(started.body)")
      let view = try #require(started.headers["location"])
      let folder = String(try #require(view.split(separator: "=").last))
      // The curve is there while it goes on.
      let live = try wait(client, view, for: "data-name=\"finetune\"")
      #expect(live.contains("class=\"state running\""))
      #expect(try client.get("api/runs?limit=1").body.contains("\"state\" : \"running\""))
      #expect(try client.post("resume", [("r", folder)]).status == 409)
      #expect(try client.post("stop", [("r", folder)]).status == 303)
      let stopped = try wait(client, view, for: "action=\"resume\"")
      #expect(stopped.contains("class=\"state unfinished\"") && stopped.contains("partial results saved"))
      #expect(try client.post("resume", [("r", folder)]).status == 303)
      _ = try wait(client, view, for: "class=\"state running\"")
      #expect(try client.post("stop", [("r", folder)]).status == 303)
      _ = try wait(client, view, for: "action=\"resume\"")
    }
    #expect(end.status == 0 && !end.errors.contains("still running"), "\(end.errors)")
  }

  @Test func saysWhyABenchDoesNotStart() throws {
    try withView { client in
      let task = ("task", "keyword_fscil")
      let refused = try client.post("start", [task, ("learners", "none")])
      #expect(refused.status == 422 && refused.body.contains("no learner plugin named &#39;none&#39;"))
      #expect(try client.post("start", [task]).body.contains("Select a learner"))
      let option = try client.post(
        "start", [task, ("learner", "cosine"), ("set:model:m5.channels", "--out=/")])
      #expect(
        option.status == 422 && option.body.contains("expected integer of at least 1"), "\(option.body)")
      #expect(option.body.contains("value=\"--out=/\""), "the form keeps what was written")
      let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("runs"))
      #expect(left.allSatisfy { $0.hasPrefix(".") || $0.contains(".sqlite") }, "\(left)")
    }
  }

  @Test func tellsOfABenchThatIsRefusedLate() throws {
    // It is refused once the test says so, which is after the form was answered.
    try sandbox.write("repeat until pcall(require, 'go')\nerror('refused late, <really>')", to: "late.lua")
    let form = [("task", "keyword_fscil"), ("learners", "./late.lua"), ("data", TinySpeech.data)]
    let end = try withView { client in
      let started = try client.post("start", form)
      let view = try #require(started.headers["location"], "\(started.body)")
      let folder = String(try #require(view.split(separator: "=").last))
      let page = try client.get(view).body
      #expect(page.contains("class=\"state starting\"") && page.contains("action=\"stop\""))
      #expect(try !client.get("").body.contains("Not started"))
      try sandbox.write("return true", to: "go.lua")
      let failed = try wait(client, view, for: "class=\"state failed\"")
      #expect(failed.contains("refused late, &lt;really&gt;") && !failed.contains("action=\"stop\""))
      #expect(
        failed.contains("nightjar bench keyword_fscil --data=") && failed.contains("--learner=./late.lua"))
      // Every list says so, also one that is open.
      #expect(try client.get("?q=none").body.contains("refused late"))
      #expect(try client.events("events") { $0.contains("refused late") }.contains("\"id\":\"failed\""))
      let again = try #require(failed.firstMatch(of: /href="(new\?[^"]*)"/)).output.1.replacing(
        "&amp;", with: "&")
      #expect(try client.get(String(again)).body.contains("name=\"learners\" value=\"./late.lua\""))
      #expect(try client.post("dismiss", [("r", folder)]).status == 303)
      #expect(try !client.get("").body.contains("refused late"))
      #expect(try client.get(view).status == 404)
      let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("runs"))
      #expect(left.allSatisfy { $0.hasPrefix(".") || $0.contains(".sqlite") }, "\(left)")
      // One that nobody has dismissed is told when the view ends.
      try FileManager.default.removeItem(atPath: sandbox.path("go.lua"))
      let last = try #require(client.post("start", form).headers["location"])
      try sandbox.write("return true", to: "go.lua")
      _ = try wait(client, last, for: "class=\"state failed\"")
    }
    #expect(end.errors.contains("warning: not started: nightjar bench keyword_fscil"), "\(end.errors)")
    #expect(end.errors.contains("refused late, <really>"))
  }

  @Test func saysWhyABenchIsNotResumed() throws {
    try sandbox.write("error 'it was edited'", to: "mine.lua")
    let settings = [
      "nightjar", "bench", "--learner", "./mine.lua", "--data", TinySpeech.data, "--out", "elsewhere",
    ]
    try logging("nj.run.log('loss', 1, 1)", as: "broken")
    let path = "runs/broken/settings.json"
    var record = try #require(
      JSONSerialization.jsonObject(with: Data(sandbox.read(path).utf8)) as? [String: Any])
    record["command"] = settings
    try sandbox.write(
      String(decoding: try JSONSerialization.data(withJSONObject: record), as: UTF8.self), to: path)
    try FileManager.default.removeItem(atPath: sandbox.path("runs/broken/outcome.json"))
    try withView { client in
      let refused = try client.post("resume", [("r", "broken")])
      // On a busy machine the answer comes before the refusal.
      let page =
        refused.status == 422 ? refused.body : try wait(client, "view?r=broken", for: "Not started")
      #expect(page.contains("it was edited"), "\(page)")
      #expect(sandbox.exists(path))
    }
  }

  @Test func listensOnlyOnThisMachineAndOnce() throws {
    try withView { client in
      let port = String(client.host.split(separator: ":")[1])
      let second = try Sandbox().run("ui", "--port", port)
      #expect(
        second.status == 2 && second.errors.contains("the port cannot be used: it is in use"),
        "\(second.errors)")
      let sockets = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
      let hex = String(UInt16(port) ?? 0, radix: 16).uppercased()
      let own = sockets.split(separator: "\n").filter {
        $0.contains(":\(String(repeating: "0", count: 4 - hex.count) + hex) 00000000:0000 0A")
      }
      #expect(own.count == 1 && own.allSatisfy { $0.contains("0100007F:") }, "\(own)")
    }
    #expect(try sandbox.run("ui", "--port", "70000").status == 2)
  }
}
