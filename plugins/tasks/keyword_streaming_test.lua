local nj = require "nightjar"
local testing = require "nightjar.testing"
local detection = require "streaming.detection"

describe("keyword_streaming", function()
  it("states misses at each rate of false alarms, which never rise with it", function()
    local task = nj.plugin("task", "keyword_streaming").new { minutes = 1, words = 12, hop = 0.5 }
    local results = task:run(testing.task_context())
    local misses = results.curves.prototypical[1]
    for index = 2, #misses do expect(misses[index - 1] >= misses[index]):to_be_true() end
    expect(#misses):to_equal(5)                  -- at 50 to 1000 in an hour: the stream has two minutes
    expect(results.metrics.prototypical.miss_rate[1] >= misses[1]):to_be_true()
    expect(results.main):to_equal("prototypical.miss_rate")
  end)

  it("spots a word where a window that ends near it has its class", function()
    local options = { earliest = 0.3, latest = 0.5 }
    local function ends(window) return window end
    local events = { { class = 4, start = 2 }, { class = 5, start = 8 }, { class = 1, start = 5 } }
    local classes = { 1, 4, 4, 2, 5, 1, 4, 2 }
    local margins = { 9, 9, 2, 9, 3, 9, 1, 9 }
    local hits, alarms = detection.compare(classes, margins, events, { [4] = true, [5] = true }, ends, options)
    expect(#hits):to_equal(2)                    -- words of the base do not count
    expect(hits[1].margin):to_equal(2)           -- the window that ends a second after its start
    expect(hits[1].windows[1].delay):to_equal(0)
    expect(hits[2].margin):to_equal(-math.huge)
    expect(alarms):to_equal { 9, 3, 1 }          -- windows 2, 5 and 7
    expect(detection.misses(hits, 1)):to_equal(0.5)
    expect(detection.latency(hits, 1)):to_equal(0)
    expect(detection.latency(hits, 5)):to_be_nil()
  end)

  it("counts one false alarm a second", function()
    local function ends(window) return window / 4 end
    local _, alarms = detection.compare(
      { 3, 3, 3, 3, 3 }, { 1, 5, 2, 1, 4 }, {}, { [3] = true }, ends, { earliest = 0, latest = 0 })
    expect(alarms):to_equal { 5, 4 }
  end)

  it("has a threshold that as many false alarms exceed as are allowed", function()
    expect(detection.threshold({ 1, 5, 2, 4 }, 0)):to_equal(5)
    expect(detection.threshold({ 1, 5, 2, 4 }, 2)):to_equal(2)
    expect(detection.threshold({ 1, 5, 2, 4 }, 4)):to_equal(-math.huge)
  end)
end)
