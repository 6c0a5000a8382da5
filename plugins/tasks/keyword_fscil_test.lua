local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("keyword_fscil", function()
  it("tests before the first session and after each of the two that the data has", function()
    local results = nj.plugin("task", "keyword_fscil").new():run(testing.task_context())
    expect(results:all("prototypical")):to_have_shape(1, 3)
  end)

  it("runs as many sessions as it is told", function()
    local results = nj.plugin("task", "keyword_fscil").new({ sessions = 1 }):run(testing.task_context())
    expect(results:all("prototypical")):to_have_shape(1, 2)
  end)
end)
