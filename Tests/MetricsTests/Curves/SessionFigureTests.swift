import Figures
import Foundation
import Metrics
import TestSupport
import Testing

@Suite struct SessionFigureTests {
  @Test func showsSessionsAsTheBenchmarkDoes() throws {
    let all = try AccuracyCurve([[0.9, 0.8], [0.8, 0.6]])
    let figure = try Figure.sessionCurves([
      SessionCurve(learner: "a", all: all, new: try AccuracyCurve([[0.5], [0.7]]))
    ])
    #expect(figure.panels.map(\.title) == ["Base and new classes", "New classes"])
    #expect(figure.panels[0].x.ticks == [0, 1])
    #expect(figure.panels[1].x.ticks == [1])
    let lines = try #require(figure.panels[0].content.kind as? Figure.Lines).lines
    #expect(abs(lines[0].y[1] - 70) < 1e-9)
    #expect(abs((lines[0].low?[1] ?? 0) - 61) < 1e-9)
  }

  @Test func drawsTheSame() throws {
    let figure = try Self.sessions()
    try expectSnapshot(figure.script(), "sessions.gp")
    let text = figure.text(width: 72)
    try expectSnapshot(text, "sessions.txt")
    for line in text.split(separator: "\n") { #expect(DisplayText.width(String(line)) <= 72) }
  }

  /// The reference results of the synthetic data set, spread as repeats would.
  private static func sessions() throws -> Figure {
    let means: [(String, [Double], [Double])] = [
      (
        "ridge (2,000 random features)", [98.3, 97.6, 97.2, 96.5, 96.2, 96.0, 95.6, 95.4, 95.0, 94.8, 94.5],
        [94, 93.2, 92.8, 92.3, 92, 91.7, 91.3, 90.6, 90.1, 89.8]
      ),
      (
        "prototypical", [92.3, 90.8, 89.3, 87.9, 86.9, 86.0, 85.2, 84.5, 83.9, 83.4, 82.8],
        [84, 82.9, 82, 81, 80.1, 79.3, 78.6, 77.8, 77, 76.3]
      ),
      (
        "frozen", [97.4, 88.5, 81.2, 74.9, 69.6, 64.9, 60.9, 57.3, 54.1, 51.3, 48.7],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      ),
    ]
    let curves = try means.map { name, all, new in
      SessionCurve(learner: name, all: try spread(all), new: try spread(new))
    }
    return try Figure.sessionCurves(
      curves, title: "Keyword learning from five examples", caption: "synthetic speech, quick, M5, 20 repeats"
    )
  }

  private static func spread(_ percent: [Double]) throws -> AccuracyCurve {
    try AccuracyCurve(
      (0..<20).map { (index: Int) -> [Double] in
        percent.enumerated().map { (session: Int, value: Double) -> Double in
          let wave: Double = sin(Double(index * 7 + session * 3)) * (0.6 + 0.25 * Double(session))
          return value == 0 ? 0 : min((value + wave) / 100, 1)
        }
      })
  }
}
