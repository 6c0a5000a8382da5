import Foundation
import Support

/// The logged values of a series, page by page: there may be millions.
extension ViewPages {
  /// Values on a page, and at most in an answer as JSON.
  private static let pageSize = 200
  private static let maxValues = 1000

  func values(_ query: FormFields) async -> ViewAnswer {
    let folder = query["r"]
    guard let run = await library.run(folder),
      let series = run.entry?.series.first(where: { $0.name == query["series"] })
    else { return Self.page(status: 404, "Not found", problem: "There is no such series of values.") }
    let count = series.steps.count
    let page = min(Self.pageNumber(query), max(1, (count + Self.pageSize - 1) / Self.pageSize))
    let start = (page - 1) * Self.pageSize
    let rows = (start..<min(start + Self.pageSize, count)).map { index -> HTML in
      let value = series.values[index]
      return """
        <tr><td class="n">\(series.steps[index])</td><td class="n">\(value.isFinite ? "\(value)" : "\(value)")</td></tr>
        """
    }
    let pager = Self.pager(page, size: Self.pageSize, total: count, of: "value") { number in
      ViewLink.to("values", [("r", folder), ("series", series.name), ("page", "\(number)")])
    }
    return Self.page(
      series.name,
      """
      <p><a href="\(ViewLink.to("view", [("r", folder)]))">\(run.entry?.summary.name ?? folder)</a></p>
      \(pager)<table class="narrow"><thead><tr><th scope="col" class="n">step</th><th scope="col" class="n">value</th>
      </tr></thead><tbody>\(rows)</tbody></table>\(pager)
      """)
  }

  /// The values as JSON. At most 1,000 are answered at once.
  func valuesJSON(_ query: FormFields) async throws -> ViewAnswer {
    struct Answer: Encodable {
      let total: Int
      let offset: Int
      let steps: [Int]
      let values: [Double]
    }
    guard
      let series = await library.run(query["r"])?.entry?.series.first(where: { $0.name == query["series"] })
    else { return .text("404: there is no such series of values.\n", status: 404) }
    let offset = min(max(Int(query["offset"]) ?? 0, 0), series.steps.count)
    let limit = min(max(Int(query["limit"]) ?? Self.maxValues, 1), Self.maxValues)
    return try .json(
      Answer(
        total: series.steps.count, offset: offset, steps: Array(series.steps[offset...].prefix(limit)),
        values: Array(series.values[offset...].prefix(limit))))
  }
}
