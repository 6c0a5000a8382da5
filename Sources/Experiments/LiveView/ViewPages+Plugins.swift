import Foundation
import Support

/// The installed plugins with their sources, and the form that starts a bench with them.
extension ViewPages {
  /// The installed plugins. Each is loaded again: it may have been edited.
  func listedPlugins() async throws -> [PluginListing] {
    let program = program
    // Waits for a process, which must not keep a thread of the server.
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try InstalledPlugins.list(program: program) })
      }
    }
  }

  func plugins(_ query: FormFields) async throws -> ViewAnswer {
    let all = try await listedPlugins()
    if query.contains("name") {
      guard let plugin = all.first(where: { $0.kind == query["kind"] && $0.name == query["name"] }) else {
        return Self.page(status: 404, "Not found", problem: "There is no such plugin.")
      }
      return Self.page(plugin.title, current: "plugins", Self.details(plugin))
    }
    var kinds: [String] = []
    for plugin in all where !kinds.contains(plugin.kind) { kinds.append(plugin.kind) }
    let tables = kinds.map { kind -> HTML in
      let rows = all.filter { $0.kind == kind }.map { plugin -> HTML in
        let link = ViewLink.to("plugins", [("kind", kind), ("name", plugin.name)])
        let text: HTML =
          plugin.error.map { "<span class=\"problem\">\($0)</span>" } ?? "\(plugin.summary ?? "")"
        return "<tr><td><a href=\"\(link)\">\(plugin.name)</a></td><td>\(text)</td></tr>"
      }
      return """
        <section><h2>\(kind.prefix(1).uppercased() + kind.dropFirst())s</h2><table class="plugins">
        <thead class="hidden"><tr><th scope="col">Name</th><th scope="col">Summary</th></tr></thead>
        <tbody>\(rows)</tbody></table></section>
        """
    }
    return Self.page("Plugins", current: "plugins", HTML(joining: tables))
  }

  private static func details(_ plugin: PluginListing) -> HTML {
    let options = (plugin.options ?? []).map { option -> HTML in
      """
      <tr><td><code>\(option.name)</code></td><td>\(option.defaultText ?? "")</td><td>\(option.expected)</td>
      <td>\(option.help)</td></tr>
      """
    }
    let table: HTML =
      options.isEmpty
      ? ""
      : """
      <h2>Options</h2><div class="wide"><table class="plugins"><thead><tr><th scope="col">Option</th>
      <th scope="col">Default</th><th scope="col">Accepts</th><th scope="col">Help</th></tr></thead>
      <tbody>\(options)</tbody></table></div>
      """
    let source = (try? String(contentsOfFile: plugin.path, encoding: .utf8)) ?? ""
    let problem: HTML = plugin.error.map { "<p class=\"problem\">\($0)</p>" } ?? ""
    return """
      <p>\(plugin.summary ?? "")</p>\(problem)\(table)<h2>Source</h2><p class="caption">\(plugin.path)</p>
      <pre class="lua" tabindex="0">\(LuaHighlight.html(source))</pre>
      """
  }

  func form(_ query: FormFields) async throws -> ViewAnswer {
    formPage(BenchForm(fields: query, plugins: try await listedPlugins()))
  }

  /// The command line that a form stands for, as text.
  func commandLine(_ query: FormFields) async throws -> ViewAnswer {
    .text(BenchForm(fields: query, plugins: try await listedPlugins()).commandLine)
  }

  func formPage(_ form: BenchForm, status: Int = 200, problem: String? = nil) -> ViewAnswer {
    let alert: HTML = problem.map { "<pre class=\"problem\" role=\"alert\">\($0)</pre>" } ?? ""
    let single = BenchForm.singleKinds.map { Self.choice($0, form) }
    let several = [("learner", "Learners"), ("metric", "Metrics"), ("test", "Tests")].map { kind, title in
      Self.choices(kind, title, form)
    }
    let options = form.plugins.filter { $0.options?.isEmpty == false }.map { Self.options($0, form) }
    let sizes = ["quick", "standard", "paper"].map { size -> HTML in
      let mark: HTML = form.value(of: "size") == size ? " selected" : ""
      return "<option\(mark)>\(size)</option>"
    }
    return Self.page(
      status: status, "New run", current: "new",
      """
      \(alert)<form method="post" action="start" class="bench" data-bench>
      <fieldset><legend>Plugins</legend><div class="fields">\(single)</div>\(several)
      <label class="field">More learners, as on the command line
      <input name="learners" value="\(form.fields["learners"])" placeholder="ridge:lambda=1,ridge:lambda=10"
      spellcheck="false"></label>
      </fieldset>
      <fieldset><legend>Options</legend>\(options)</fieldset>
      <fieldset><legend>Data</legend><div class="fields">
      <label class="field">Synthetic speech<select name="size">\(sizes)</select></label>
      <label class="field">or a folder of recordings
      <input name="data" value="\(form.fields["data"])" spellcheck="false"></label></div></fieldset>
      <fieldset><legend>Repeats</legend><div class="fields">
      <label class="field">Repeats
      <input name="repeats" type="number" min="1" max="1000000" value="\(form.value(of: "repeats"))"></label>
      <label class="field">Seeds
      <input name="seeds" value="\(form.fields["seeds"])" placeholder="1 or 1,2,3" inputmode="numeric"></label>
      </div></fieldset>
      <p class="caption">The same on the command line:</p><pre id="command" class="command">\(form.commandLine)</pre>
      <button class="primary">Start</button></form>
      """)
  }

  /// A list to select one plugin of a kind from.
  private static func choice(_ kind: String, _ form: BenchForm) -> HTML {
    let selected = form.value(of: kind)
    let options = form.plugins.filter { $0.kind == kind }.map { plugin -> HTML in
      let mark: HTML = plugin.name == selected ? " selected" : ""
      return
        "<option value=\"\(plugin.name)\" title=\"\(plugin.summary ?? "")\"\(mark)>\(plugin.name)</option>"
    }
    let own: HTML = kind == "encoder" ? "<option value=\"\">the model's</option>" : ""
    return """
      <label class="field">\(kind.prefix(1).uppercased() + kind.dropFirst())<select name="\(kind)" data-kind="\(kind)">
      \(own)\(options)</select></label>
      """
  }

  /// Boxes to select several plugins of a kind.
  private static func choices(_ kind: String, _ title: String, _ form: BenchForm) -> HTML {
    let selected = form.selected(kind)
    let boxes = form.plugins.filter { $0.kind == kind }.map { plugin -> HTML in
      let mark: HTML = selected.contains(plugin.name) ? " checked" : ""
      return """
        <label class="box" title="\(plugin.summary ?? "")">\
        <input type="checkbox" name="\(kind)" value="\(plugin.name)" \
        data-kind="\(kind)"\(mark)> \(plugin.name)</label>
        """
    }
    if boxes.isEmpty { return "" }
    return "<fieldset class=\"boxes\"><legend>\(title)</legend>\(boxes)</fieldset>"
  }

  /// The options of one plugin; hidden, and not sent, unless it is selected.
  private static func options(_ plugin: PluginListing, _ form: BenchForm) -> HTML {
    let inputs = (plugin.options ?? []).map { option -> HTML in
      let name = BenchForm.field(plugin, option)
      let value = form.fields[name]
      let label: HTML = "<span>\(option.name)</span>"
      let isChoice = !option.choices.isEmpty && !option.type.hasSuffix("s") || option.type == "boolean"
      if isChoice {
        let all = option.type == "boolean" && option.choices.isEmpty ? ["true", "false"] : option.choices
        let choices = all.map { choice -> HTML in
          let mark: HTML = choice == (value.isEmpty ? option.defaultText ?? "" : value) ? " selected" : ""
          return "<option\(mark)>\(choice)</option>"
        }
        let none: HTML = option.defaultText == nil ? "<option value=\"\"></option>" : ""
        return """
          <label class="field" title="\(option.help)">\(label)<select name="\(name)">\(none)\(choices)</select></label>
          """
      }
      return """
        <label class="field" title="\(option.help)">\(label)<input name="\(name)" value="\(value)" \
        placeholder="\(option.defaultText ?? option.expected)" spellcheck="false"></label>
        """
    }
    let state: HTML = form.isSelected(plugin) ? "" : " disabled hidden"
    return """
      <fieldset class="options" data-plugin="\(plugin.title)"\(state)><legend>\(plugin.title)</legend>
      <div class="fields">\(inputs)</div></fieldset>
      """
  }
}
